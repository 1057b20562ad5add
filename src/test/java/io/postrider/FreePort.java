package io.postrider;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that are named before they bind. They lie below those that the system gives to clients (32,768 and up
 * on Linux), and none comes twice soon: a port found free is still free when its server takes it, however many connections
 * other tests open meanwhile.
 */
public final class FreePort {

    private static final int LOWEST = 10_000;
    private static final int PORTS = 20_000;
    private static final AtomicInteger next =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % PORTS));

    private FreePort() {}

    /** On loopback. */
    public static int find() throws IOException {
        for (int tries = 0; tries < PORTS; tries++) {
            int port = LOWEST + next.getAndIncrement() % PORTS;
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                continue;
            }
        }
        throw new IOException("expected a free port from " + LOWEST + " on, but all are taken");
    }
}
