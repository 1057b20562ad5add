package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.spool.Spool;
import io.postrider.tls.TestCertificates;
import io.postrider.tls.TlsWorkers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS over real sockets, with the JDK's client. */
@Timeout(60)
class SmtpTlsTest {

    private static final String HOST = "relay.example.com";

    @TempDir
    Path directory;

    private TlsFixture fixture;

    @BeforeEach
    void open() {
        fixture = new TlsFixture(directory);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("expected it within 20 seconds").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void takesAMessageAfterStartTls(String version) throws Exception {
        SmtpListener listener = fixture.start("");
        SmtpClient client = fixture.connect(listener);
        client.reply();
        assertThat(client.ask("EHLO client.example")).contains("|250-STARTTLS|");
        assertThat(client.ask("starttls")).isEqualTo("220 2.0.0 Ready to start TLS");
        client.encrypt(fixture.authority.client(), version, HOST);

        assertThat(client.ask("EHLO client.example"))
                .startsWith("250-relay.example.com|")
                .doesNotContain("STARTTLS");
        client.ask("MAIL FROM:<a@example.org>");
        client.ask("RCPT TO:<b@example.net>");
        client.ask("DATA");
        String verdict = client.ask("Subject: hi\r\n\r\n" + "x".repeat(200_000) + "\r\n.");
        Spool.Message message = fixture.spool.taken();

        assertThat(verdict).isEqualTo("250 2.0.0 queued as " + message.id());
        String body = new String(message.body(), StandardCharsets.US_ASCII);
        assertThat(body)
                .contains(" with ESMTPS id " + message.id() + "\r\n\tfor <b@example.net>\r\n\ttls TLS_")
                .contains(" (" + version + ");\r\n")
                .endsWith("x\r\n");
        assertThat(client.ask("QUIT")).startsWith("221 ");
        assertThat(client.reply()).isEqualTo("closed");
        assertThat(fixture.meters.expose()).contains("postrider_tls_handshakes_total 1.0");
    }

    @Test
    void greetsOnlyAfterTheHandshakeWhereTlsIsImplicit() throws Exception {
        SmtpListener listener = fixture.start("implicit-tls = true");
        SmtpClient client = fixture.connect(listener).encrypt(fixture.authority.client(), "TLSv1.3", HOST);

        assertThat(client.reply()).startsWith("220 relay.example.com");
        assertThat(client.ask("EHLO client.example")).doesNotContain("STARTTLS");
        assertThat(client.ask("STARTTLS")).isEqualTo("503 5.5.1 The connection is encrypted already");
    }

    @Test
    void throwsAwayWhatWasPutBehindStartTls() throws Exception {
        SmtpClient client = fixture.connect(fixture.start("")).hello();

        client.send("STARTTLS\r\nMAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.net>\r\nDATA\r\n");
        assertThat(client.reply()).startsWith("220 ");
        client.encrypt(fixture.authority.client(), "TLSv1.3", HOST);

        assertThat(client.ask("NOOP")).isEqualTo("250 2.0.0 OK");
        assertThat(client.ask("RCPT TO:<victim@example.net>")).isEqualTo("503 5.5.1 Say MAIL first");
    }

    @Test
    void remembersNothingOfThePlainSession() throws Exception {
        SmtpClient client = fixture.connect(fixture.start("")).hello();
        client.ask("MAIL FROM:<a@example.org>");
        client.ask("STARTTLS");
        client.encrypt(fixture.authority.client(), "TLSv1.3", HOST);

        assertThat(client.ask("RCPT TO:<b@example.net>")).isEqualTo("503 5.5.1 Say MAIL first");
        assertThat(client.ask("MAIL FROM:<a@example.org>")).isEqualTo("503 5.5.1 Say EHLO or HELO first");
    }

    @ParameterizedTest
    @CsvSource({"STARTTLS now, 501", "STARTTLSX, 500", "STARTTL, 500"})
    void refusesWhatOnlyLooksLikeStartTls(String command, String code) throws Exception {
        SmtpClient client = fixture.connect(fixture.start("")).hello();

        assertThat(client.ask(command)).startsWith(code);
        assertThat(client.ask("NOOP")).startsWith("250 ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsAConnectionThatSendsGarbage(boolean implicit) throws Exception {
        SmtpListener listener = fixture.start("implicit-tls = " + implicit);
        SmtpClient client = fixture.connect(listener);
        if (!implicit) {
            client.hello().ask("STARTTLS");
        }

        client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n");

        until(() -> fixture.meters.expose().contains("postrider_tls_handshakes_failed_total 1.0"));
        until(() -> listener.connections() == 0);
        assertThat(fixture.spool.all()).isEmpty();
    }

    @Test
    void cutsAHandshakeThatTakesTooLong() throws Exception {
        SmtpListener listener = fixture.start("implicit-tls = true", new TlsWorkers(1, 10), Duration.ofMillis(50));
        SmtpClient client = fixture.connect(listener);

        assertThat(client.reply()).isEqualTo("closed");
        until(() -> listener.connections() == 0);
        assertThat(fixture.meters.expose()).contains("postrider_tls_handshakes_failed_total 1.0");
    }

    @Test
    void offersNoHandshakeWhileTooManyWait() throws Exception {
        TlsWorkers workers = new TlsWorkers(1, 2);
        CountDownLatch busy = new CountDownLatch(1);
        SmtpListener listener = fixture.start("", workers, Duration.ofSeconds(20));
        for (int i = 0; i < 3; i++) {
            workers.run(() -> await(busy), () -> {});
        }
        SmtpClient client = fixture.connect(listener).hello();

        assertThat(client.ask("STARTTLS")).startsWith("454 4.7.0 ");
        busy.countDown();
        until(() -> !workers.isBusy());
        assertThat(client.ask("STARTTLS")).startsWith("220 ");
        client.encrypt(fixture.authority.client(), "TLSv1.3", HOST);
        assertThat(client.ask("NOOP")).startsWith("250 ");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void cutsHandshakesBeyondWhatMayWait() throws Exception {
        TlsWorkers workers = new TlsWorkers(1, 1);
        CountDownLatch busy = new CountDownLatch(1);
        SmtpListener listener = fixture.start("implicit-tls = true", workers, Duration.ofSeconds(20));
        workers.run(() -> await(busy), () -> {});
        workers.run(() -> {}, () -> {});

        assertThatThrownBy(() -> fixture.connect(listener).encrypt(fixture.authority.client(), "TLSv1.3", HOST))
                .isInstanceOf(java.io.IOException.class);

        busy.countDown();
        until(() -> !workers.isBusy());
        assertThat(fixture.connect(listener)
                        .encrypt(fixture.authority.client(), "TLSv1.3", HOST)
                        .reply())
                .startsWith("220 ");
    }

    @Test
    void servesOthersBesideAThousandHalfOpenHandshakes() throws Exception {
        SmtpListener listener =
                fixture.start("implicit-tls = true, max-connections = 1001, max-connections-per-client = 2000");
        for (int i = 0; i < 1000; i++) {
            fixture.connect(listener).send("\u0016\u0003\u0001\u0002\u0000\u0001");
        }
        until(() -> listener.connections() == 1000);

        SmtpClient client = fixture.connect(listener).encrypt(fixture.authority.client(), "TLSv1.3", HOST);

        assertThat(client.reply()).startsWith("220 ");
        assertThat(fixture.connect(listener).reply()).startsWith("421 ");
    }

    @Test
    void newConnectionsGetTheNewCertificateAndOldOnesGoOn() throws Exception {
        SmtpListener listener = fixture.start("");
        SmtpClient old = fixture.encrypted(listener, "TLSv1.3", HOST);

        fixture.authority.make("EC", HOST).writeTo(fixture.certificate);

        until(() -> certificate(listener).endsWith(" EC"));
        assertThat(old.ask("NOOP")).startsWith("250 ");
        assertThat(old.certificate()).endsWith(" RSA");
    }

    @Test
    void aBrokenFileChangesNothingUntilItIsMended() throws Exception {
        SmtpListener listener = fixture.start("");
        String whole = Files.readString(fixture.certificate);
        TestCertificates.Made other = fixture.authority.make("EC", HOST);

        for (String broken :
                List.of("", "-----BEGIN CERTIFICATE-----\nAAAA\n", TestCertificates.pem(other.certificate()) + whole)) {
            TestCertificates.write(fixture.certificate, broken);
            // Looked at more than once meanwhile: a handshake takes longer than the interval.
            for (int i = 0; i < 5; i++) {
                assertThat(certificate(listener)).endsWith(" RSA");
            }
        }
        other.writeTo(fixture.certificate);

        until(() -> certificate(listener).endsWith(" EC"));
    }

    @Test
    void saysWhenABrokenFileIsAsItWasBefore() throws Exception {
        try (Logged logged = new Logged()) {
            fixture.start("");
            String whole = Files.readString(fixture.certificate);

            TestCertificates.write(fixture.certificate, "");
            until(() -> logged.lines().stream().anyMatch(line -> line.contains("the certificates stay as they were")));
            TestCertificates.write(fixture.certificate, whole);

            until(() ->
                    logged.lines().stream().anyMatch(line -> line.contains("hold the certificates that are in use")));
        }
    }

    private String certificate(SmtpListener listener) {
        try (SmtpClient client = fixture.encrypted(listener, "TLSv1.3", HOST)) {
            return client.certificate();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void choosesTheCertificateByTheHostThatTheClientNames() throws Exception {
        Path mail = fixture.authority.make("EC", "mail.example.org").writeTo(directory.resolve("mail.pem"));
        Path wild = fixture.authority.make("RSA", "*.wild.example").writeTo(directory.resolve("wild.pem"));
        SmtpListener listener = fixture.start(
                "tls.certificates = [{ certificate = \"" + mail + "\" }, { certificate = \"" + wild + "\" }]");
        List<String> shown = new ArrayList<>();
        for (String host : List.of(
                HOST, "mail.example.org", "MAIL.example.org", "a.wild.example", "a.b.wild.example", "127.0.0.1")) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (SmtpClient client = fixture.encrypted(listener, version, host)) {
                    shown.add(client.certificate());
                }
            }
        }

        assertThat(shown)
                .containsExactly(
                        "CN=relay.example.com RSA",
                        "CN=relay.example.com RSA",
                        "CN=mail.example.org EC",
                        "CN=mail.example.org EC",
                        "CN=mail.example.org EC",
                        "CN=mail.example.org EC",
                        "CN=*.wild.example RSA",
                        "CN=*.wild.example RSA",
                        "CN=relay.example.com RSA",
                        "CN=relay.example.com RSA",
                        "CN=relay.example.com RSA",
                        "CN=relay.example.com RSA");
    }

    @Test
    void letsInWhoShowsACertificateOfOurAuthority() throws Exception {
        Path ca = fixture.authority.writeAuthority(directory.resolve("ca.pem"));
        SmtpListener listener = fixture.start("tls.client-certificates = required, tls.client-ca = \"" + ca + "\"");
        SmtpClient client = fixture.connect(listener).hello();
        client.ask("STARTTLS");
        client.encrypt(fixture.authority.client(fixture.authority.make("EC", "app.example")), "TLSv1.3", HOST);
        assertThat(client.ask("NOOP")).startsWith("250 ");

        SmtpClient nobody = fixture.connect(listener).hello();
        nobody.ask("STARTTLS");
        assertThatThrownBy(() -> nobody.encrypt(fixture.authority.client(), "TLSv1.2", HOST))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void refusesVersionsBelowTheLowest() throws Exception {
        SmtpListener listener = fixture.start("tls.min-version = \"TLSv1.3\"");

        assertThatThrownBy(() -> fixture.encrypted(listener, "TLSv1.2", HOST))
                .isInstanceOf(SSLHandshakeException.class);
        assertThat(fixture.encrypted(listener, "TLSv1.3", HOST).ask("NOOP")).startsWith("250 ");
    }

    @Test
    void sessionsThatDrainHearOfItUnderTls() throws Exception {
        SmtpListener listener = fixture.start("");
        SmtpClient client = fixture.encrypted(listener, "TLSv1.3", HOST);
        assertThat(client.ask("EHLO x")).startsWith("250");

        listener.drain(Duration.ofSeconds(10));

        assertThat(client.reply()).startsWith("421 4.3.2 ");
        assertThat(client.reply()).isEqualTo("closed");
    }
}
