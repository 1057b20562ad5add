package io.postrider.tls;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * What the server's side of TLS costs: CPU of a handshake, of a byte, and the heap of an idle connection. To be run by
 * hand: {@code TlsBench [RSA|EC] [class of a provider to put first]}.
 */
final class TlsBench {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final int ROUNDS = 5;
    private static final int HANDSHAKES = 500;
    private static final int BYTES = 30_000_000;
    private static final int IDLE = 2000;

    private TlsBench() {}

    public static void main(String[] arguments) throws Exception {
        String keyType = arguments.length > 0 ? arguments[0] : "RSA";
        if (arguments.length > 1) {
            Provider provider =
                    (Provider) Class.forName(arguments[1]).getConstructor().newInstance();
            Security.insertProviderAt(provider, 1);
        }
        Path file = Files.createTempFile("bench", ".pem");
        TestCertificates authority = new TestCertificates();
        authority.make(keyType, "relay.example.com").writeTo(file);
        try (io.postrider.watch.FileWatch watch = new io.postrider.watch.FileWatch("bench", Duration.ofHours(1))) {
            ServerTls server = ServerTls.open(
                    new TlsSettings(
                            "bench",
                            List.of(new CertificateFiles(file, file, Optional.empty())),
                            TlsVersion.V1_2,
                            List.of(),
                            List.of(),
                            ClientCertificates.NONE,
                            Optional.empty()),
                    watch);
            String key = keyType + (arguments.length > 1 ? " with " + arguments[1] : "");
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                long least = Long.MAX_VALUE;
                for (int round = 0; round < ROUNDS; round++) {
                    least = Math.min(least, handshakes(authority, server, version));
                }
                System.out.printf("%s %s: a full handshake %d us of the server's CPU%n", key, version, least / 1000);
                System.out.printf(
                        "%s %s: a resumed handshake %d us of the server's CPU%n",
                        key, version, resumed(authority.client(), server, version) / 1000);
                Two two = new Two(client(authority.client(), version), server.engine());
                two.run();
                for (int size : new int[] {100, 4096, 65536}) {
                    two.carry(size, 20_000_000);
                    long nanos = Long.MAX_VALUE;
                    for (int round = 0; round < ROUNDS; round++) {
                        nanos = Math.min(nanos, two.carry(size, BYTES));
                    }
                    System.out.printf(
                            "%s %s: %d-byte pieces, read at %d MB per CPU second%n",
                            key, version, size, BYTES * 1000L / nanos);
                }
            }
            System.out.printf("an idle connection: %d bytes of heap%n", idle(authority, server));
        } finally {
            Files.delete(file);
        }
    }

    private static SSLEngine client(SSLContext context, String version) {
        SSLEngine engine = context.createSSLEngine("relay.example.com", 25);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {version});
        return engine;
    }

    private static long handshakes(TestCertificates authority, ServerTls server, String version) {
        long nanos = 0;
        for (int i = 0; i < HANDSHAKES; i++) {
            Two two = new Two(client(authority.client(), version), server.engine());
            two.run();
            nanos += two.serverNanos;
        }
        return nanos / HANDSHAKES;
    }

    /** The client keeps its context, and so its tickets. */
    private static long resumed(SSLContext client, ServerTls server, String version) {
        long nanos = 0;
        for (int i = 0; i < 2 * HANDSHAKES; i++) {
            Two two = new Two(client(client, version), server.engine());
            two.run();
            nanos += i < HANDSHAKES ? 0 : two.serverNanos;
        }
        return nanos / HANDSHAKES;
    }

    private static long idle(TestCertificates authority, ServerTls server) throws InterruptedException {
        List<TlsEngine> kept = new ArrayList<>();
        Two warm = new Two(client(authority.client(), "TLSv1.3"), server.engine());
        warm.run();
        long before = used();
        for (int i = 0; i < IDLE; i++) {
            Two two = new Two(client(authority.client(), "TLSv1.3"), server.engine());
            two.run();
            kept.add(two.server);
        }
        return (used() - before) / kept.size();
    }

    private static long cpu() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(100);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** A client and a server in one thread; the time of the server is taken alone. */
    private static final class Two {
        private final TlsEngine client;
        private final TlsEngine server;
        private long serverNanos;

        private Two(SSLEngine client, SSLEngine server) {
            this.client = new TlsEngine(client);
            this.server = new TlsEngine(server);
        }

        private void run() {
            client.start();
            server.start();
            boolean moved = true;
            while (moved) {
                byte[] hello = client.takeOutput();
                long begin = cpu();
                feed(server, hello);
                byte[] answer = server.takeOutput();
                serverNanos += cpu() - begin;
                feed(client, answer);
                moved = hello.length + answer.length > 0;
            }
            if (server.state() != TlsEngine.State.OPEN) {
                throw new IllegalStateException(server.failure() + " " + client.failure());
            }
        }

        private static void feed(TlsEngine engine, byte[] bytes) {
            if (bytes.length > 0) {
                engine.receive(bytes);
            }
            for (var work = engine.takeWork(); work.isPresent(); work = engine.takeWork()) {
                work.get().run();
                engine.worked();
            }
        }

        /** CPU of the reads. The clock is asked once for many pieces, for asking it costs as much as a small piece. */
        private long carry(int size, int total) {
            byte[] piece = new byte[size];
            int batch = Math.max(1, 1_000_000 / size);
            byte[][] sealed = new byte[batch][];
            long nanos = 0;
            for (int sent = 0; sent < total; sent += size * batch) {
                for (int i = 0; i < batch; i++) {
                    client.send(ByteBuffer.wrap(piece));
                    sealed[i] = client.takeOutput();
                }
                long begin = cpu();
                for (byte[] bytes : sealed) {
                    server.receive(bytes);
                    if (server.takePlain().length != size) {
                        throw new IllegalStateException("expected " + size + " bytes");
                    }
                }
                nanos += cpu() - begin;
            }
            return nanos;
        }
    }
}
