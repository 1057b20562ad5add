package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.postrider.Configuration;
import io.postrider.cli.ask.AdminClient;
import io.postrider.cli.demo.StartedNode;
import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each mode of TLS with a Postfix as it comes from Debian, and what the delivery log of a whole node tells of it. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PostfixOverTlsTest {

    private static final JsonMapper JSON = new JsonMapper();
    /** Of the doors below. */
    private static final List<String> DOORS =
            List.of("usual", "tls12", "plain", "insists", "expired", "self-signed", "tls10");

    private static final List<String> MODES = List.of("none", "opportunistic", "required", "verify");

    @TempDir
    static Path directory;

    private static PrivatePostfix postfix;
    private static StartedNode node;

    @BeforeAll
    static void start() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        TestCertificates authority = new TestCertificates();
        Path ca = authority.writeAuthority(directory.resolve("ca.pem"));
        Path good = chain("good.pem", authority.make("RSA", "mx.postfix.test"));
        Path expired = chain("expired.pem", authority.make("RSA", Duration.ofDays(-1), "mx.postfix.test"));
        Path selfSigned = chain("self.pem", TestCertificates.selfSigned("mx.postfix.test"));
        postfix = PrivatePostfix.start(
                directory.resolve("postfix"),
                """
                smtpd_tls_chain_files = %s
                smtpd_tls_security_level = may
                smtpd_tls_received_header = yes
                virtual_mailbox_domains = static:ok
                """
                        .formatted(good),
                List.of(
                        "-o smtpd_tls_protocols=TLSv1.2",
                        "-o smtpd_tls_security_level=none",
                        "-o smtpd_tls_security_level=encrypt",
                        "-o smtpd_tls_chain_files=" + expired,
                        "-o smtpd_tls_chain_files=" + selfSigned,
                        "-o smtpd_tls_protocols=TLSv1 -o tls_medium_cipherlist=ALL:@SECLEVEL=0"));
        Path hosts =
                Files.writeString(directory.resolve("hosts"), "127.0.0.1 mx.postfix.test\n127.0.0.1 mx.other.test\n");
        StringBuilder routes = new StringBuilder();
        for (int door = 0; door < DOORS.size(); door++) {
            for (String mode : MODES) {
                routes.append("\"%s.%s.test\" = { hosts = [\"mx.postfix.test:%d\"], tls = %s }\n"
                        .formatted(DOORS.get(door), mode, postfix.port(door), mode));
            }
        }
        routes.append(
                "\"other.name.test\" = { hosts = [\"mx.other.test:%d\"], tls = verify }\n".formatted(postfix.port()));
        routes.append(
                "\"tls12.strict.test\" = { hosts = [\"mx.postfix.test:%d\"], tls { mode = opportunistic, min-version = \"TLSv1.3\" } }\n"
                        .formatted(postfix.port(1)));
        Path file = Files.writeString(
                directory.resolve("postrider.conf"),
                """
                postrider {
                  node.hostname = "relay.test"
                  data-dir = "%s"
                  smtp.listeners = [{ name = "in", bind = "127.0.0.1:0" }]
                  http.bind = "127.0.0.1:0"
                  metrics.bind = "127.0.0.1:0"
                  admin.bind = "127.0.0.1:0"
                  egress.tls.ca-file = "%s"
                  dns.hosts-file = "%s"
                  egress.routes { %s }
                }
                """
                        .formatted(directory.resolve("data"), ca, hosts, routes));
        node = RunningNode.start(Configuration.load(Optional.of(file), Map.of()));
    }

    /** Postfix wants the key first. */
    private static Path chain(String name, TestCertificates.Made made) throws IOException {
        return TestCertificates.write(
                directory.resolve(name),
                TestCertificates.pem(made.keys().getPrivate()) + TestCertificates.pem(made.certificate()));
    }

    @AfterAll
    static void stop() throws Exception {
        if (node != null) {
            node.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
        if (postfix != null) {
            postfix.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "usual.none.test, plain",
        "usual.opportunistic.test, TLSv1.3 opportunistic",
        "usual.required.test, TLSv1.3 required",
        "usual.verify.test, TLSv1.3 verify",
        "tls12.opportunistic.test, TLSv1.2 opportunistic",
        "tls12.verify.test, TLSv1.2 verify",
        "plain.none.test, plain",
        "plain.opportunistic.test, plain",
        "insists.opportunistic.test, TLSv1.3 opportunistic",
        "insists.verify.test, TLSv1.3 verify",
        "expired.opportunistic.test, TLSv1.3 opportunistic",
        "expired.required.test, TLSv1.3 required",
        "self-signed.opportunistic.test, TLSv1.3 opportunistic",
        "self-signed.required.test, TLSv1.3 required",
        "tls10.none.test, plain",
        "tls10.opportunistic.test, plain",
    })
    void delivers(String domain, String expected) throws Exception {
        send(domain);

        Programs.waitUntil(
                "the delivery to " + domain, () -> line("delivered", domain).isPresent());
        JsonNode tls = line("delivered", domain).orElseThrow().path("tls");
        String seen = tls.isObject()
                ? tls.path("version").asText() + " " + tls.path("policy").asText()
                : "plain";
        assertThat(seen).isEqualTo(expected);
        String received = received(domain);
        if (tls.isObject()) {
            String cipher = tls.path("cipher").asText();
            assertThat(cipher).startsWith("TLS_");
            assertThat(tls.path("peer").asText()).isEqualTo("mx.postfix.test");
            // What the other side saw of the same connection.
            assertThat(received).contains("(using " + tls.path("version").asText() + " with cipher ");
            assertThat(received).contains(cipher.contains("CHACHA20") ? "CHACHA20" : "AES");
        } else {
            assertThat(received).doesNotContain("(using ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain.required.test | TLS is required here, but the server does not offer STARTTLS",
                "plain.verify.test | TLS is required here, but the server does not offer STARTTLS",
                "expired.verify.test | its certificate is not trusted",
                "self-signed.verify.test | its certificate is not trusted",
                "other.name.test | its certificate is for mx.postfix.test and not for mx.other.test",
                "tls12.strict.test | the TLS handshake failed",
                "tls10.required.test | the TLS handshake failed",
                "tls10.verify.test | the TLS handshake failed",
                "insists.none.test | Must issue a STARTTLS command first",
            })
    void deliversNothing(String domain, String why) throws Exception {
        send(domain);

        Programs.waitUntil("the reason at " + domain, () -> asked(domain).contains(why));
        assertThat(line("delivered", domain)).isEmpty();
        assertThat(postfix.delivered()).noneMatch(file -> text(file).contains("for <user@" + domain + ">"));
    }

    private static void send(String domain) throws IOException, InterruptedException {
        Programs.run(List.of(
                Programs.path("swaks"),
                "--server",
                "127.0.0.1",
                "--port",
                Integer.toString(node.smtp().getPort()),
                "--from",
                "ann@relay.test",
                "--to",
                "user@" + domain));
    }

    /** What the management API tells of a queue, or the log of what became of its mail. */
    private static String asked(String domain) {
        try {
            return new AdminClient(URI.create("http://127.0.0.1:" + node.admin().getPort()))
                            .get("/v1/queues/" + domain)
                            .toString()
                    + line("deferred", domain).map(JsonNode::toString).orElse("")
                    + line("bounced", domain).map(JsonNode::toString).orElse("");
        } catch (IOException | InterruptedException failed) {
            return failed.toString();
        }
    }

    private static Optional<JsonNode> line(String type, String domain) {
        return Programs.files(directory.resolve("data/log")).stream()
                .flatMap(file -> text(file).lines())
                .filter(line -> line.endsWith("}"))
                .map(PostfixOverTlsTest::json)
                .filter(line -> line.path("type").asText().equals(type)
                        && line.path("domain").asText().equals(domain))
                .findFirst();
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    private static String received(String domain) {
        String[] found = {""};
        Programs.waitUntil("the message for " + domain + " in the mailbox", () -> postfix.delivered().stream()
                .map(PostfixOverTlsTest::text)
                .filter(text -> text.contains("for <user@" + domain + ">"))
                .peek(text -> found[0] = text.substring(0, text.indexOf("by relay.test")))
                .findFirst()
                .isPresent());
        return found[0];
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
