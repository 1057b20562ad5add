package io.postrider.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Cidr;
import io.postrider.tls.ServerTls;
import io.postrider.tls.TestCertificates;
import io.postrider.tls.TlsSettings;
import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EndpointTlsTest {

    @TempDir
    Path directory;

    private final TestCertificates authority = new TestCertificates();
    private final FileWatch watch = new FileWatch("test", Duration.ofMillis(5));
    private final ActorTestKit kit = ActorTestKit.create(
            ConfigFactory.parseString("pekko.actor.provider = local").withFallback(ConfigFactory.load()));
    private Path certificate;
    private Path ca;

    @BeforeEach
    void makeCertificates() throws IOException {
        certificate = authority.make("RSA", "localhost").writeTo(directory.resolve("cert.pem"));
        ca = authority.writeAuthority(directory.resolve("ca.pem"));
    }

    @AfterEach
    void close() {
        watch.close();
        kit.shutdownTestKit();
    }

    private Endpoint open(String more) {
        TlsSettings settings = TlsSettings.of(
                ConfigFactory.parseString("postrider.http.tls { certificate = \"" + certificate + "\"\n" + more + "}")
                        .withFallback(ConfigFactory.parseResources("reference.conf"))
                        .resolve()
                        .getConfig("postrider"),
                "http");
        return Endpoint.open(
                        kit.system(),
                        new EndpointSettings(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                new Trust(List.of(Cidr.parse("127.0.0.1")), List.of())),
                        Optional.of(ServerTls.open(settings, watch)),
                        request -> CompletableFuture.completedStage(
                                HttpResponse.create().withEntity("hello\n")))
                .toCompletableFuture()
                .join();
    }

    private String curl(Endpoint endpoint, String... more) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                "curl",
                "-sS",
                "-m",
                "20",
                "--noproxy",
                "*",
                "--resolve",
                "localhost:" + endpoint.port() + ":127.0.0.1"));
        command.addAll(List.of(more));
        command.add("https://localhost:" + endpoint.port() + "/");
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return out + process.waitFor();
        } catch (IOException none) {
            Assumptions.assumeTrue(false, "curl is not installed");
            return "";
        }
    }

    @Test
    void answersCurlOverHttps() throws Exception {
        Endpoint endpoint = open("");

        assertThat(curl(endpoint, "--cacert", ca.toString())).isEqualTo("hello\n0");
        assertThat(curl(endpoint, "--cacert", ca.toString(), "--tls-max", "1.2"))
                .isEqualTo("hello\n0");
        assertThat(curl(endpoint)).contains("certificate").endsWith("60");
    }

    @Test
    void wantsAClientsCertificateWhereItIsRequired() throws Exception {
        Path own = authority.make("EC", "app.example").writeTo(directory.resolve("app.pem"));
        Endpoint endpoint = open("client-certificates = required, client-ca = \"" + ca + "\"");

        assertThat(curl(endpoint, "--cacert", ca.toString(), "--cert", own.toString()))
                .isEqualTo("hello\n0");
        assertThat(curl(endpoint, "--cacert", ca.toString())).doesNotContain("hello");
    }

    @Test
    void aConnectionGoesOnWhenTheCertificateIsReplaced() throws Exception {
        Endpoint endpoint = open("");
        try (SSLSocket old = connect(endpoint)) {
            assertThat(ask(old)).startsWith("HTTP/1.1 200 ");

            authority.make("EC", "localhost").writeTo(certificate);

            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (keyType(endpoint).equals("RSA")) {
                assertThat(System.nanoTime()).isLessThan(end);
            }
            assertThat(ask(old)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void speaksNoPlainText() throws Exception {
        Endpoint endpoint = open("");
        try (java.net.Socket plain = new java.net.Socket("127.0.0.1", endpoint.port())) {
            plain.setSoTimeout(20_000);
            plain.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("hello");
        } catch (java.net.SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void refusesOldVersions() {
        Endpoint endpoint = open("min-version = \"TLSv1.3\"");

        Assertions.assertThatThrownBy(() -> {
                    try (SSLSocket socket = connect(endpoint, "TLSv1.2")) {
                        ask(socket);
                    }
                })
                .isInstanceOf(SSLException.class);
    }

    private SSLSocket connect(Endpoint endpoint, String... versions) throws IOException {
        SSLSocket socket = (SSLSocket) authority.client().getSocketFactory().createSocket("127.0.0.1", endpoint.port());
        socket.setSoTimeout(20_000);
        if (versions.length > 0) {
            socket.setEnabledProtocols(versions);
        }
        socket.startHandshake();
        return socket;
    }

    private String keyType(Endpoint endpoint) throws IOException {
        try (SSLSocket socket = connect(endpoint)) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getPublicKey()
                    .getAlgorithm();
        }
    }

    private static String ask(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("hello\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                break;
            }
            answer.append((char) b);
        }
        return answer.toString();
    }
}
