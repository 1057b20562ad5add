package io.postrider.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import javax.net.ssl.SSLEngine;

/** A client and a server with nothing between them but pieces of random sizes. */
final class Pair {

    final TlsEngine client;
    final TlsEngine server;
    final ByteArrayOutputStream toClient = new ByteArrayOutputStream();
    final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
    int workOfServer;
    private final Random random;

    Pair(SSLEngine client, SSLEngine server, long seed) {
        this.client = new TlsEngine(client);
        this.server = new TlsEngine(server);
        this.random = new Random(seed);
    }

    Pair handshake() {
        server.start();
        client.start();
        settle();
        return this;
    }

    /** Moves bytes until both are silent. */
    void settle() {
        boolean moved = true;
        while (moved) {
            byte[] fromClient = out(client);
            byte[] fromServer = out(server);
            moved = fromClient.length + fromServer.length > 0;
            workOfServer += feed(server, fromClient);
            feed(client, fromServer);
            toServer.writeBytes(server.takePlain());
            toClient.writeBytes(client.takePlain());
        }
    }

    private static byte[] out(TlsEngine engine) {
        return engine.takeOutput();
    }

    private int feed(TlsEngine engine, byte[] bytes) {
        int work = 0;
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(bytes.length));
            engine.receive(Arrays.copyOfRange(bytes, from, to));
            from = to;
            for (var task = engine.takeWork(); task.isPresent(); task = engine.takeWork()) {
                work++;
                task.get().run();
                engine.worked();
            }
        }
        return work;
    }

    String sendToServer(String text) {
        client.send(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
        settle();
        String got = toServer.toString(ISO_8859_1);
        toServer.reset();
        return got;
    }

    String sendToClient(String text) {
        server.send(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
        settle();
        String got = toClient.toString(ISO_8859_1);
        toClient.reset();
        return got;
    }
}
