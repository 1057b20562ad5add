package io.postrider;

import static io.postrider.SecureRelay.PASSWORD;
import static io.postrider.SecureRelay.SMARTHOST_PASSWORD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.dkim.Dkimpy;
import io.postrider.dkim.SigningKey;
import io.postrider.dkim.Verification;
import io.postrider.dkim.Verifier;
import io.postrider.pem.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each line of {@code conf/examples/secure-relay.conf} at work, on its own ports and addresses. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SecureRelayTest {

    private static final String API = "https://out.example.com:8080/v1/message";
    private static final String PLAIN = Base64.getEncoder().encodeToString(("\0app\0" + PASSWORD).getBytes(UTF_8));

    @TempDir
    static Path directory;

    private static SecureRelay relay;
    private static String checkedBefore;

    @BeforeAll
    static void start() throws Exception {
        relay = new SecureRelay(directory);
        checkedBefore = relay.postrider("", "check", "-c", "conf/examples/secure-relay.conf");
        relay.makeFiles();
        relay.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (relay != null) {
            relay.close();
        }
    }

    @Test
    void checkNamesEveryFileThatIsMissing() {
        assertThat(checkedBefore)
                .contains(
                        "smtp.listeners[0].tls.certificate: expected a PEM file, but there is no conf/tls/out.example.com.pem")
                .contains("http.tls.certificate: expected a PEM file, but there is no conf/tls/out.example.com.pem")
                .contains("dkim.signers[0].key-file: conf/dkim/mail.example.com.pem: there is no such file")
                .endsWith("exit code 1");
    }

    @Test
    void checkHasOneThingToSayWhenAllFilesAreThere() throws Exception {
        String said = relay.postrider("", "check", "-c", "conf/examples/secure-relay.conf");

        assertThat(said.lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("unwise  conf/examples/secure-relay.conf:")
                .contains("postrider.egress.tls.ciphers: without effect");
        assertThat(said).endsWith("exit code 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "172.16.4.5", "172.31.255.254"})
    void hostsInsideAreGreeted(String source) throws Exception {
        assertThat(relay.dialogue(source, "QUIT")).startsWith("220 out.example.com ESMTP");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "11.0.0.1", "172.32.0.1", "127.0.0.1", "::1"})
    void hostsOutsideAreShownTheDoor(String source) throws Exception {
        assertThat(relay.dialogue(source, "EHLO x")).startsWith("554 5.7.1 ").doesNotContain("250");
    }

    @Test
    void nobodyLogsInOrSendsInPlainText() throws Exception {
        String said = relay.dialogue(
                "10.0.0.1",
                "EHLO app.example.com",
                "AUTH PLAIN " + PLAIN,
                "AUTH LOGIN",
                "MAIL FROM:<ann@example.com>",
                "RCPT TO:<bob@modern.test>",
                "QUIT");

        assertThat(said)
                .contains("250-STARTTLS\n", "\n538 5.7.11 ", "\n530 5.7.0 Say STARTTLS first\n")
                .doesNotContain("250-AUTH", "250 AUTH", "334", "235");
    }

    @ParameterizedTest
    @CsvSource({"PLAIN, 10.0.0.1", "LOGIN, 172.16.4.5"})
    void swaksLogsInUnderTls(String mechanism, String source) throws Exception {
        String said = relay.swaks(
                source,
                "--tls",
                "--auth",
                mechanism,
                "--auth-user",
                "app",
                "--auth-password",
                PASSWORD,
                "--to",
                "swaks@modern.test");

        assertThat(said)
                .contains("TLS started", "235 2.7.0 Authentication succeeded", "queued as ")
                .endsWith("exit code 0");
    }

    @Test
    void nobodySendsWithoutLoggingIn() throws Exception {
        String said = relay.swaks("10.0.0.1", "--tls", "--to", "bob@modern.test");

        assertThat(said).contains("TLS started", "530 5.7.0 ").doesNotContain("queued as");
    }

    @Test
    void aUserSendsInTheNameOfItsDomainAlone() throws Exception {
        String said = relay.swaks(
                "10.0.0.1",
                "--tls",
                "--auth-user",
                "app",
                "--auth-password",
                PASSWORD,
                "--from",
                "ceo@bank.test",
                "--to",
                "bob@modern.test");

        assertThat(said).contains("553 5.7.1 ").doesNotContain("queued as");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "127.0.0.1"})
    void theApiWantsAKeyOfEverybodyInside(String source) throws Exception {
        assertThat(post(source)).startsWith("HTTP/1.1 401 ").contains("\"unauthorized\"");
        assertThat(post(source, "-H", "Authorization: Bearer wrong")).startsWith("HTTP/1.1 401 ");
        assertThat(post(source, "-H", "Authorization: Bearer " + relay.key())).startsWith("HTTP/1.1 202 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "172.16.4.5", "11.0.0.1"})
    void theApiListensToNobodyElse(String source) throws Exception {
        assertThat(post(source, "-H", "Authorization: Bearer " + relay.key()))
                .startsWith("HTTP/1.1 403 ")
                .contains("\"client_not_allowed\"");
    }

    @Test
    void theApiSpeaksNoPlainText() throws Exception {
        assertThat(relay.curl("10.0.0.1", "http://" + SecureRelay.ADDRESS + ":8080/docs"))
                .doesNotContain("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--starttls-smtp 2525", "--no-check-certificate 8080"})
    void aScannerFindsNothingWeak(String door) throws Exception {
        String[] words = door.split(" ");
        String said = relay.network.run("sslscan", "--no-colour", words[0], SecureRelay.ADDRESS + ":" + words[1]);

        for (String old : List.of("SSLv2", "SSLv3", "TLSv1\\.0", "TLSv1\\.1")) {
            assertThat(said).containsPattern(old + " +disabled");
        }
        assertThat(said).contains("Session renegotiation not supported");
        assertThat(said.lines().filter(line -> line.startsWith("Accepted") || line.startsWith("Preferred")))
                .hasSize(6)
                .allMatch(line -> line.contains("TLSv1.3") || line.contains("ECDHE-"))
                .allMatch(line -> line.contains("GCM") || line.contains("CHACHA20"));
    }

    @Test
    void pythonLogsInUnderTlsAlone() throws Exception {
        String script =
                """
                import smtplib, ssl, sys
                s = smtplib.SMTP('10.0.0.1', 2525)
                try:
                    s.login('app', sys.argv[1])
                    raise SystemExit('logged in without TLS')
                except smtplib.SMTPNotSupportedError:
                    pass
                context = ssl.create_default_context(cafile=sys.argv[2])
                context.check_hostname = False
                s.starttls(context=context)
                s.login('app', sys.argv[1])
                s.sendmail('ann@example.com', ['py@modern.test'], 'From: ann@example.com\\r\\n\\r\\nHi\\r\\n')
                s.quit()
                """;
        String ca = directory.resolve("ca.pem").toString();

        assertThat(relay.network.run("python3", "-c", script, PASSWORD, ca)).isEqualTo("\nexit code 0");
        received("modern", "py@modern.test");
    }

    @Test
    void opensslFindsTheRightCertificate() throws Exception {
        assertThat(relay.network.run(
                        "openssl",
                        "s_client",
                        "-brief",
                        "-connect",
                        "10.0.0.1:2525",
                        "-starttls",
                        "smtp",
                        "-CAfile",
                        directory.resolve("ca.pem").toString(),
                        "-verify_hostname",
                        "out.example.com"))
                .contains("Verification: OK", "Verified peername: out.example.com", "TLSv1.3");
    }

    private static String post(String source, String... options) throws Exception {
        String json =
                "{\"from\": \"shop@example.com\", \"to\": \"api@modern.test\", \"subject\": \"Hi\", \"text\": \"Hi\"}";
        List<String> all = Stream.concat(
                        Stream.of("-H", "Content-Type: application/json", "-d", json), Stream.of(options))
                .toList();
        return relay.curl(source, API, all.toArray(String[]::new));
    }

    @Test
    void metricsAreForThisMachineAlone() throws Exception {
        assertThat(relay.curl("127.0.0.1", "http://127.0.0.1:2000/metrics"))
                .startsWith("HTTP/1.1 200 ")
                .contains("postrider_tls_certificate_expiry_seconds{file=\"conf/tls/out.example.com.pem\"}");
        for (String source : List.of("10.0.0.1", "192.0.2.7")) {
            assertThat(relay.curl(source, "http://" + SecureRelay.ADDRESS + ":2000/metrics"))
                    .startsWith("HTTP/1.1 403 ");
        }
        assertThat(relay.curl("127.0.0.1", "http://[::1]:2000/metrics", "--interface", "::1"))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void mailGoesOutSignedAndUnderTls13() throws Exception {
        send("signed@modern.test");

        Path file = received("modern", "signed@modern.test");
        byte[] message = Files.readAllBytes(file);
        String record = SigningKey.of(Pem.privateKey(
                        Files.readAllBytes(directory.resolve("conf/dkim/mail.example.com.pem")), Optional.empty()))
                .record();
        List<Verification> found = Verifier.verify(message, message.length, name -> dns(name, record), Instant.now());
        assertThat(found).hasSize(1).allMatch(Verification.Passed.class::isInstance);
        String text = SecureRelay.text(file).replaceAll("\r\n\\s+", " ");
        assertThat(text.lines().filter(line -> line.startsWith("DKIM-Signature:")))
                .singleElement()
                .asString()
                .contains("d=example.com;", "s=mail;", "a=rsa-sha256;", "c=relaxed/relaxed;")
                .containsPattern("(?i)h=[^;]*from[^;]*to[^;]*subject[^;]*date[^;]*message-id");
        if (Dkimpy.isThere()) {
            Path keys = Files.writeString(directory.resolve("keys"), "mail._domainkey.example.com " + record + "\n");
            assertThat(Dkimpy.verify(keys, List.of(file)))
                    .singleElement()
                    .asString()
                    .endsWith(" 1 1");
        }
        SecureRelay.until("the line of the delivery", () -> deliveryLog().contains("\"delivered\""));
        assertThat(deliveryLog()
                        .lines()
                        .filter(line -> line.contains("\"delivered\"") && line.contains("@modern.test")))
                .allMatch(line -> line.contains("\"version\":\"TLSv1.3\""))
                .allMatch(line -> line.contains("\"policy\":\"opportunistic\""));
        assertThat(commands("modern")).contains("plain STARTTLS").doesNotContain("plain MAIL");
    }

    @Test
    void aServerWithTls12AloneGetsNothingRatherThanPlainText() throws Exception {
        send("waits@old.test");

        SecureRelay.until("a second connection", () -> commands("old").contains("STARTTLS"));
        SecureRelay.until("the back-off", () -> queue("old.test").contains("\"waiting_for\":\"backoff\""));
        assertThat(queue("old.test")).contains("the TLS handshake failed");
        assertThat(commands("old")).contains("plain STARTTLS").doesNotContain("MAIL");
    }

    /** At DEBUG, as the node runs here: in no log, no record, no metric, and nowhere in the store. */
    @Test
    void noKeyAndNoPasswordIsEverWrittenDown() throws Exception {
        String wrongKey = "prk_this-one-is-not-known";
        String wrongPassword = "wrong-horse-8";
        send("secret@smart.test");
        for (String mechanism : List.of("PLAIN", "LOGIN")) {
            for (String password : List.of(PASSWORD, wrongPassword)) {
                relay.swaks(
                        "172.16.4.5",
                        "--tls",
                        "--auth",
                        mechanism,
                        "--auth-user",
                        "app",
                        "--auth-password",
                        password,
                        "--to",
                        "bob@modern.test");
            }
        }
        // Where the password stands in a wrong place, and where a program takes us for another.
        String said = relay.dialogue(
                "172.31.255.254",
                "EHLO x",
                "AUTH PLAIN " + PLAIN,
                "AUTH " + PASSWORD,
                PASSWORD,
                PLAIN,
                "MAIL FROM:<ann@example.com> AUTH=" + PASSWORD,
                "QUIT");
        assertThat(said).contains("538 5.7.11 ", "221 ");
        for (String key : List.of(relay.key(), wrongKey)) {
            post("10.0.0.1", "-H", "Authorization: Bearer " + key);
            post("10.0.0.1", "-H", "Authorization: " + key);
            post("10.0.0.1", "-H", "Authorization: Basic " + key);
            post("192.0.2.7", "-H", "Authorization: Bearer " + key);
            relay.curl("10.0.0.1", API + "?key=" + key);
            relay.curl("10.0.0.1", API + "?key=" + key + "%zz", "-H", "Authorization: Bearer " + key + "\u0001");
            relay.curl("10.0.0.1", API + "/" + key, "-H", "Authorization: Bearer " + key);
            relay.dialogue("172.31.255.254", "GET / HTTP/1.1", "Authorization: Bearer " + key);
        }
        SecureRelay.until("the password at the smarthost", () -> commands("modern")
                .contains("TLS AUTH PLAIN " + base64("\0us\0" + SMARTHOST_PASSWORD)));
        SecureRelay.until("the record of it", () -> deliveryLog()
                .lines()
                .anyMatch(line -> line.contains("secret@smart.test") && line.contains("\"delivered\"")));

        assertThat(relay.log()).contains(" DEBUG ");
        String metrics = relay.curl("127.0.0.1", "http://127.0.0.1:2000/metrics");
        String privateKey = SecureRelay.text(directory.resolve("conf/dkim/mail.example.com.pem"))
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow();
        for (String secret : List.of(
                PASSWORD,
                PLAIN,
                base64(PASSWORD),
                wrongPassword,
                base64("\0app\0" + wrongPassword),
                base64(wrongPassword),
                SMARTHOST_PASSWORD,
                base64("\0us\0" + SMARTHOST_PASSWORD),
                relay.key(),
                wrongKey,
                privateKey)) {
            assertThat(whereIs(secret)).as(secret).isEmpty();
            assertThat(metrics).doesNotContain(secret);
        }
        assertThat(whereIs("secret@smart.test")).as("this finds what is there").isNotEmpty();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** The files of the running node with this text in them: its log, and all of its data directory. */
    private static List<Path> whereIs(String text) throws IOException {
        try (Stream<Path> files =
                Stream.concat(Stream.of(directory.resolve("node.log")), Files.walk(directory.resolve("data")))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> SecureRelay.text(file).contains(text))
                    .toList();
        }
    }

    private static void send(String to) throws Exception {
        assertThat(relay.swaks("10.0.0.1", "--tls", "--auth-user", "app", "--auth-password", PASSWORD, "--to", to))
                .contains("queued as ");
    }

    private static List<String> dns(String name, String record) {
        return name.equals("mail._domainkey.example.com") ? List.of(record) : List.of();
    }

    private static String commands(String server) {
        return SecureRelay.text(directory.resolve(server).resolve("commands"));
    }

    private static String queue(String domain) {
        try {
            return relay.curl("127.0.0.1", "http://127.0.0.1:2001/v1/queues/" + domain);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String deliveryLog() {
        try (Stream<Path> files = Files.list(directory.resolve("data/log"))) {
            return String.join("", files.map(SecureRelay::text).toList());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The message to this recipient, once the server has it. */
    private static Path received(String server, String recipient) {
        Path[] found = new Path[1];
        SecureRelay.until("the message to " + recipient, () -> {
            try (Stream<Path> files = Files.list(directory.resolve(server))) {
                return files.filter(file -> file.toString().endsWith(".eml"))
                        .filter(file -> SecureRelay.text(file).contains(recipient))
                        .peek(file -> found[0] = file)
                        .findFirst()
                        .isPresent();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return found[0];
    }
}
