package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import io.postrider.mail.SenderDomains;
import io.postrider.retry.Rate;
import io.postrider.smtp.sasl.Sha256;
import io.postrider.spool.Spool;
import io.postrider.user.LoginSettings;
import io.postrider.user.Logins;
import io.postrider.user.UserFile;
import io.postrider.user.UserLimits;
import io.postrider.user.Users;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-ins over real sockets, and what users may send then. Nothing of a password is ever in a log. */
@Timeout(60)
class SmtpAuthTest {

    private static final String HOST = "relay.example.com";
    private static final String PASSWORD = "correct-horse-9";
    private static final String PLAIN = base64("\0ann\0" + PASSWORD);

    @TempDir
    Path directory;

    private TlsFixture fixture;
    private Logins logins;
    private Logged logged;
    private UserFile file;
    private volatile Users users = Users.NOBODY;

    @BeforeEach
    void open() throws IOException {
        logged = new Logged();
        fixture = new TlsFixture(directory);
        file = new UserFile(directory.resolve("users"), 64 << 10);
        limit(UserLimits.NONE);
        LoginSettings settings = LoginSettings.from(
                ConfigFactory.parseString("postrider.smtp.auth { failure-delay = 1 ms, max-failures = 3 }")
                        .withFallback(ConfigFactory.parseResources("reference.conf"))
                        .resolve()
                        .getConfig("postrider"));
        logins = new Logins(settings, () -> users, System::nanoTime, new SecureRandom());
        fixture.door = Optional.of(new Door(settings, logins, fixture.meters, System::nanoTime));
    }

    private void limit(UserLimits limits) throws IOException {
        file.add(
                new UserFile.NewUser(
                        "ann", PASSWORD, SenderDomains.parse(List.of("example.com")), "acme", limits, true),
                Instant.now(),
                new SecureRandom());
        users = file.read();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
        logins.close();
        logged.close();
        assertThat(logged.lines())
                .noneMatch(line -> line.contains(PASSWORD) || line.contains(PLAIN) || line.contains(base64(PASSWORD)));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private SmtpClient encrypted(String settings) throws IOException {
        SmtpClient client = fixture.encrypted(fixture.start("relay-hosts = []\n" + settings), "TLSv1.3", HOST);
        assertThat(client.ask("EHLO client.example"))
                .contains("|250-AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN|");
        return client;
    }

    private SmtpClient ann(String settings) throws IOException {
        SmtpClient client = encrypted(settings);
        assertThat(client.ask("AUTH PLAIN " + PLAIN)).isEqualTo("235 2.7.0 Authentication succeeded");
        return client;
    }

    private static String send(SmtpClient client, String sender, String message) throws IOException {
        String mail = client.ask("MAIL FROM:<" + sender + ">");
        if (!mail.startsWith("250 ")) {
            return mail;
        }
        assertThat(client.ask("RCPT TO:<bob@there.test>")).startsWith("250 ");
        assertThat(client.ask("DATA")).startsWith("354 ");
        return client.ask(message + "\r\n.");
    }

    @Test
    void aUserRelaysAndIsTheOwnerOfTheMail() throws Exception {
        SmtpClient client = ann("auth = required");

        assertThat(send(client, "ann@example.com", "From: Ann <ann@example.com>\r\n\r\nhi"))
                .startsWith("250 ");

        Spool.Message message = fixture.spool.taken();
        assertThat(new String(message.body(), StandardCharsets.US_ASCII))
                .contains(" with ESMTPSA id ")
                .doesNotContain(PASSWORD);
        assertThat(message.references().get(0).owner()).isEqualTo("user ann");
        assertThat(message.references().get(0).labels().tenant()).isEqualTo("acme");
    }

    @Test
    void nobodyRelaysWithoutLoggingIn() throws Exception {
        SmtpClient client = encrypted("auth = optional");
        assertThat(client.ask("MAIL FROM:<ann@example.com>")).startsWith("250 ");
        assertThat(client.ask("RCPT TO:<bob@there.test>")).isEqualTo("550 5.7.1 Relaying denied");
        SmtpClient plain = fixture.connect(fixture.start("auth = required")).hello();
        assertThat(plain.ask("AUTH PLAIN " + PLAIN)).startsWith("538 5.7.11 ");
        assertThat(plain.ask("MAIL FROM:<ann@example.com>")).isEqualTo("530 5.7.0 Say STARTTLS first");
    }

    @Test
    void whatWasShownBeforeTheHandshakeIsForgotten() throws Exception {
        SmtpListener listener = fixture.start("relay-hosts = [], auth-require-tls = false");
        SmtpClient client = fixture.connect(listener).hello();
        assertThat(client.ask("AUTH PLAIN " + PLAIN)).startsWith("235 ");
        client.ask("STARTTLS");
        client.encrypt(fixture.authority.client(), "TLSv1.3", HOST);
        client.ask("EHLO client.example");
        client.ask("MAIL FROM:<ann@example.com>");

        assertThat(client.ask("RCPT TO:<bob@there.test>")).startsWith("550 5.7.1 ");
    }

    /** No password is asked for; a name that is nobody's gives no right, and neither does a list of other domains. */
    @Test
    void aCertificateWithTheNameOfAUserLogsHimIn() throws Exception {
        Path ca = fixture.authority.writeAuthority(directory.resolve("ca.pem"));
        SmtpListener listener = fixture.start("relay-hosts = [], auth = required, tls.client-certificates = optional,"
                + " tls.client-ca = \"" + ca + "\"");

        assertThat(send(showing(listener, "ann"), "ann@example.com", "From: ann@example.com\r\n\r\nhi"))
                .startsWith("250 ");
        assertThat(fixture.spool.taken().references().get(0).owner()).isEqualTo("user ann");
        assertThat(send(showing(listener, "ann"), "ann@bank.test", "")).startsWith("553 5.7.1 ");
        assertThat(send(showing(listener, "bob"), "ann@example.com", "")).startsWith("530 5.7.0 ");
    }

    /** Otherwise everybody behind a filter that logs in by certificate would be that user. */
    @Test
    void aHostThatSpeaksForOthersDoesNotLendThemItsCertificate() throws Exception {
        Path ca = fixture.authority.writeAuthority(directory.resolve("ca.pem"));
        SmtpListener listener = fixture.start("relay-hosts = [], xclient-from = [\"127.0.0.1\"],"
                + " tls.client-certificates = optional, tls.client-ca = \"" + ca + "\"");
        SmtpClient front = showing(listener, "ann");
        assertThat(front.ask("XCLIENT ADDR=198.51.100.7")).startsWith("220 ");
        front.ask("EHLO spike.example");

        front.ask("MAIL FROM:<ann@example.com>");
        assertThat(front.ask("RCPT TO:<bob@there.test>")).startsWith("550 5.7.1 ");
        assertThat(front.ask("RSET")).startsWith("250 ");
        assertThat(front.ask("XCLIENT ADDR=198.51.100.7 LOGIN=ann")).startsWith("220 ");
        front.ask("EHLO spike.example");
        assertThat(send(front, "ann@example.com", "From: ann@example.com\r\n\r\nhi"))
                .startsWith("250 ");
    }

    @Test
    void whoeverFailedTooOftenIsRefusedBehindAFrontAsWell() throws Exception {
        SmtpListener listener = fixture.start("relay-hosts = [], xclient-from = [\"127.0.0.1\"]");
        SmtpClient front = fixture.encrypted(listener, "TLSv1.3", HOST);
        front.ask("EHLO front.example");
        assertThat(front.ask("XCLIENT ADDR=198.51.100.7")).startsWith("220 ");
        front.ask("EHLO spike.example");
        for (int i = 0; i < 3; i++) {
            assertThat(front.ask("AUTH PLAIN " + base64("\0ann\0wrong" + i))).startsWith("535 ");
        }

        assertThat(front.ask("XCLIENT ADDR=198.51.100.7")).startsWith("421 4.7.0 Too many failed authentications");
        assertThat(fixture.connect(listener).hello().ask("XCLIENT ADDR=198.51.100.8"))
                .startsWith("220 ");
    }

    private SmtpClient showing(SmtpListener listener, String name) throws IOException {
        SmtpClient client = fixture.connect(listener).hello();
        client.ask("STARTTLS");
        client.encrypt(fixture.authority.client(fixture.authority.make("EC", name)), "TLSv1.3", HOST);
        client.ask("EHLO client.example");
        return client;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ann@example.com|From: ann@example.com|250 2.0.0",
                "<>|From: ann@example.com|250 2.0.0",
                "<>|From: ann@bank.test|550 5.7.1 From: you may not send in the name of bank.test",
                "ann@bank.test|From: ann@example.com|553 5.7.1",
                "ann@sub.example.com|From: ann@example.com|553 5.7.1",
                "ann@example.com|From: ann@bank.test|550 5.7.1 From: you may not send in the name of bank.test",
                "ann@example.com|from : \"ann@example.com\" (x) <ann@BANK.test>|550 5.7.1",
                "ann@example.com|From: ann@example.com, ceo@bank.test|550 5.7.1",
                "ann@example.com|From: ann@example.com;From: ceo@bank.test|550 5.7.1 From: expected one such field, but there are 2",
                "ann@example.com|From: ceo@bank.test;FROM: ann@example.com|550 5.7.1",
                "ann@example.com|Subject: nobody|550 5.7.1 From: expected one such field, but there is none",
                "ann@example.com|From: ann|550 5.7.1 From: expected an address with a domain",
                "ann@example.com|From: Ann, Inc. <ann@example.com>|250 2.0.0",
                "ann@example.com|From: ceo@bank.test ann@example.com|550 5.7.1 From: expected addresses that can be read",
                "ann@example.com|From: ann@example.com (<ceo@bank.test>|550 5.7.1 From: expected addresses that can be read",
                "ann@example.com|From: ann@example.com;X-Postrider-Tenant: acme|250 2.0.0",
                "ann@example.com|From: ann@example.com;X-Postrider-Tenant: other|550 5.7.1 tenant: expected acme or none",
            })
    void speaksInItsOwnNameAlone(String sender, String header, String reply) throws Exception {
        String envelope = sender.equals("<>") ? "" : sender;

        assertThat(send(ann(""), envelope, header.replace(";", "\r\n") + "\r\n\r\nhi"))
                .startsWith(reply);
    }

    /** A stolen password is worth so many recipients, in however few messages; what was taken goes out. */
    @Test
    void aUserNamesNoMoreRecipientsThanItMay() throws Exception {
        limit(new UserLimits(Rate.UNLIMITED, UserLimits.rate("6/day"), 9));
        SmtpClient client = ann("");
        String over = "450 4.7.1 You have named as many recipients as you may for now, send the rest later";

        client.ask("MAIL FROM:<ann@example.com>");
        assertThat(client.ask("RCPT TO:<a@there.test>")).startsWith("250 ");
        assertThat(client.ask("RCPT TO:<no domain>")).startsWith("501 ");
        assertThat(client.ask("RCPT TO:<b@there.test>")).startsWith("250 ");
        assertThat(client.ask("RCPT TO:<a@there.test>")).startsWith("250 ");
        assertThat(client.ask("RCPT TO:<c@there.test>")).startsWith("250 ");
        assertThat(client.ask("RCPT TO:<d@there.test>")).isEqualTo(over);
        assertThat(client.ask("RCPT TO:<b@there.test>")).startsWith("250 ");
        assertThat(client.ask("DATA")).startsWith("354 ");
        assertThat(client.ask("From: ann@example.com\r\n\r\nhi\r\n.")).startsWith("250 ");
        assertThat(fixture.spool.taken().references().get(0).recipients()).hasSize(3);

        SmtpClient another = ann("");
        another.send("MAIL FROM:<ann@example.com>\r\nRCPT TO:<e@there.test>\r\nDATA\r\n");
        assertThat(another.reply()).startsWith("250 ");
        assertThat(another.reply()).isEqualTo(over);
        assertThat(another.reply()).isEqualTo("554 5.5.1 No valid recipients");
        users = Users.NOBODY;
        assertThat(another.ask("RCPT TO:<f@there.test>")).startsWith("535 5.7.8 ");
    }

    @Test
    void aUserHasNoMoreConnectionsThanItMay() throws Exception {
        limit(new UserLimits(Rate.UNLIMITED, Rate.UNLIMITED, 2));
        String crowded = "421 4.7.0 Too many connections of this user, try again later";
        Path ca = fixture.authority.writeAuthority(directory.resolve("ca.pem"));
        String settings = "relay-hosts = [], xclient-from = [\"127.0.0.1\"], tls.client-certificates = optional,"
                + " tls.client-ca = \"" + ca + "\"";
        SmtpListener listener = fixture.start(settings);
        SmtpClient first = ann("");
        SmtpClient second = showing(listener, "ann");
        assertThat(second.ask("NOOP")).startsWith("250 ");

        SmtpClient third = encrypted("");
        assertThat(third.ask("AUTH PLAIN " + PLAIN)).isEqualTo(crowded);
        assertThat(third.reply()).isEqualTo("closed");
        SmtpClient fourth = fixture.connect(listener).hello();
        fourth.ask("STARTTLS");
        fourth.encrypt(fixture.authority.client(fixture.authority.make("EC", "ann")), "TLSv1.3", HOST);
        assertThat(fourth.reply()).isEqualTo(crowded);
        assertThat(fourth.reply()).isEqualTo("closed");
        SmtpClient front = fixture.connect(listener).hello();
        assertThat(front.ask("XCLIENT LOGIN=ann")).isEqualTo(crowded);
        assertThat(front.reply()).isEqualTo("closed");
        assertThat(fixture.door.orElseThrow().failures()).isZero();

        assertThat(second.ask("XCLIENT ADDR=198.51.100.7")).startsWith("220 ");
        assertThat(logins.connections("ann")).isEqualTo(1);
        assertThat(second.ask("XCLIENT ADDR=198.51.100.7 LOGIN=ann")).startsWith("220 ");
        assertThat(logins.connections("ann")).isEqualTo(2);
        assertThat(first.ask("QUIT")).startsWith("221 ");
        untilConnections(1);
        assertThat(ann("").ask("NOOP")).startsWith("250 ");
    }

    /** Cut, silent, in the middle of everything: whoever is gone counts no more. */
    @Test
    void connectionsThatEndBadlyCountNoMore() throws Exception {
        SmtpListener listener = fixture.start("auth-require-tls = false, max-connections-per-client = 1000");
        String login = "EHLO c\r\nAUTH PLAIN " + PLAIN + "\r\n";
        List<String> ends = List.of(
                "",
                "AUTH PLAIN " + PLAIN + "\r\n",
                "MAIL FROM:<ann@example.com>\r\nRCPT TO:<bob@there.test>\r\nDATA\r\nhalf a li",
                "MAIL FROM:<ann@example.com>\r\nRCPT TO:<bob@there.test>\r\nBDAT 1000\r\nhalf",
                "STARTTLS\r\n");
        List<SmtpClient> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            SmtpClient client = fixture.connect(listener);
            clients.add(client.send(login));
        }
        untilConnections(100);

        for (int i = 0; i < 100; i++) {
            clients.get(i).send(ends.get(i % ends.size()));
            if (i % 2 == 0) {
                clients.get(i).reset();
            } else {
                clients.get(i).close();
            }
        }
        for (int i = 0; i < 20; i++) {
            // Gone before it is known who it was.
            fixture.connect(listener).send(login).reset();
        }

        until(() -> listener.connections() == 0);
        assertThat(logins.connections("ann")).isZero();
    }

    private void untilConnections(int count) {
        until(() -> logins.connections("ann") == count);
    }

    private static void until(BooleanSupplier so) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!so.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void hostsMayHaveAListToo() throws Exception {
        SmtpClient client = fixture.connect(fixture.start("sender-domains = [\"*.example.com\"]"))
                .hello();

        assertThat(send(client, "a@example.com", "")).startsWith("553 5.7.1 ");
        assertThat(send(client, "a@b.example.com", "From: a@c.example.com\r\n\r\nhi"))
                .startsWith("250 ");
        assertThat(send(client, "a@b.example.com", "From: a@example.com\r\n\r\nhi"))
                .startsWith("550 5.7.1 ");
    }

    @Test
    void withoutAListTheHeaderIsNobodysBusiness() throws Exception {
        SmtpClient client = fixture.connect(fixture.start("")).hello();

        assertThat(send(client, "a@example.com", "From: a@x.test\r\nFrom: b@y.test\r\n\r\nhi"))
                .startsWith("250 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bob%there.test@relay.example.com",
                "bob%there.test@[127.0.0.1]",
                "@relay.example.com:bob@there.test",
                "@relay.example.com,@there.test:bob@there.test",
                "\"bob@there.test\"@relay.example.com",
                "\"bob%there.test\"@relay.example.com",
                "\"bob@there.test\"",
                "there.test!bob@relay.example.com",
                "there.test!bob",
                "bob@there.test@relay.example.com",
                "bob@relay.example.com",
                "postmaster",
                "bob@[IPv6:::1]"
            })
    void aStrangerRelaysNothingHoweverItIsWritten(String recipient) throws Exception {
        for (String sender : List.of("ann@example.com", "", "ann@relay.example.com")) {
            SmtpClient client = encrypted("auth = optional");
            client.ask("MAIL FROM:<" + sender + ">");
            String reply = client.ask("RCPT TO:<" + recipient + ">");

            assertThat(reply).as(recipient + " from " + sender).startsWith("5");
            assertThat(client.ask("DATA")).startsWith("5");
        }
    }

    @Test
    void whoeverFailsTooOftenIsRefused() throws Exception {
        SmtpListener listener = fixture.start("relay-hosts = []");
        SmtpClient client = fixture.encrypted(listener, "TLSv1.3", HOST);
        client.ask("EHLO client.example");
        for (String wrong : List.of("\0ann\0wrong", "\0" + PASSWORD + "\0ann", "\0bob\0" + PASSWORD)) {
            assertThat(client.ask("AUTH PLAIN " + base64(wrong)))
                    .isEqualTo("535 5.7.8 Authentication credentials invalid");
        }

        assertThat(client.ask("AUTH PLAIN " + PLAIN)).startsWith("421 4.7.0 Too many failed authentications");
        assertThat(client.reply()).isEqualTo("closed");
        assertThat(fixture.connect(listener).reply()).startsWith("421 4.7.0 Too many failed authentications");
        assertThat(logged.lines()).anyMatch(line -> line.contains("had 3 failed log-ins"));
    }

    @Test
    void aClientThatLeavesWhileItWaitsHasFailedAllTheSame() throws Exception {
        SmtpListener listener = fixture.start("relay-hosts = []");
        for (int i = 0; i < 3; i++) {
            try (SmtpClient client = fixture.encrypted(listener, "TLSv1.3", HOST)) {
                client.ask("EHLO client.example");
                client.send("AUTH PLAIN " + base64("\0ann\0wrong" + i) + "\r\n");
                while (fixture.door.orElseThrow().failures() <= i) {
                    Thread.onSpinWait();
                }
            }
        }

        assertThat(fixture.connect(listener).reply()).startsWith("421 4.7.0 ");
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3,tls-server-end-point",
        "TLSv1.2,tls-server-end-point",
        "TLSv1.3,tls-exporter",
    })
    void scramIsBoundToTheChannel(String version, String type) throws Exception {
        SmtpClient client = fixture.encrypted(fixture.start("relay-hosts = []"), version, HOST);
        client.ask("EHLO client.example");
        assumeTrue(
                !type.equals("tls-exporter") || Runtime.version().feature() >= 25, "this JDK exports no keys of TLS");
        byte[] binding = binding(client.session(), type);

        assertThat(scram(client, type, binding)).startsWith("235 ");

        SmtpClient other = fixture.encrypted(fixture.start("relay-hosts = []"), version, HOST);
        other.ask("EHLO client.example");
        binding[0] ^= 1;
        assertThat(scram(other, type, binding)).startsWith("535 ");
    }

    private static byte[] binding(SSLSession session, String type) throws Exception {
        if (type.equals("tls-server-end-point")) {
            return MessageDigest.getInstance("SHA-256").digest(session.getPeerCertificates()[0].getEncoded());
        }
        return (byte[]) javax.net.ssl.ExtendedSSLSession.class
                .getMethod("exportKeyingMaterialData", String.class, byte[].class, int.class)
                .invoke(session, "EXPORTER-Channel-Binding", new byte[0], 32);
    }

    /** A client of RFC 5802, that also checks that the server knows the password. @return the last reply */
    private static String scram(SmtpClient client, String type, byte[] binding) throws Exception {
        String header = "p=" + type + ",,";
        String bare = "n=ann,r=fyko+d2lbbFgONRv9qkxdawL";
        String first = challenge(client.ask("AUTH SCRAM-SHA-256-PLUS " + base64(header + bare)));
        String[] fields = first.split(",");
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(
                        PASSWORD.toCharArray(),
                        Base64.getDecoder().decode(fields[1].substring(2)),
                        Integer.parseInt(fields[2].substring(2)),
                        256))
                .getEncoded();
        byte[] channel = (header + "x".repeat(binding.length)).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(binding, 0, channel, header.length(), binding.length);
        String last = "c=" + Base64.getEncoder().encodeToString(channel) + "," + fields[0];
        byte[] message = (bare + "," + first + "," + last).getBytes(StandardCharsets.US_ASCII);
        byte[] key = Sha256.hmac(salted, "Client Key".getBytes(StandardCharsets.US_ASCII));
        byte[] signature = Sha256.hmac(Sha256.hash(key), message);
        for (int i = 0; i < key.length; i++) {
            key[i] ^= signature[i];
        }
        String reply = client.ask(base64(last + ",p=" + Base64.getEncoder().encodeToString(key)));
        if (!reply.startsWith("334 ")) {
            return reply;
        }
        byte[] serverKey = Sha256.hmac(salted, "Server Key".getBytes(StandardCharsets.US_ASCII));
        assertThat(challenge(reply))
                .isEqualTo("v=" + Base64.getEncoder().encodeToString(Sha256.hmac(serverKey, message)));
        return client.ask("");
    }

    private static String challenge(String reply) {
        assertThat(reply).startsWith("334 ");
        return new String(Base64.getDecoder().decode(reply.substring(4)), StandardCharsets.US_ASCII);
    }

    // ---- programs that others wrote

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "LOGIN"})
    void swaks(String mechanism) throws Exception {
        SmtpListener listener = fixture.start("auth = required");

        String out = run(
                "swaks",
                "--server",
                "127.0.0.1:" + listener.address().getPort(),
                "--tls",
                "--auth",
                mechanism,
                "--auth-user",
                "ann",
                "--auth-password",
                PASSWORD,
                "--from",
                "ann@example.com",
                "--to",
                "bob@there.test");

        assertThat(out).contains("TLS started", "235 2.7.0 Authentication succeeded", "queued as ");
        assertThat(fixture.spool.taken().references().get(0).owner()).isEqualTo("user ann");
    }

    @Test
    void pythonsSmtplib() throws Exception {
        SmtpListener listener = fixture.start("auth = required");
        Path authority = fixture.authority.writeAuthority(directory.resolve("ca.pem"));
        String script =
                """
                import smtplib, ssl, sys
                c = ssl.create_default_context(cafile=sys.argv[2])
                c.check_hostname = False
                s = smtplib.SMTP('127.0.0.1', int(sys.argv[1]))
                try:
                    s.login('ann', sys.argv[3])
                    raise SystemExit('logged in without TLS')
                except smtplib.SMTPNotSupportedError:
                    pass
                s.starttls(context=c)
                try:
                    s.login('ann', 'wrong')
                    raise SystemExit('logged in with a wrong password')
                except smtplib.SMTPAuthenticationError as e:
                    assert e.smtp_code == 535, e
                s.login('ann', sys.argv[3])
                s.sendmail('ann@example.com', ['bob@there.test'], 'From: ann@example.com\\r\\n\\r\\nhi\\r\\n')
                try:
                    s.sendmail('ann@example.com', ['bob@there.test'], 'From: ann@bank.test\\r\\n\\r\\nhi\\r\\n')
                    raise SystemExit('spoke in the name of a bank')
                except smtplib.SMTPDataError as e:
                    assert e.smtp_code == 550 and b'5.7.1' in e.smtp_error, e
                s.quit()
                """;

        run("python3", "-c", script, Integer.toString(listener.address().getPort()), authority.toString(), PASSWORD);

        assertThat(new String(fixture.spool.taken().body(), StandardCharsets.US_ASCII))
                .contains(" with ESMTPSA id ");
    }

    private static String run(String... command) throws Exception {
        Optional<String> program = Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> new File(directory, command[0]))
                .filter(File::canExecute)
                .map(File::getPath)
                .findFirst();
        assumeTrue(program.isPresent(), command[0] + " is not installed");
        List<String> line = new ArrayList<>(List.of(command));
        line.set(0, program.orElseThrow());
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
        return out;
    }
}
