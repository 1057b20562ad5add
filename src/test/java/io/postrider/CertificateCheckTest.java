package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateCheckTest {

    @TempDir
    Path directory;

    private final TestCertificates authority = new TestCertificates();

    private List<String> check(String text) throws IOException {
        Path file =
                Files.writeString(directory.resolve("c.conf"), "postrider.node.hostname = relay.example.org\n" + text);
        return ConfigurationCheck.check(Optional.of(file), Map.of()).stream()
                .map(finding -> finding.severity() + " " + finding.toString().replace(directory + "/", ""))
                .filter(line -> line.contains("tls") || line.contains("ca-file") || line.contains("routes"))
                .toList();
    }

    private String listener(TestCertificates.Made certificate) throws IOException {
        return "postrider.smtp.listeners = [{ name = a\n  tls.certificate = \""
                + certificate.writeTo(directory.resolve("cert.pem")) + "\" }]\n";
    }

    @Test
    void saysNothingAboutAGoodCertificate() throws IOException {
        assertThat(check(listener(authority.make("EC", "relay.example.org")))).isEmpty();
    }

    @Test
    void warnsOfAKeyThatEverybodyMayRead() throws IOException {
        String text = listener(authority.make("EC", "relay.example.org"));
        Files.setPosixFilePermissions(directory.resolve("cert.pem"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(check(text))
                .singleElement()
                .asString()
                .contains("postrider.smtp.listeners[0].tls.certificate: cert.pem: everybody on this machine may read");
    }

    @Test
    void warnsTwoWeeksBeforeACertificateExpires() throws IOException {
        assertThat(check(listener(authority.make("EC", Duration.ofDays(15), "relay.example.org"))))
                .isEmpty();
        assertThat(check(listener(authority.make("EC", Duration.ofDays(13).plusHours(1), "relay.example.org"))))
                .singleElement()
                .asString()
                .startsWith(
                        "WARNING c.conf:3: postrider.smtp.listeners[0].tls.certificate: cert.pem expires in 13 days");
    }

    @Test
    void anExpiredCertificateIsAnErrorButNoneThatStopsTheStart() throws IOException {
        String text = listener(authority.make("EC", Duration.ofDays(-1), "relay.example.org"));

        assertThat(check(text))
                .singleElement()
                .asString()
                .startsWith(
                        "ERROR c.conf:3: postrider.smtp.listeners[0].tls.certificate: expected a certificate that is"
                                + " good, but cert.pem expired at ");
        assertThat(CertificateCheck.unusable(Configuration.load(Optional.of(directory.resolve("c.conf")), Map.of())
                        .config()))
                .isEmpty();
    }

    @Test
    void warnsWhenTheCertificateIsForAnotherHost() throws IOException {
        assertThat(check(listener(authority.make("EC", "other.example"))))
                .singleElement()
                .asString()
                .startsWith("WARNING c.conf:3: postrider.smtp.listeners[0].tls.certificate: the certificate is for"
                        + " other.example, but node.hostname is relay.example.org");
    }

    @Test
    void warnsOfWhatHasNoEffect() throws IOException {
        assertThat(check(listener(authority.make("EC", "relay.example.org"))
                        + "postrider.smtp.listener-defaults.tls.ciphers = [ECDHE-RSA-AES128-GCM-SHA256]\n"))
                .singleElement()
                .asString()
                .contains("postrider.smtp.listeners[0].tls.ciphers: ECDHE-RSA-AES128-GCM-SHA256 has no effect: no"
                        + " certificate here has an RSA key");
    }

    @Test
    void namesAuthoritiesOfPolicyHostsThatCannotBeRead() throws IOException {
        assertThat(check("postrider.egress.mta-sts {\n ca-file = \"" + directory.resolve("none.pem") + "\"\n}\n"))
                .containsExactly(
                        "ERROR c.conf:3: postrider.egress.mta-sts.ca-file: expected a PEM file, but there is no"
                                + " none.pem");
    }

    @Test
    void looksAtWhatIsForOtherServersWhereItStands() throws IOException {
        TestCertificates.Made made = authority.make("EC", Duration.ofDays(13).plusHours(1), "relay.example.org");
        Path soon = made.writeTo(directory.resolve("soon.pem"));
        String text = "postrider.egress.tls { client-certificate = \"" + soon + "\", client-key = \"" + soon + "\" }\n"
                + "postrider.egress.per-domain.\"example.com\".tls {\n ca-file = \"" + directory.resolve("none.pem")
                + "\"\n}\n";

        assertThat(check(text))
                .containsExactlyInAnyOrder(
                        "WARNING c.conf:2: postrider.egress.tls.client-certificate: soon.pem expires in 13 days, at "
                                + made.certificate().getNotAfter().toInstant(),
                        "ERROR c.conf:4: postrider.egress.per-domain.\"example.com\".tls.ca-file: expected a PEM file,"
                                + " but there is no none.pem");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "egress.tls.mode = opportunistic | nothing",
                "egress.mta-sts.enabled = false | ca-file: without effect, as mode is opportunistic, which verifies nothing",
                "egress { mta-sts.enabled = false, tls.mode = verify } | nothing",
                "egress { mta-sts.enabled = false, dane.dnssec = resolver } | nothing",
                "egress.tls.mode = none | ca-file: without effect, as mode is none, which verifies nothing",
            })
    void warnsOfAuthoritiesThatNoServerIsMeasuredBy(String setting, String expected) throws IOException {
        authority.writeAuthority(directory.resolve("ca.pem"));
        List<String> found = check(
                "postrider." + setting + "\npostrider.egress.tls.ca-file = \"" + directory.resolve("ca.pem") + "\"\n");

        if (expected.equals("nothing")) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).containsExactly("WARNING c.conf:3: postrider.egress.tls." + expected);
        }
    }

    @Test
    void aRouteMeasuresByItsAuthoritiesWhereMailRequiresTls() throws IOException {
        authority.writeAuthority(directory.resolve("ca.pem"));

        assertThat(check("postrider.egress { mta-sts.enabled = false, routes.\"*\" { hosts = [\"smart.example\"], tls {"
                        + " mode = required, ca-file = \"" + directory.resolve("ca.pem") + "\" } } }\n"))
                .isEmpty();
    }

    @Test
    void namesAPasswordThatCannotBeReadAndTheNodeDoesNotStart() throws IOException {
        String text = "postrider.egress.routes.\"*\" { hosts = [\"smart.example:587\"], tls = verify, user = u,"
                + " password-file = \"" + directory.resolve("none") + "\" }\n";

        assertThat(check(text))
                .containsExactly("ERROR c.conf:2: postrider.egress.routes: expected a password in the first line of"
                        + " none, but cannot read it");
        Configuration configuration = Configuration.load(Optional.of(directory.resolve("c.conf")), Map.of());
        assertThatThrownBy(() -> Node.start(configuration)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void namesWhatCannotBeReadWithKeyFileAndLineAndTheNodeDoesNotStart() throws IOException {
        String text = "postrider.metrics.tls {\n certificate = \"" + directory.resolve("none.pem") + "\"\n}\n";

        assertThat(check(text))
                .containsExactly(
                        "ERROR c.conf:3: postrider.metrics.tls.certificate: expected a PEM file, but there is no"
                                + " none.pem");
        Configuration configuration = Configuration.load(Optional.of(directory.resolve("c.conf")), Map.of());
        assertThatThrownBy(() -> Node.start(configuration))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("c.conf:3: postrider.metrics.tls.certificate: expected a PEM file");
    }
}
