package io.postrider.record;

import java.util.concurrent.CompletionStage;

/**
 * The lines of the delivery log in the order in which this node recorded them, each with a number: from 1, rising by
 * one, without a gap. A number is written in one with the record of its event and shown only when both are durable, so a
 * reader that remembers the last number it saw misses nothing and sees nothing twice, whatever restarts or dies
 * meanwhile. Lines are kept for {@code events.keep}. Safe for all threads.
 */
public interface EventFeed {

    /** Names this feed among all others, as long as its data directory lives. */
    String id();

    /** The number of the newest line that may be shown; 0 when there was none yet. */
    long newest();

    /** The number behind which the kept lines begin; equal to {@link #newest} when none is kept. */
    CompletionStage<Long> oldest();

    /**
     * The lines behind a number that pass the filter, oldest first. Looks at a bounded number of bytes, so a page may be
     * short or empty and yet not the last. Completes on the store's reading threads.
     *
     * @param after 0 for the start
     * @param limit at least 1
     */
    CompletionStage<FeedAnswer> after(long after, int limit, FeedFilter filter);

    /**
     * Completes with the newest number when it is greater than {@code after}, which may be at once or never; now and then
     * earlier, when very many wait. Nothing is kept for them but their stage.
     */
    CompletionStage<Long> news(long after);
}
