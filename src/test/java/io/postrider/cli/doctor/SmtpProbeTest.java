package io.postrider.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.FreePort;
import io.postrider.doctor.MxProbe.Seen;
import io.postrider.tls.ClientTerms;
import io.postrider.tls.PeerCheck;
import io.postrider.tls.TestCertificates;
import io.postrider.tls.TlsVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that says a line for each that it hears, and may then shake hands. */
class SmtpProbeTest {

    private static final String HELLO = "250-mx.example.com\r\n250 STARTTLS\r\n";

    @TempDir
    Path directory;

    private final TestCertificates certificates = new TestCertificates();
    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, loopback);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private Seen look(Duration within, Optional<SSLContext> tls, List<String> protocols, String... answers)
            throws IOException {
        Thread.ofVirtual().start(() -> serve(tls, protocols, answers));
        ClientTerms terms = new ClientTerms(
                TlsVersion.V1_2,
                List.of(),
                List.of(),
                true,
                Optional.of(certificates.writeAuthority(directory.resolve("ca.pem"))),
                Optional.empty());
        return new SmtpProbe(
                        server.getLocalPort(),
                        "relay.example.com",
                        PeerCheck.with(terms),
                        Duration.ofSeconds(5),
                        within)
                .look("mx.example.com", loopback);
    }

    private Seen look(String... answers) throws IOException {
        return look(Duration.ofSeconds(20), Optional.empty(), List.of(), answers);
    }

    private Seen shake(TestCertificates.Made certificate, String... protocols) throws IOException {
        return look(
                Duration.ofSeconds(20),
                Optional.of(certificates.server(certificate)),
                List.of(protocols),
                "220 mx.example.com\r\n",
                HELLO,
                "220 go on\r\n");
    }

    private void serve(Optional<SSLContext> tls, List<String> protocols, String... answers) {
        try (Socket client = server.accept()) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            for (int i = 0; i < answers.length; i++) {
                if (i > 0) {
                    heard.add(in.readLine());
                }
                client.getOutputStream().write(answers[i].getBytes(StandardCharsets.ISO_8859_1));
            }
            if (tls.isPresent()) {
                SSLSocket secured =
                        (SSLSocket) tls.get().getSocketFactory().createSocket(client, "client", client.getPort(), true);
                secured.setUseClientMode(false);
                if (!protocols.isEmpty()) {
                    secured.setEnabledProtocols(protocols.toArray(String[]::new));
                }
                heard.add(new BufferedReader(new InputStreamReader(secured.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine());
            } else {
                while (in.readLine() != null) {
                    // until the client has gone
                }
            }
        } catch (IOException gone) {
            heard.add("(gone)");
        }
    }

    @Test
    void greetsAsksForTlsAndLeaves() throws IOException {
        Seen seen = shake(certificates.make("EC", "mx.example.com"));

        assertThat(seen).isInstanceOfSatisfying(Seen.Encrypted.class, encrypted -> {
            assertThat(encrypted.version()).isEqualTo("TLSv1.3");
            assertThat(encrypted.problem()).isEmpty();
            assertThat(encrypted.expires().orElseThrow()).isAfter(Instant.now().plus(Duration.ofDays(80)));
        });
        assertThat(heard).startsWith("EHLO relay.example.com", "STARTTLS").doesNotContain("MAIL");
    }

    @Test
    void saysWhatTheCertificateDoesNotProve() throws IOException {
        assertThat(problem(shake(certificates.make("EC", "other.example.com")))).contains("is for other.example.com");
        assertThat(problem(shake(TestCertificates.selfSigned("mx.example.com"))))
                .contains("not trusted");
        assertThat(problem(shake(certificates.make("EC", Duration.ofDays(-1), "mx.example.com"))))
                .contains("not trusted");
    }

    private static String problem(Seen seen) {
        return ((Seen.Encrypted) seen).problem().orElse("none");
    }

    @Test
    void knowsOldVersions() throws IOException {
        TestCertificates.Made certificate = certificates.make("EC", "mx.example.com");

        assertThat(((Seen.Encrypted) shake(certificate, "TLSv1.2")).version()).isEqualTo("TLSv1.2");
        assertThat(shake(certificate, "TLSv1.1")).isInstanceOf(Seen.HandshakeFailed.class);
    }

    @Test
    void knowsServersThatDoNotEncryptOrDoNotWantUs() throws IOException {
        assertThat(look("220 mx\r\n", "250 mx\r\n")).isEqualTo(new Seen.Plain());
        assertThat(look("554 5.7.1 go away\r\n")).isEqualTo(new Seen.Refused("it greets with 554 5.7.1 go away"));
        assertThat(look("220 mx\r\n", "550 no\r\n"))
                .isEqualTo(new Seen.Refused("it answers EHLO relay.example.com with 550 no"));
        assertThat(look("220 mx\r\n", HELLO, "454 not now\r\n"))
                .isEqualTo(new Seen.HandshakeFailed("it answers STARTTLS with 454 not now"));
    }

    @Test
    void noticesPlainTextBehindTheAnswer() throws IOException {
        assertThat(look("220 mx\r\n", HELLO, "220 go on\r\n250 injected\r\n"))
                .isEqualTo(new Seen.HandshakeFailed("it sends plain text behind its answer to STARTTLS"));
    }

    @Test
    void endsInTimeWithWhoeverSaysNothingOrNonsenseOrTooMuch() throws IOException {
        assertThat(look(Duration.ofMillis(200), Optional.empty(), List.of())).isInstanceOf(Seen.Refused.class);
        assertThat(look(Duration.ofMillis(200), Optional.empty(), List.of(), "220 mx\r\n", HELLO, "220 go on\r\n"))
                .isInstanceOf(Seen.HandshakeFailed.class);
        assertThat(look("HTTP/1.1 400 Bad Request\r\n")).isInstanceOf(Seen.Refused.class);
        assertThat(look("220-" + "x".repeat(100_000))).isInstanceOf(Seen.Refused.class);
        assertThat(look("220-mx\r\n".repeat(100_000))).isInstanceOf(Seen.Refused.class);
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        Seen seen = new SmtpProbe(
                        FreePort.find(),
                        "relay.example.com",
                        PeerCheck.with(ClientTerms.USUAL),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5))
                .look("mx.example.com", loopback);

        assertThat(seen).isInstanceOf(Seen.NotReached.class);
    }
}
