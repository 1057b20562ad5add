package io.postrider.record;

import java.util.List;

/** What a reader of the {@link EventFeed} gets. */
public sealed interface FeedAnswer {

    /**
     * @param next read on behind this number: everything up to it is in this page or did not pass the filter
     * @param more whether lines behind {@code next} are there already
     */
    record Page(List<Line> lines, long next, boolean more) implements FeedAnswer {}

    /**
     * Lines behind the number are deleted.
     *
     * @param oldest behind this number everything is there
     */
    record Expired(long oldest) implements FeedAnswer {}

    /** The number was never given: the data directory was set back to an earlier state, or somebody made it up. */
    record Unknown(long newest) implements FeedAnswer {}

    /**
     * A line of the delivery log.
     *
     * @param json one JSON object in UTF-8 without a line end; not to be changed
     */
    record Line(long number, byte[] json) {}
}
