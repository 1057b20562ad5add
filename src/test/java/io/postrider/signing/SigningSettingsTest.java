package io.postrider.signing;

import static io.postrider.signing.SigningFixture.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.dkim.Canonicalization;
import io.postrider.dkim.SignedHeaders;
import io.postrider.mail.Domain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SigningSettingsTest {

    private static final String MINIMUM = "domain = example.com, selector = mail, key-file = k.pem";

    @Test
    void theDefaultsAreThese() {
        assertThat(settings(""))
                .isEqualTo(
                        new SigningSettings(List.of(), Runtime.getRuntime().availableProcessors(), 1000, 128L << 20));
        assertThat(settings("signers = [{ " + MINIMUM + " }]").signers())
                .containsExactly(new SignerSettings(
                        "postrider.dkim.signers[0]",
                        "example.com",
                        Optional.of(Domain.of("example.com")),
                        "mail",
                        Path.of("k.pem"),
                        Optional.empty(),
                        SignedHeaders.USUAL,
                        Canonicalization.RELAXED,
                        Optional.empty(),
                        Optional.empty(),
                        ""));
    }

    @Test
    void everyKeyArrives() {
        SigningSettings settings = settings(
                """
                threads = 3, max-waiting = 7, max-waiting-bytes = 2 KiB
                signer-defaults.tenant = acme
                signers = [{
                  domain = "*.example.com", selector = s1, key-file = a.pem, passphrase-file = p, headers = [From, X-A]
                  headers-exact = true, canonicalization = "simple/relaxed", sign-as = sign.example.com
                  identity = "@sign.example.com", expiry = 7 days
                }]
                """);

        assertThat(settings)
                .isEqualTo(new SigningSettings(
                        List.of(new SignerSettings(
                                "postrider.dkim.signers[0]",
                                "*.example.com",
                                Optional.of(Domain.of("sign.example.com")),
                                "s1",
                                Path.of("a.pem"),
                                Optional.of(Path.of("p")),
                                new SignedHeaders(List.of("From", "X-A"), true),
                                Canonicalization.parse("simple/relaxed").orElseThrow(),
                                Optional.of("@sign.example.com"),
                                Optional.of(Duration.ofDays(7)),
                                "acme")),
                        3,
                        7,
                        2048));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "selector = mail, key-file = k   | signers[0]: expected domain, but there is none",
                "domain = a.b, key-file = k      | signers[0]: expected selector, but there is none",
                "domain = a.b, selector = s      | signers[0]: expected key-file, but there is none",
                "domain = \"a b\", selector = s, key-file = k | signers[0].domain: expected a domain",
                "domain = \"*.\", selector = s, key-file = k  | signers[0].domain: expected a domain",
                "domain = a.b, selector = \"s s\", key-file = k | signers[0].selector: expected a selector",
                "domain = a.b, selector = s, key-file = k, headers = [To] | signers[0].headers: expected From",
                "domain = a.b, selector = s, key-file = k, canonicalization = x | signers[0].canonicalization: expected relaxed",
                "domain = a.b, selector = s, key-file = k, identity = \"@c.d\" | signers[0].identity: expected an identity",
                "domain = \"*\", selector = s, key-file = k, identity = \"@c.d\" | signers[0].identity: expected sign-as",
                "domain = a.b, selector = s, key-file = k, sign-as = \"-\" | signers[0].sign-as: expected a domain",
                "domain = a.b, selector = s, key-file = k, expiry = 1 ms | signers[0].expiry: expected 1 s"
            })
    void saysWhichKeyIsWrong(String signer, String complaint) {
        assertThatThrownBy(() -> settings("signers = [{ " + signer + " }]"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("postrider.dkim." + complaint);
    }

    @Test
    void boundsHaveRanges() {
        assertThatThrownBy(() -> settings("threads = -1")).hasMessageStartingWith("postrider.dkim.threads: ");
        assertThatThrownBy(() -> settings("max-waiting = 0")).hasMessageStartingWith("postrider.dkim.max-waiting: ");
        assertThatThrownBy(() -> settings("max-waiting-bytes = 0"))
                .hasMessageStartingWith("postrider.dkim.max-waiting-bytes: ");
    }
}
