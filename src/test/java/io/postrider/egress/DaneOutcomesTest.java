package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.FromConnection.AllHostsFailed;
import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.route.SignedDns;
import io.postrider.tls.TestCertificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What becomes of mail for domains in signed, unsigned and forged zones of a real name server, at a real TLS server whose
 * certificate is for {@code mx.signed.test}: by our own validation and by the word of a validating resolver.
 */
class DaneOutcomesTest {

    private static final String JUNK = "5A".repeat(32);

    @TempDir
    static Path directory;

    private static ScriptedMx good;
    private static ScriptedMx plain;
    private static SignedDns dns;
    private static String resolver;

    @BeforeAll
    static void serve() throws Exception {
        TestCertificates certificates = new TestCertificates();
        TestCertificates.Made valid = TestCertificates.under(
                certificates.root(),
                "mx.signed.test",
                Duration.ofDays(90),
                "mx.signed.test",
                "by-authority.signed.test");
        good = ScriptedMx.serving().encrypting(certificates.server(valid, certificates.authority()));
        plain = ScriptedMx.serving();
        String key = sha256(valid.certificate().getPublicKey().getEncoded());
        String authority = sha256(certificates.authority().getEncoded());
        int port = good.address().getPort();
        int plainPort = plain.address().getPort();
        dns = new SignedDns(directory)
                .signed(
                        "signed.test",
                        host("mx", "3 1 1 " + key, port)
                                + "_" + plainPort + "._tcp.mx IN TLSA 3 1 1 " + key + "\n"
                                + host("junk", "3 1 1 " + JUNK, port)
                                + host("rolled", "3 1 1 " + JUNK + ";3 1 1 " + key, port)
                                + host("unusable", "0 0 1 " + JUNK + ";3 1 2 " + JUNK, port)
                                + "_" + plainPort + "._tcp.unusable IN TLSA 1 0 1 " + JUNK + "\n"
                                + host("wrong-name", "2 0 1 " + authority, port)
                                + host("none", "", port)
                                + "@ IN MX 10 mx\n"
                                + "alias IN CNAME mx\n"
                                + "out IN CNAME mx.unsigned.test.\n_" + port + "._tcp.out IN TLSA 3 1 1 " + key + "\n"
                                + "to-alias IN MX 10 alias\n"
                                + "to-out IN MX 10 out\n"
                                + host("by-authority", "2 0 1 " + authority, port)
                                + "to-unsigned IN MX 10 mx.unsigned.test.\n"
                                + "to-forged IN MX 10 records.forged.test.\n"
                                + "to-two IN MX 10 records.forged.test.\nto-two IN MX 20 mx\n")
                .unsigned(
                        "unsigned.test",
                        "@ IN MX 10 mx.signed.test.\n" + "to-junk IN MX 10 junk.signed.test.\n"
                                + host("mx", "3 1 1 " + JUNK, port))
                .signed(
                        "forged.test",
                        host("records", "3 1 1 " + key, port)
                                + host("addresses", "3 1 1 " + key, port)
                                + "mx IN MX 10 before.forged.test.\nbefore IN A 127.0.0.1\nafter IN A 127.0.0.1\n")
                .forged(
                        "records.forged.test.\t300\tIN\tTLSA\t3 1 1 " + key.toLowerCase(Locale.ROOT),
                        "records.forged.test.\t300\tIN\tTLSA\t3 1 1 " + JUNK)
                .forged(
                        "addresses.forged.test.\t300\tIN\tA\t127.0.0.1",
                        "addresses.forged.test.\t300\tIN\tA\t127.0.0.3")
                .forged("\tMX\t10 before.forged.test.", "\tMX\t10 after.forged.test.")
                .serve();
        resolver = dns.validatingResolver();
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable one : new AutoCloseable[] {dns, good, plain}) {
            if (one != null) {
                one.close();
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                // The key that the records tell.
                "signed.test | opportunistic | TLSv1.3 dane SNI mx.signed.test",
                "signed.test | required | TLSv1.3 dane SNI mx.signed.test",
                "mx.signed.test | opportunistic | TLSv1.3 dane SNI mx.signed.test",
                "rolled.signed.test | opportunistic | TLSv1.3 dane SNI rolled.signed.test",
                "to-alias.signed.test | opportunistic | TLSv1.3 dane SNI mx.signed.test",
                "to-out.signed.test | opportunistic | TLSv1.3 dane SNI out.signed.test",
                "by-authority.signed.test | opportunistic | TLSv1.3 dane SNI by-authority.signed.test",
                // Another one.
                "junk.signed.test | opportunistic | 451 4.7.5 the server is not whom it must be: its certificate fits none of the TLSA records of junk.signed.test",
                "wrong-name.signed.test | opportunistic | 451 4.7.5 the server is not whom it must be: its certificate is for mx.signed.test, by-authority.signed.test and not for wrong-name.signed.test",
                // Records of no use, and none at all.
                "unusable.signed.test | opportunistic | TLSv1.3 dane-unusable SNI unusable.signed.test",
                "none.signed.test | opportunistic | TLSv1.3 opportunistic SNI none.signed.test",
                "none.signed.test | required | TLSv1.3 required SNI none.signed.test",
                // Where the way is insecure, records say nothing.
                "unsigned.test | opportunistic | TLSv1.3 opportunistic SNI mx.signed.test",
                "to-junk.unsigned.test | opportunistic | TLSv1.3 opportunistic SNI junk.signed.test",
                "to-unsigned.signed.test | opportunistic | TLSv1.3 opportunistic SNI mx.unsigned.test",
                // Signatures that are wrong: of the TLSA records, of the addresses, of the MX records.
                "to-forged.signed.test | opportunistic | 451 4.7.5 no mail server of to-forged.signed.test can be used until its DNSSEC is in order: TLSA look-up of records.forged.test failed: ",
                "to-forged.signed.test | required | 451 4.7.5 no mail server of to-forged.signed.test can be used",
                "to-two.signed.test | opportunistic | TLSv1.3 dane SNI mx.signed.test",
                "addresses.forged.test | opportunistic | 451 4",
                "mx.forged.test | opportunistic | 451 4",
                // The operator's word is the last.
                "junk.signed.test | none | plain",
                "to-forged.signed.test | none | plain",
                "signed.test | verify | 451 4.7.5 the server is not whom it must be: its certificate is not trusted",
            })
    void becomesOfMail(String domain, String mode, String expected) throws Exception {
        for (String source : List.of("validate", "resolver")) {
            assertThat(sends(domain, mode, source, good)).as(source).startsWith(expected);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "signed.test | 451 4.7.5 TLS is required here, but the server does not offer STARTTLS",
                "unusable.signed.test | 451 4.7.5 TLS is required here, but the server does not offer STARTTLS",
                "none.signed.test | plain",
            })
    void becomesOfMailForAServerWithoutTls(String domain, String expected) throws Exception {
        assertThat(sends(domain, "opportunistic", "validate", plain)).startsWith(expected);
    }

    private static String sends(String name, String mode, String source, ScriptedMx mx) throws Exception {
        Domain domain = Domain.of(name);
        int before = mx.encryptions().size();
        String settings =
                """
                postrider {
                  egress { port = %d, prohibited-addresses = [], tls.mode = %s }
                  egress.dane { dnssec = %s, trust-anchors = "%s" }
                  dns { servers = ["%s"], timeout = 2 s, attempts = 2 }
                }
                """
                        .formatted(
                                mx.address().getPort(),
                                mode,
                                source,
                                dns.anchors(),
                                source.equals("validate") ? dns.server() : resolver);
        try (EgressBench bench = new EgressBench(settings)) {
            Ticket ticket = bench.mail(domain, "Subject: hello\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            bench.send(domain, 1, List.of(ticket));

            Object end = bench.ends(domain);
            if (end instanceof AllHostsFailed failed) {
                return failed.reply().toString();
            }
            MessageOutcome outcome = ((FromConnection.Outcomes) end).outcomes().get(0);
            Via.Tls tls = outcome.via().orElseThrow().tls();
            mx.take();
            if (tls.equals(Via.Tls.NONE)) {
                return "plain";
            }
            String asked = mx.encryptions().get(before).replaceAll(".*value=([^\\]]*).*", "$1");
            return tls.version() + " " + tls.policy() + " SNI " + asked;
        }
    }

    /** @param records parted by semicolons */
    private static String host(String name, String records, int port) {
        StringBuilder lines = new StringBuilder(name + " IN A 127.0.0.1\n");
        for (String record : records.isEmpty() ? new String[0] : records.split(";")) {
            lines.append("_")
                    .append(port)
                    .append("._tcp.")
                    .append(name)
                    .append(" IN TLSA ")
                    .append(record)
                    .append("\n");
        }
        return lines.toString();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of()
                .withUpperCase()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
