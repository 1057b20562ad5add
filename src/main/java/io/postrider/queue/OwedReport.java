package io.postrider.queue;

import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.MessageId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A report that a queue owes to the sender of a message: about those of its recipients that one settlement ended.
 *
 * @param via how the last attempt went; empty when there was none
 * @param results at least one; a recipient is named by at most one report of its message
 * @param at when they ended
 */
public record OwedReport(MessageId message, Optional<Via> via, List<Result> results, Instant at) {

    /** The positions of its recipients, ascending. */
    public List<Integer> positions() {
        List<Integer> positions = new ArrayList<>(results.size());
        for (Result result : results) {
            positions.add(result.position());
        }
        positions.sort(null);
        return positions;
    }

    /** Tells the reports of one message apart. */
    public int first() {
        int first = Integer.MAX_VALUE;
        for (Result result : results) {
            first = Math.min(first, result.position());
        }
        return first;
    }
}
