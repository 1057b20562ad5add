package io.postrider.ingress;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many reports each sender had in the last hour or so: full hours, from its first report on. Kept in memory alone: a
 * restart gives everybody a new share. Safe for all threads.
 */
public final class ReportShares {

    private static final long HOUR_NANOS = 3_600_000_000_000L;

    private static final class Share {
        private long sinceNanos;
        private int reports;
    }

    private final int perHour;
    private final int maxSenders;
    private final LongSupplier nanos;
    private final Map<String, Share> shares = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param perHour 0: without end
     * @param maxSenders counted at a time
     * @param nanos a monotonic clock
     */
    public ReportShares(int perHour, int maxSenders, LongSupplier nanos) {
        this.perHour = perHour;
        this.maxSenders = maxSenders;
        this.nanos = nanos;
    }

    /** The report was not made after all. */
    synchronized void giveBack(String sender) {
        Share share = shares.get(sender.toLowerCase(Locale.ROOT));
        if (share != null && share.reports > 0) {
            share.reports--;
        }
    }

    /** One more report to this sender; false when it has had its share. */
    synchronized boolean take(String sender) {
        if (perHour == 0) {
            return true;
        }
        long now = nanos.getAsLong();
        Share share = shares.computeIfAbsent(sender.toLowerCase(Locale.ROOT), address -> new Share());
        if (share.reports == 0 || now - share.sinceNanos >= HOUR_NANOS) {
            share.sinceNanos = now;
            share.reports = 0;
        }
        if (share.reports >= perHour) {
            return false;
        }
        share.reports++;
        if (shares.size() > maxSenders) {
            shares.remove(shares.keySet().iterator().next());
        }
        return true;
    }
}
