package io.postrider.record;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How the recorder works and how long it remembers.
 *
 * @param keep rows of a message are deleted this long after its acceptance
 * @param expireEvery how often rows are deleted
 * @param batchBytes so much is written together at least, unless the delay passes first
 * @param batchDelay the longest wait for a batch to fill
 * @param maxLag records not yet written, beyond which new mail is refused
 * @param maxScan rows that one search looks at, at most
 * @param cachedQueues queues whose row is kept in memory
 */
public record HistorySettings(
        Duration keep,
        Duration expireEvery,
        long batchBytes,
        Duration batchDelay,
        int maxLag,
        int maxScan,
        int cachedQueues) {

    public HistorySettings {
        atLeast("keep", keep, Duration.ofMinutes(1));
        atLeast("expire-every", expireEvery, Duration.ofSeconds(1));
        atLeast("batch-size", batchBytes, 1);
        atLeast("batch-delay", batchDelay, Duration.ofMillis(1));
        atLeast("max-lag", maxLag, 1);
        atLeast("max-scan", maxScan, 100);
        atLeast("cached-queues", cachedQueues, 1);
    }

    /** @param history the {@code postrider.history} section */
    public static HistorySettings from(Config history) {
        return new HistorySettings(
                history.getDuration("keep"),
                history.getDuration("expire-every"),
                history.getBytes("batch-size"),
                history.getDuration("batch-delay"),
                history.getInt("max-lag"),
                history.getInt("max-scan"),
                history.getInt("cached-queues"));
    }

    private static <T extends Comparable<T>> void atLeast(String key, T value, T least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "postrider.history." + key + ": expected at least " + least + ", but got " + value);
        }
    }

    private static void atLeast(String key, long value, long least) {
        atLeast(key, Long.valueOf(value), Long.valueOf(least));
    }
}
