package io.postrider.user;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts failed log-ins per client, an IPv4 address or an IPv6 /64, and says who had too many. What was right before or
 * after does not count in their favour: whoever has one password could guess others for ever. Safe for all threads.
 */
public final class FailedLogins {

    private static final class Count {
        private long windowBegan;
        private int failures;
        private long refusedUntil;
        private boolean refused;
    }

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

    private final int maxFailures;
    private final int maxClients;
    private final long windowNanos;
    private final long refuseNanos;
    private final LongSupplier ticker;
    /** The one that failed longest ago is forgotten first. */
    private final Map<Client, Count> counts;

    /** @param ticker nanoseconds that only go forward */
    public FailedLogins(LoginSettings settings, LongSupplier ticker) {
        this.maxFailures = settings.maxFailures();
        this.maxClients = settings.maxClients();
        this.windowNanos = settings.failureWindow().toNanos();
        this.refuseNanos = settings.refuseFor().toNanos();
        this.ticker = ticker;
        this.counts = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Client, Count> eldest) {
                return size() > maxClients;
            }
        };
    }

    /** @return whether this was the one failure too many */
    public synchronized boolean failed(InetAddress address) {
        long now = ticker.getAsLong();
        Count count = counts.computeIfAbsent(Client.of(address), client -> fresh(now));
        if (now - count.windowBegan >= windowNanos) {
            count.windowBegan = now;
            count.failures = 0;
        }
        if (++count.failures < maxFailures) {
            return false;
        }
        boolean first = !count.refused || now - count.refusedUntil >= 0;
        count.refused = true;
        count.refusedUntil = now + refuseNanos;
        count.windowBegan = now;
        count.failures = 0;
        return first;
    }

    /** Whether this client may not even try. */
    public synchronized boolean isRefused(InetAddress address) {
        if (counts.isEmpty()) {
            return false;
        }
        Count count = counts.get(Client.of(address));
        return count != null && count.refused && ticker.getAsLong() - count.refusedUntil < 0;
    }

    synchronized int clients() {
        return counts.size();
    }

    private static Count fresh(long now) {
        Count count = new Count();
        count.windowBegan = now;
        return count;
    }
}
