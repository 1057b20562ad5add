package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.ScriptedMx;
import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mail that requires TLS (RFC 8689) from a client through a real node to a server that may have it, and back to its sender
 * where none may. Python's smtplib is the client.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RequireTlsNodeTest {

    private static final String SEND =
            """
            import smtplib, ssl, sys
            s = smtplib.SMTP(sys.argv[1], int(sys.argv[2]))
            s.ehlo('client.test')
            assert not s.has_extn('requiretls'), 'REQUIRETLS in plain text'
            code, words = s.mail('a@sender.test', ['REQUIRETLS'])
            assert code == 555, (code, words)
            s.starttls(context=ssl.create_default_context(cafile=sys.argv[3]))
            s.ehlo('client.test')
            assert s.has_extn('requiretls'), 'no REQUIRETLS under TLS'
            text = b'From: a@sender.test\\r\\nMessage-ID: <original@sender.test>\\r\\nSubject: hi\\r\\n\\r\\nsecret\\r\\n'
            s.sendmail('a@sender.test', sys.argv[4:], text, ['REQUIRETLS', 'RET=FULL'])
            s.quit()
            """;

    @TempDir
    Path directory;

    private TestCertificates certificates;
    private Path authority;
    private ScriptedMx sender;
    private ScriptedMx strict;
    private ScriptedMx careless;

    @BeforeEach
    void open() throws IOException {
        certificates = new TestCertificates();
        authority = certificates.writeAuthority(directory.resolve("ca.pem"));
        sender = server("PIPELINING,REQUIRETLS");
        strict = server("PIPELINING,REQUIRETLS");
        careless = server("PIPELINING");
    }

    @AfterEach
    void close() throws IOException {
        sender.close();
        strict.close();
        careless.close();
    }

    @Test
    void goesOnUnderTheSamePromiseOrComesBackUnderIt() throws Exception {
        try (ForkedNode node = node()) {
            send(node, "r@strict.test", "r@careless.test");

            assertThat(strict.take().recipients()).containsExactly("r@strict.test");
            assertThat(mails(strict)).containsExactly("MAIL FROM:<a@sender.test> REQUIRETLS");

            ScriptedMx.Taken report = sender.take();
            assertThat(mails(sender)).containsExactly("MAIL FROM:<> REQUIRETLS");
            assertThat(new String(report.body(), StandardCharsets.UTF_8))
                    .contains(
                            "Final-Recipient: rfc822; r@careless.test", "Status: 5.7.30", "REQUIRETLS support required")
                    .contains("text/rfc822-headers", "Message-ID: <original@sender.test>")
                    .doesNotContain("secret");
            assertThat(mails(careless)).isEmpty();
            assertThat(node.ask("/v1/totals")).contains("\"bounced\":1");
        }
    }

    @Test
    void isAskedForOverHttpAsWell() throws Exception {
        try (ForkedNode node = node()) {
            String json =
                    """
                    {"from": "a@sender.test", "to": ["r@strict.test", "r@careless.test"], "text": "secret",
                     "require_tls": true, "reports": true}
                    """;
            assertThat(post(node, json)).isEqualTo(202);

            strict.take();
            assertThat(mails(strict)).containsExactly("MAIL FROM:<a@sender.test> REQUIRETLS");
            assertThat(new String(sender.take().body(), StandardCharsets.UTF_8))
                    .contains("Status: 5.7.30")
                    .doesNotContain("secret");
            assertThat(mails(careless)).isEmpty();
        }
    }

    private ScriptedMx server(String offers) {
        return ScriptedMx.serving()
                .encrypting(certificates.server(certificates.make("EC", "localhost")))
                .offeringUnderTls(offers);
    }

    private ForkedNode node() throws IOException {
        Path own = certificates.make("EC", "localhost").writeTo(directory.resolve("own.pem"));
        String settings =
                """
                tls.server-defaults.certificate = "%s"
                http.tls.certificate = "", metrics.tls.certificate = "", admin.tls.certificate = ""
                egress.tls.ca-file = "%s"
                egress.routes { "sender.test" = "%s", "strict.test" = "%s", "careless.test" = "%s" }
                """;
        return new ForkedNode(
                directory, settings.formatted(own, authority, named(sender), named(strict), named(careless)));
    }

    private static String named(ScriptedMx mx) {
        return "localhost:" + mx.address().getPort();
    }

    private void send(ForkedNode node, String... to) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("python3", "-c", SEND, "localhost", "" + node.smtp().getPort(), authority.toString()));
        command.addAll(List.of(to));
        Process python = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(said).isZero();
    }

    private static int post(ForkedNode node, String json) throws Exception {
        URI uri = node.http("/v1/message");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(json))
                    .build();
            return client.send(request, BodyHandlers.ofString()).statusCode();
        }
    }

    private static List<String> mails(ScriptedMx mx) {
        return mx.commands().stream()
                .filter(command -> command.startsWith("MAIL"))
                .toList();
    }
}
