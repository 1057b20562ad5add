package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkSettings;
import io.postrider.dkim.SigningKey;
import io.postrider.route.ScriptedDns;
import io.postrider.route.ZoneLine;
import io.postrider.signing.NewKey;
import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of it: a name server and a mail server with STARTTLS on loopback. */
class DoctorCommandTest {

    private static final String ZONE =
            """
            example.com. 60 TXT "v=spf1 include:_spf.example.com -all"
            _spf.example.com. 60 CNAME spf.provider.example.
            spf.provider.example. 60 TXT "v=spf1 ip4:192.0.2.0/28 " "ip6:2001:db8::/32 ~all"
            _dmarc.example.com. 60 TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
            example.com. 60 MX 10 mx.example.com.
            mx.example.com. 60 A 127.0.0.1
            10.2.0.192.in-addr.arpa. 60 PTR relay.example.com.
            relay.example.com. 60 A 192.0.2.10
            relay.example.com. 60 AAAA 2001:db8::10
            relay.example.com. 60 TXT "v=spf1 a -all"
            0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 60 PTR relay.example.com.
            """;

    @TempDir
    Path directory;

    private final TestCertificates certificates = new TestCertificates();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.execute(new PrintWriter(out), new PrintWriter(err), args);
    }

    private Sink mailServer() throws IOException {
        return Sink.start(
                SinkSettings.onLoopback().withTls(certificates.server(certificates.make("EC", "mx.example.com"))));
    }

    private PrivateKey key() throws IOException, GeneralSecurityException {
        PrivateKey key = NewKey.ed25519();
        NewKey.write(key, directory.resolve("key.pem"));
        return key;
    }

    private static String published(PrivateKey key) {
        return "mail._domainkey.example.com. 60 TXT \"" + SigningKey.of(key).record() + "\"";
    }

    private String settings(ScriptedDns dns, int port) throws IOException {
        return Files.writeString(
                        directory.resolve("postrider.conf"),
                        """
                        postrider {
                          dns { servers = ["%s"], timeout = 2 s, attempts = 1 }
                          dkim.signers = [{ domain = "*.example.com", selector = mail, key-file = "%s" },
                                          { domain = "example.com", selector = mail, key-file = "%s" }]
                          egress {
                            port = %d
                            prohibited-addresses = ["10.0.0.0/8"]
                            tls.ca-file = "%s"
                            sources.default { bind-v4 = "192.0.2.10", bind-v6 = "2001:db8::10" }
                          }
                        }
                        """
                                .formatted(
                                        dns.server(),
                                        directory.resolve("key.pem"),
                                        directory.resolve("key.pem"),
                                        port,
                                        certificates.writeAuthority(directory.resolve("ca.pem"))))
                .toString();
    }

    @Test
    void findsNothingToFixAndTalksToTheMailServer() throws Exception {
        PrivateKey key = key();
        try (ScriptedDns dns = ScriptedDns.start().with(ZONE).with(published(key));
                Sink mx = mailServer()) {
            int code = execute("doctor", "Example.COM", "-c", settings(dns, mx.port()));

            assertThat(out.toString())
                    .contains("  OK      192.0.2.10: bound by a source, greets as relay.example.com\n")
                    .contains("  OK      192.0.2.10 is called relay.example.com, which leads back to it\n")
                    .contains("  OK      192.0.2.10 passes (include:_spf.example.com, there ip4:192.0.2.0/28")
                    .contains("  OK      2001:db8::10 passes")
                    .contains("  OK      mail._domainkey.example.com: the DNS has our key")
                    .contains("  OK      _dmarc.example.com asks for reject")
                    .contains("  OK      mx.example.com at 127.0.0.1 answers and speaks TLSv1.3 (TLS_")
                    .endsWith("example.com: nothing to fix (0 to fix, 0 not known, 0 warnings)\n")
                    .doesNotContain("\u001b", "\r");
            assertThat(code).isZero();
            assertThat(mx.counts().secured()).isEqualTo(1);
            assertThat(mx.counts().messages()).isZero();
        }
    }

    @Test
    void saysWhatToFixInWordsAndAsJson() throws Exception {
        key();
        try (ScriptedDns dns = ScriptedDns.start().with("example.com. 60 TXT \"v=spf1 a:gone.example.com -all\"");
                Sink mx = Sink.start(SinkSettings.onLoopback())) {
            dns.with("example.com. 60 MX 10 mx.example.com.").with("mx.example.com. 60 A 127.0.0.1");
            String file = settings(dns, mx.port());

            assertThat(execute("doctor", "example.com", "-c", file)).isEqualTo(1);
            assertThat(out.toString())
                    .contains("  FIX     the record does not cover 192.0.2.10 (fail by -all)")
                    .contains("-> replace it by "
                            + ZoneLine.text(
                                    "example.com", "v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 a:gone.example.com -all"))
                    .contains("  FIX     192.0.2.10 has no name")
                    .contains("  FIX     mail._domainkey.example.com: there is no TXT record")
                    .contains("  FIX     there is no DMARC record")
                    .contains("  warn    mx.example.com at 127.0.0.1 answers, without STARTTLS");

            assertThat(execute("doctor", "example.com", "-c", file, "--json", "--no-connect"))
                    .isEqualTo(1);
            JsonNode json = new ObjectMapper().readTree(out.toString());
            assertThat(json.path("domain").asText()).isEqualTo("example.com");
            assertThat(json.path("well").asBoolean()).isFalse();
            assertThat(json.path("fix").asInt()).isGreaterThanOrEqualTo(4);
            assertThat(json.path("findings").findValuesAsText("mark")).contains("ok", "note", "fix");
            assertThat(out.toString()).doesNotContain("STARTTLS");
        }
    }

    @Test
    void neverCallsMissingWhatTheDnsDoesNotTell() throws Exception {
        PrivateKey key = key();
        try (ScriptedDns dns = ScriptedDns.start().with(ZONE).with(published(key))) {
            List.of("example.com", "_dmarc.example.com", "mail._domainkey.example.com", "mx.example.com")
                    .forEach(dns::failing);

            assertThat(execute("doctor", "example.com", "-c", settings(dns, 25), "--no-connect"))
                    .isEqualTo(1);
            assertThat(out.toString())
                    .contains("  unknown 192.0.2.10: the DNS does not answer (SERVFAIL")
                    .contains("  unknown example.com MX: the DNS does not answer")
                    .contains("  unknown _dmarc.example.com: the DNS does not answer")
                    .contains("  unknown mail._domainkey.example.com: the DNS does not answer")
                    .doesNotContain("  FIX ", "there is no");
        }
    }

    @Test
    void readsHugeRecordsAndEndsInLoops() throws Exception {
        key();
        String huge = IntStream.range(0, 200)
                .mapToObj(i -> "\"%s\"".formatted("ip4:198.51.100.0/24 ".repeat(12)))
                .reduce("\"v=spf1 \"", (a, b) -> a + " " + b);
        try (ScriptedDns dns = ScriptedDns.start()
                .with("example.com. 60 TXT " + huge + " \"include:a.example -all\"")
                .with("a.example. 60 TXT \"v=spf1 include:b.example -all\"")
                .with("b.example. 60 TXT \"v=spf1 include:a.example \\027[31m -all\"")
                .truncated("example.com")) {
            assertThat(execute("doctor", "example.com", "-c", settings(dns, 25), "--no-connect"))
                    .isEqualTo(1);
            assertThat(out.toString())
                    .contains("receivers cannot evaluate the record")
                    .doesNotContain("\u001b");
        }
    }

    @Test
    void refusesWhatIsNoDomainOrAddress() {
        assertThat(execute("doctor")).isEqualTo(2);
        assertThat(execute("doctor", "a b")).isEqualTo(2);
        assertThat(execute("doctor", "[192.0.2.1]")).isEqualTo(2);
        assertThat(execute("doctor", "example.com", "--address", "relay")).isEqualTo(2);
        assertThat(err.toString()).contains("expected an IP address or SOURCE=IP, but got relay");
        assertThat(execute("doctor", "example.com", "--no-connect", "--address", "nobody=192.0.2.1"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("there is no source nobody");
    }
}
