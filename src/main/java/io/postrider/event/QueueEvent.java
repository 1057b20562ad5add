package io.postrider.event;

import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What happened to a queue. Names and numbers are in the journal for ever: add, never rename or reuse (golden files in
 * src/test/resources/golden/queue). Events carry facts with their time inside: ids and results, no bodies. Applying an
 * event twice, or two events on one message in either order, ends in the same state.
 */
public sealed interface QueueEvent {

    Instant at();

    /**
     * The queue took charge of these messages.
     *
     * @param lanes the lanes that appear here for the first time, with the numbers that entries use from now on
     */
    record Accepted(List<Entry> entries, List<Lane> lanes, Instant at) implements QueueEvent {}

    /** These recipients reached a final state; a message without open recipients leaves the queue. */
    record Settled(List<Settlement> settlements, Instant at) implements QueueEvent {}

    /** These recipients were tried and are tried again when their message is next due. */
    record Deferred(List<Deferral> deferrals, Instant at) implements QueueEvent {}

    /** No server of the domain could be reached: nothing is tried until then, and then one probe. No attempt counts. */
    record BackedOff(int failures, Instant until, String reason, Instant at) implements QueueEvent {}

    /** A server of the domain answered again. */
    record Recovered(Instant at) implements QueueEvent {}

    /** What the selector matches is held; no attempt is spent. Replaces an earlier suspension of the same selector. */
    record Suspended(Selector selector, String reason, Optional<Instant> until, Instant at) implements QueueEvent {}

    record Resumed(Selector selector, String reason, Instant at) implements QueueEvent {}

    /** What the selector matches and waits is due now. Ends a back-off as well. */
    record RetriedNow(Selector selector, String reason, Instant at) implements QueueEvent {}

    /** What the selector matches and was accepted before is to be cancelled; worked off in chunks of {@link Settled}. */
    record CancelRequested(long number, Selector selector, String reason, Instant at) implements QueueEvent {}

    /** The cancel with this number is worked off. */
    record CancelFinished(long number, Instant at) implements QueueEvent {}

    /** These reports to senders are no longer owed: they are mail of their own now, or not to be. */
    record Reported(List<Report> reports, Instant at) implements QueueEvent {}

    /** The senders of these messages know that they are late, or need not know. */
    record Delayed(List<MessageId> messages, Instant at) implements QueueEvent {}

    /** The queue is empty and goes to sleep: its snapshot comes with this event, so that no other needs to stay. */
    record Rested(Instant at) implements QueueEvent {}

    /**
     * A message in the queue.
     *
     * @param recipients how many recipients its reference has, all of them open
     * @param due when it is first tried
     * @param lane the number of its lane
     */
    record Entry(MessageId id, int recipients, Instant due, Instant expiresAt, int lane, long sizeBytes) {}

    /**
     * The share of a queue that later gets its fair turn: one number for tenant × campaign × class × pool × TLS.
     *
     * @param tlsOptional no TLS policy of the domain holds it up (RFC 8689 §3)
     */
    record Lane(int number, String tenant, String campaign, String mailClass, String pool, boolean tlsOptional) {}

    /**
     * Recipients of one message in their final state.
     *
     * @param attempt the number of the attempt that ended it, from 1; 0 when none did (expired or cancelled unsent)
     * @param via how it was sent; empty when no attempt ended it
     */
    record Settlement(MessageId id, int attempt, Optional<Via> via, List<Result> results) {}

    /**
     * Recipients of one message that are tried again.
     *
     * @param attempt the number of the attempt that was deferred, from 1
     * @param due when the message is tried next
     */
    record Deferral(MessageId id, int attempt, Instant due, Optional<Via> via, List<Result> results) {}

    /**
     * The way of one attempt. Absent values are empty.
     *
     * @param tls as the delivery log gives it; all empty without TLS
     */
    record Via(String site, String mx, String ip, String source, Tls tls) {
        /**
         * @param policy by which the server was, or was not, verified
         * @param peer a name in its certificate, as it may be, of a stranger
         */
        public record Tls(String version, String cipher, String policy, String peer) {
            public static final Tls NONE = new Tls("", "", "", "");
        }
    }

    /**
     * The end of one attempt, or of all attempts, for one recipient.
     *
     * @param position of the recipient in its reference's list
     * @param report a report to the sender is owed for it, unless its reference says otherwise; never with DEFERRED
     */
    record Result(int position, Kind kind, Reply reply, boolean ambiguous, boolean report) {

        /** Without a report. */
        public Result(int position, Kind kind, Reply reply, boolean ambiguous) {
            this(position, kind, reply, ambiguous, false);
        }
    }

    /**
     * What became of the report about recipients that one {@link Settlement} ended.
     *
     * @param positions all of these recipients, ascending, at least one
     */
    record Report(MessageId id, List<Integer> positions, Ending ending) {}

    /** The numbers are written to the journal. */
    enum Ending {
        /** The spool has it. */
        QUEUED(1),
        /** Nobody is to be told: there is no sender, or the sender does not want to hear it. */
        WAIVED(2),
        /** The sender has had its share of reports for now. */
        SUPPRESSED(3);

        private final int number;

        Ending(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /** The numbers are written to the journal. */
    enum Kind {
        DELIVERED(1),
        DEFERRED(2),
        BOUNCED(3),
        EXPIRED(4),
        CANCELLED(5);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /** Which messages of the queue an operator means; an absent part matches all. Senders compare without case. */
    record Selector(Optional<String> tenant, Optional<String> campaign, Optional<String> sender) {
        public static final Selector ALL = new Selector(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
