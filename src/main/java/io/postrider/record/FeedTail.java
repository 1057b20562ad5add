package io.postrider.record;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Up to where the feed may be shown, and who waits for more. Safe for all threads. */
final class FeedTail {

    private volatile long newest;
    private CompletableFuture<Long> next = new CompletableFuture<>();

    long newest() {
        return newest;
    }

    /** Everything up to here is durable. Returns at once: whoever waits goes on elsewhere. */
    void durable(long upTo) {
        CompletableFuture<Long> waiting;
        synchronized (this) {
            if (upTo <= newest) {
                return;
            }
            newest = upTo;
            waiting = next;
            next = new CompletableFuture<>();
        }
        if (waiting.getNumberOfDependents() > 0) {
            waiting.completeAsync(() -> upTo);
        } else {
            waiting.complete(upTo);
        }
    }

    synchronized CompletionStage<Long> news(long after) {
        return newest > after ? CompletableFuture.completedStage(newest) : next.thenApply(upTo -> upTo);
    }
}
