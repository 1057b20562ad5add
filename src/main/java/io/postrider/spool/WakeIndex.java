package io.postrider.spool;

import io.postrider.mail.Domain;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Which queues hold mail, and when each is next due, so that after a restart somebody wakes them: sharding wakes nobody.
 * An entry is never later than the queue's true next due time while the queue sleeps or a crash could put it to sleep.
 */
public interface WakeIndex {

    int SLICES = 16;

    record Entry(Domain domain, Instant due) {}

    static int sliceOf(Domain domain) {
        return Math.floorMod(domain.name().hashCode(), SLICES);
    }

    /**
     * Sets the domain's entry, replacing an earlier one. Ordered before whatever the same caller writes to the store
     * later, so an event written after this call is never durable without it.
     */
    void put(Domain domain, Instant due);

    /** The domain holds no mail any more. Idempotent. */
    void remove(Domain domain);

    /** The entries of a slice that are due at {@code now}, oldest first, at most {@code limit}. */
    CompletionStage<List<Entry>> due(int slice, Instant now, int limit);
}
