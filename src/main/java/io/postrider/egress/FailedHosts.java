package io.postrider.egress;

import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Addresses that failed lately and are therefore tried last. Bounded; the oldest is forgotten first. */
final class FailedHosts {

    private final long memoryNanos;
    private final int most;
    private final LinkedHashMap<InetSocketAddress, Long> since = new LinkedHashMap<>();

    FailedHosts(long memoryNanos, int most) {
        this.memoryNanos = memoryNanos;
        this.most = most;
    }

    void failed(InetSocketAddress address, long nowNanos) {
        since.remove(address);
        if (since.size() == most) {
            Iterator<InetSocketAddress> oldest = since.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        since.put(address, nowNanos);
    }

    void answered(InetSocketAddress address) {
        since.remove(address);
    }

    boolean failedLately(InetSocketAddress address, long nowNanos) {
        Long at = since.get(address);
        return at != null && nowNanos - at < memoryNanos;
    }

    void forgetOld(long nowNanos) {
        Iterator<Map.Entry<InetSocketAddress, Long>> oldest = since.entrySet().iterator();
        while (oldest.hasNext() && nowNanos - oldest.next().getValue() >= memoryNanos) {
            oldest.remove();
        }
    }
}
