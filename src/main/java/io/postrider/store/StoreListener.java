package io.postrider.store;

import java.time.Duration;

/** Hears what the store's writer does. Called on the writer's thread: be quick, do not throw. */
public interface StoreListener {

    StoreListener NONE = new StoreListener() {
        @Override
        public void wrote(int writes, long bytes, boolean synced, Duration took, int waiting) {}

        @Override
        public void failed(String reason) {}
    };

    /**
     * One batch is written.
     *
     * @param writes how many calls it merged
     * @param bytes their size
     * @param synced whether the disk has it
     * @param took for writing and syncing
     * @param waiting how many calls wait for the next batch
     */
    void wrote(int writes, long bytes, boolean synced, Duration took, int waiting);

    /** A batch failed and will be tried again. */
    void failed(String reason);
}
