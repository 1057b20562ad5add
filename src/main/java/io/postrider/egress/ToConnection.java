package io.postrider.egress;

import io.postrider.mail.MessageId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What a queue says to one of its connections. */
public interface ToConnection {

    /**
     * Messages to send now, in this order.
     *
     * @param suspendedSenders addresses in lower case whose messages are to be handed back by
     *     {@link FromConnection.HeldBack}
     */
    record Pulled(List<Ticket> tickets, Set<String> suspendedSenders) implements ToConnection {}

    /** The outcomes of that many messages are events: the window has room again. */
    record Recorded(int messages) implements ToConnection {}

    /** Leave now: nothing is on the way to you. */
    record Released() implements ToConnection {}

    /**
     * Start no further transaction: give back what is not yet named to the server, finish what is past its final dot,
     * report, and stop by {@code by}.
     */
    record Drain(Instant by) implements ToConnection {

        private static final Duration LONGEST = Duration.ofHours(1);

        /** What a timer can be set to: neither a negative time nor an age. */
        Duration left(Instant now) {
            Duration left = Duration.between(now, by);
            if (left.isNegative()) {
                return Duration.ZERO;
            }
            return left.compareTo(LONGEST) > 0 ? LONGEST : left;
        }
    }

    /**
     * One message to try.
     *
     * @param attempt the number of this attempt, from 1
     * @param openPositions positions of the open recipients in the reference's list, ascending; empty: all of them
     */
    record Ticket(MessageId id, int attempt, List<Integer> openPositions, Instant expiresAt) {}
}
