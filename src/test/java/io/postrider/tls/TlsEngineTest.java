package io.postrider.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.tls.TlsEngine.State;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsEngineTest {

    private static TestCertificates authority;
    private static TestCertificates.Made rsa;

    @TempDir
    Path directory;

    private final io.postrider.watch.FileWatch watch = new io.postrider.watch.FileWatch("test", Duration.ofHours(1));

    @BeforeAll
    static void makeCertificates() {
        authority = new TestCertificates();
        rsa = authority.make("RSA", "relay.example.com");
    }

    @AfterEach
    void close() {
        watch.close();
    }

    private ServerTls server(ClientCertificates clients, TlsVersion min) throws Exception {
        Path file = rsa.writeTo(directory.resolve("cert.pem"));
        return ServerTls.open(
                new TlsSettings(
                        "test.tls",
                        List.of(new CertificateFiles(file, file, Optional.empty())),
                        min,
                        List.of(),
                        List.of(),
                        clients,
                        clients == ClientCertificates.NONE
                                ? Optional.empty()
                                : Optional.of(authority.writeAuthority(directory.resolve("ca.pem")))),
                watch);
    }

    private static SSLEngine client(String version, TestCertificates.Made... own) {
        SSLEngine engine = authority.client(own).createSSLEngine("relay.example.com", 25);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {version});
        return engine;
    }

    private Pair pair(String version, long seed) throws Exception {
        return new Pair(
                client(version),
                server(ClientCertificates.NONE, TlsVersion.V1_2).engine(),
                seed);
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, 1", "TLSv1.2, 2", "TLSv1.3, 1", "TLSv1.3, 2", "TLSv1.3, 3"})
    void carriesBytesBothWaysHoweverTheyAreCut(String version, long seed) throws Exception {
        Pair pair = pair(version, seed).handshake();

        assertThat(pair.server.state()).isEqualTo(State.OPEN);
        assertThat(pair.client.state()).isEqualTo(State.OPEN);
        assertThat(pair.sendToServer("EHLO x\r\n")).isEqualTo("EHLO x\r\n");
        assertThat(pair.sendToClient("250 y\r\n")).isEqualTo("250 y\r\n");
        String much = "0123456789abcdef".repeat(20_000);
        assertThat(pair.sendToServer(much)).isEqualTo(much);
        assertThat(pair.sendToClient(much)).isEqualTo(much);
        assertThat(pair.server.encryption().version()).isEqualTo(version);
        assertThat(pair.server.encryption().cipher()).contains("_GCM_");
        assertThat(pair.server.encryption().peer()).isEmpty();
        assertThat(pair.workOfServer).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void tellsTheEndFromACut(String version) throws Exception {
        Pair pair = pair(version, 1).handshake();

        pair.client.send(ByteBuffer.wrap("QUIT\r\n".getBytes(US_ASCII)));
        pair.client.finish();
        pair.settle();

        assertThat(pair.server.state()).isEqualTo(State.ENDED);
        assertThat(pair.toServer.toString(US_ASCII)).isEqualTo("QUIT\r\n");
        pair.server.finish();
        pair.settle();
        assertThat(pair.client.state()).isEqualTo(State.ENDED);
    }

    @Test
    void stillSpeaksToAPeerThatSpeaksNoMore() throws Exception {
        Pair pair = pair("TLSv1.3", 1).handshake();
        pair.client.finish();
        pair.settle();

        assertThat(pair.sendToClient("221 bye\r\n")).isEqualTo("221 bye\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EHLO x\r\nMAIL FROM:<a@b>\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "\u0016\u0003\u0001\u0001\u0000garbage garbage garbage"
            })
    void failsOverGarbage(String garbage) throws Exception {
        TlsEngine server =
                new TlsEngine(server(ClientCertificates.NONE, TlsVersion.V1_2).engine());
        server.start();

        server.receive(garbage.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        server.receive(new byte[300]);
        server.takeWork().ifPresent(Runnable::run);
        server.worked();

        assertThat(server.state()).isEqualTo(State.FAILED);
        assertThat(server.failure()).isNotEmpty();
        assertThat(server.takePlain()).isEmpty();
    }

    @Test
    void sendsNothingBeforeTheHandshakeIsOver() throws Exception {
        TlsEngine server =
                new TlsEngine(server(ClientCertificates.NONE, TlsVersion.V1_2).engine());
        server.start();

        assertThatThrownBy(() -> server.send(ByteBuffer.wrap(new byte[1]))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesASecondHandshake() throws Exception {
        SSLEngine raw = client("TLSv1.2");
        Pair pair =
                new Pair(raw, server(ClientCertificates.NONE, TlsVersion.V1_2).engine(), 1).handshake();
        raw.beginHandshake();
        ByteBuffer hello = ByteBuffer.allocate(20_000);
        raw.wrap(ByteBuffer.allocate(0), hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);

        pair.server.receive(bytes);

        assertThat(pair.server.state()).isEqualTo(State.FAILED);
        assertThat(pair.server.failure()).contains("renegotiation");
        assertThat(pair.server.takeWork()).isEmpty();
    }

    @Test
    void refusesVersionsBelowTheLowest() throws Exception {
        Pair pair = new Pair(
                        client("TLSv1.2"),
                        server(ClientCertificates.NONE, TlsVersion.V1_3).engine(),
                        1)
                .handshake();

        assertThat(pair.server.state()).isEqualTo(State.FAILED);
        assertThat(pair.client.state()).isEqualTo(State.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void knowsWhoShowedACertificate(String version) throws Exception {
        TestCertificates.Made own = authority.make("EC", "App.example", "mailer@app.example");
        ServerTls tls = server(ClientCertificates.REQUIRED, TlsVersion.V1_2);

        Pair pair = new Pair(client(version, own), tls.engine(), 1).handshake();

        assertThat(pair.server.state()).isEqualTo(State.OPEN);
        assertThat(pair.server.encryption().peer())
                .contains(new io.postrider.mail.Encryption.Peer(
                        "CN=App.example", List.of("app.example", "mailer@app.example")));
    }

    @ParameterizedTest
    @CsvSource({"REQUIRED, FAILED", "OPTIONAL, OPEN"})
    void requiresACertificateOnlyWhenItIsToldTo(ClientCertificates clients, State expected) throws Exception {
        Pair pair = new Pair(client("TLSv1.3"), server(clients, TlsVersion.V1_2).engine(), 1).handshake();

        assertThat(pair.server.state()).isEqualTo(expected);
        if (expected == State.OPEN) {
            assertThat(pair.server.encryption().peer()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"REQUIRED", "OPTIONAL"})
    void refusesTheCertificateOfAnotherAuthority(ClientCertificates clients) throws Exception {
        TestCertificates.Made foreign = new TestCertificates().make("EC", "app.example");
        SSLEngine engine = authority.client(foreign).createSSLEngine();
        engine.setUseClientMode(true);

        Pair pair = new Pair(engine, server(clients, TlsVersion.V1_2).engine(), 1).handshake();

        assertThat(pair.server.state()).isEqualTo(State.FAILED);
    }

    @Test
    void clientVerifiesNothingOnItsOwnButFailsWithoutTrust() throws SSLException, Exception {
        SSLEngine stranger = new TestCertificates().client().createSSLEngine();
        stranger.setUseClientMode(true);

        Pair pair = new Pair(
                        stranger,
                        server(ClientCertificates.NONE, TlsVersion.V1_2).engine(),
                        1)
                .handshake();

        assertThat(pair.client.state()).isEqualTo(State.FAILED);
        assertThat(pair.client.failure()).contains("PKIX");
        assertThat(pair.server.state()).isEqualTo(State.FAILED);
    }
}
