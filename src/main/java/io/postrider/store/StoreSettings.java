package io.postrider.store;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * The settings under {@code postrider.store}, and {@code postrider.sync}.
 *
 * @param sync whether a write waits for the disk
 * @param writeBufferBytes all memtables together
 * @param blockCacheBytes the block cache, to which memtables and indexes are charged
 * @param bodyMemtableBytes one memtable of bodies
 * @param maxWalBytes all write-ahead logs together
 * @param backgroundJobs flushes and compactions at a time
 * @param batchBytes one group-committed batch, or one write if that is larger
 * @param queueBytes what may wait for the writer before new mail is refused
 * @param queueWrites how many calls may wait for the writer before new mail is refused
 * @param syncWithin the longest that a write which is no new mail stays unsynced, where new mail does not sync it before
 * @param lazySyncAfter the longest that a lazy write stays unsynced
 * @param retryAtMost the longest pause between two tries of a failing write
 * @param unhealthyAfter how long writes may fail before new mail is refused
 * @param readThreads threads that read from the disk
 * @param readQueue reads that may wait for a thread
 */
public record StoreSettings(
        boolean sync,
        long writeBufferBytes,
        long blockCacheBytes,
        long bodyMemtableBytes,
        long maxWalBytes,
        int backgroundJobs,
        long batchBytes,
        long queueBytes,
        int queueWrites,
        Duration syncWithin,
        Duration lazySyncAfter,
        Duration retryAtMost,
        Duration unhealthyAfter,
        int readThreads,
        int readQueue) {

    private static final long MIB = 1024 * 1024;

    public StoreSettings {
        between("write-buffers", writeBufferBytes, 8 * MIB, 16 * 1024 * MIB);
        between("block-cache", blockCacheBytes, writeBufferBytes, 64 * 1024 * MIB);
        between("body-memtable", bodyMemtableBytes, MIB, writeBufferBytes);
        between("max-wal", maxWalBytes, 16 * MIB, 64 * 1024 * MIB);
        between("background-jobs", backgroundJobs, 1, 64);
        between("batch-bytes", batchBytes, 64 * 1024, 256 * MIB);
        between("queue-bytes", queueBytes, batchBytes, 16 * 1024 * MIB);
        between("queue-writes", queueWrites, 1, 10_000_000);
        between("sync-within", syncWithin.toMillis(), 0, 100);
        between("lazy-sync-after", lazySyncAfter.toMillis(), 1, 60_000);
        between("retry-at-most", retryAtMost.toMillis(), 1, 60_000);
        between("unhealthy-after", unhealthyAfter.toMillis(), 0, 3_600_000);
        between("read-threads", readThreads, 1, 256);
        between("read-queue", readQueue, 1, 1_000_000);
    }

    /** @param postrider the section {@code postrider} */
    public static StoreSettings from(Config postrider) {
        Config store = postrider.getConfig("store");
        return new StoreSettings(
                sync(postrider.getString("sync")),
                store.getBytes("write-buffers"),
                store.getBytes("block-cache"),
                store.getBytes("body-memtable"),
                store.getBytes("max-wal"),
                store.getInt("background-jobs"),
                store.getBytes("batch-bytes"),
                store.getBytes("queue-bytes"),
                store.getInt("queue-writes"),
                store.getDuration("sync-within"),
                store.getDuration("lazy-sync-after"),
                store.getDuration("retry-at-most"),
                store.getDuration("unhealthy-after"),
                store.getInt("read-threads"),
                store.getInt("read-queue"));
    }

    private static boolean sync(String text) {
        return switch (text) {
            case "always" -> true;
            case "never" -> false;
            default ->
                throw new IllegalArgumentException("postrider.sync: expected always or never, but got '" + text + "'");
        };
    }

    private static void between(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "postrider.store." + key + ": expected from " + min + " to " + max + ", but got " + value);
        }
    }
}
