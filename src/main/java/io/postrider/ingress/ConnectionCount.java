package io.postrider.ingress;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections of one listener, exactly, in all and per client. Safe for all threads. A client is an IPv4 address
 * or an IPv6 /64: within one of these a single machine takes as many addresses as it likes (RFC 4291 §2.5.1).
 */
final class ConnectionCount {

    private final int max;
    private final int maxPerClient;
    private final AtomicInteger all = new AtomicInteger();
    /** Holds addresses with open connections only, so {@code max} bounds it. */
    private final ConcurrentHashMap<Client, Integer> perClient = new ConcurrentHashMap<>();

    private record Client(boolean v6, long network) {

        static Client of(InetAddress address) {
            byte[] bytes = address.getAddress();
            long network = 0;
            for (int i = 0; i < Math.min(8, bytes.length); i++) {
                network = (network << 8) | (bytes[i] & 0xFF);
            }
            return new Client(bytes.length > 4, network);
        }
    }

    ConnectionCount(int max, int maxPerClient) {
        this.max = max;
        this.maxPerClient = maxPerClient;
    }

    /** Counts a connection among all, unless it is one too many. */
    boolean enter() {
        if (all.incrementAndGet() > max) {
            all.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Counts it for its client as well, unless it is one too many of his. */
    boolean enter(InetAddress client) {
        boolean[] admitted = new boolean[1];
        perClient.compute(Client.of(client), (address, open) -> {
            int count = open == null ? 0 : open;
            admitted[0] = count < maxPerClient;
            return admitted[0] ? Integer.valueOf(count + 1) : open;
        });
        return admitted[0];
    }

    void leave() {
        all.decrementAndGet();
    }

    void leave(InetAddress client) {
        perClient.computeIfPresent(
                Client.of(client), (address, count) -> count > 1 ? Integer.valueOf(count - 1) : null);
    }

    int open() {
        return all.get();
    }

    int clients() {
        return perClient.size();
    }
}
