package io.postrider.record;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Up to where the feed may be shown, and who waits for more. Safe for all threads. */
final class FeedTail {

    /** Readers that are gone still wait here: beyond so many waits all are woken, and only who is there comes again. */
    static final int MOST_WAITING = 10_000;

    private volatile long newest;
    private volatile int waits;
    private CompletableFuture<Long> next = new CompletableFuture<>();

    long newest() {
        return newest;
    }

    /** Whether somebody waits for more. */
    boolean isFollowed() {
        return waits > 0;
    }

    /** Everything up to here is durable. Returns at once: whoever waits goes on elsewhere. */
    void durable(long upTo) {
        CompletableFuture<Long> waiting;
        synchronized (this) {
            if (upTo <= newest) {
                return;
            }
            newest = upTo;
            if (waits == 0) {
                return;
            }
            waiting = renewed();
        }
        waiting.completeAsync(() -> upTo);
    }

    synchronized CompletionStage<Long> news(long after) {
        if (newest > after) {
            return CompletableFuture.completedStage(newest);
        }
        if (waits == MOST_WAITING) {
            long nothingNew = newest;
            renewed().completeAsync(() -> nothingNew);
        }
        waits++;
        return next.thenApply(upTo -> upTo);
    }

    private CompletableFuture<Long> renewed() {
        CompletableFuture<Long> waiting = next;
        next = new CompletableFuture<>();
        waits = 0;
        return waiting;
    }
}
