package io.postrider.queue;

import io.postrider.egress.FromConnection;
import io.postrider.egress.ToConnection;
import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.record.RecorderProtocol;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a queue can be told and asked. Send it through {@link Queues}; repeating any of it is harmless. Commands carry no
 * clock but what the sender means: the gatherer stamps them with the time at which they are worked off.
 */
public sealed interface QueueCommand {

    /**
     * Take charge of these messages. Answered when the journal has them: same ids, same answer.
     *
     * @param repeated this may have been offered before (a resend, a restart): what the queue does not know is then
     *     checked against the spool and taken only when its reference still carries the mark
     */
    record Offer(List<HandedOver> messages, boolean repeated, Instant at, ActorRef<OfferAck> replyTo)
            implements QueueCommand {}

    /**
     * These are the queue's now, or were done before: the marks may go. What was offered and is not in the list was
     * refused because the queue is full of work or cannot reach its journal: offer it again later, as repeated.
     */
    record OfferAck(Domain domain, List<MessageId> taken) {}

    /** Hold what the selector matches; replaces an earlier suspension of the same selector. Spends no attempts. */
    record Suspend(Selector selector, String reason, Optional<Instant> until, boolean dryRun, ActorRef<Matched> replyTo)
            implements QueueCommand {}

    /** Ends the suspension of exactly this selector, or with {@link Selector#ALL} every suspension. */
    record Resume(Selector selector, String reason, boolean dryRun, ActorRef<Matched> replyTo)
            implements QueueCommand {}

    /** What waits is due now; ends a back-off as well. */
    record RetryNow(Selector selector, String reason, boolean dryRun, ActorRef<Matched> replyTo)
            implements QueueCommand {}

    /** Give up what was accepted until now. An outcome from the wire wins over it. */
    record Cancel(Selector selector, String reason, boolean dryRun, ActorRef<Matched> replyTo)
            implements QueueCommand {}

    /**
     * What a selector matched when the command came; the command is durable unless it was a dry run. A selection by
     * sender needs the spool: then these are the counts of the tenant and campaign alone, and {@code exact} is false.
     *
     * @param messages in the queue
     * @param recipients open recipients of these
     * @param onWire how many of the messages are with a connection now and are not recalled
     */
    record Matched(Domain domain, long messages, long recipients, int onWire, boolean exact) {}

    /** Give up these messages, whatever their lanes. An outcome from the wire wins over it. */
    record CancelMessages(List<MessageId> ids, String reason, ActorRef<CancelledMessages> replyTo)
            implements QueueCommand {}

    /**
     * What became of these, durably.
     *
     * @param recipients cancelled
     * @param recipientsOnWire open recipients of messages that are with a connection now and are not recalled
     * @param unknown settled before, or not with the queue yet
     */
    record CancelledMessages(Domain domain, int recipients, int recipientsOnWire, List<MessageId> unknown) {}

    /** Everything about the queue. */
    record Describe(ActorRef<QueueView> replyTo) implements QueueCommand {}

    /** Messages in no particular order, at most {@code limit}, from the place on that the page before named. */
    record ListMessages(int from, int limit, ActorRef<MessagePage> replyTo) implements QueueCommand {}

    /** @param next where the next page starts; empty when this was the last */
    record MessagePage(Domain domain, List<MessageLine> messages, Optional<Integer> next) {}

    /** Where one message stands. */
    record Find(MessageId id, ActorRef<Optional<MessageLine>> replyTo) implements QueueCommand {}

    /**
     * A message in the queue.
     *
     * @param due when it is tried next; past for what is ready or on the wire
     * @param openPositions positions of its open recipients in its reference's list; empty: all of them
     */
    record MessageLine(
            MessageId id,
            State state,
            Instant due,
            Instant expiresAt,
            int attempts,
            List<Integer> openPositions,
            String tenant,
            String campaign,
            String mailClass,
            String pool) {

        /** Where a message is. HELD: suspended. */
        public enum State {
            WAITING,
            READY,
            ON_WIRE,
            HELD
        }
    }

    /** Be awake: something may be due. */
    record Wake() implements QueueCommand {}

    /** Send nothing new, end what is past its final dot until then; answered when no connection is left. */
    record Drain(Instant by, ActorRef<Drained> replyTo) implements QueueCommand {}

    record Drained(Domain domain) {}

    /** From one of the queue's connections. */
    record Connection(FromConnection message) implements QueueCommand {}

    /** A connection of the queue is gone. */
    record ConnectionEnded(ActorRef<ToConnection> connection) implements QueueCommand {}

    /** From the recorder. */
    record Recorded(RecorderProtocol.Recorded message) implements QueueCommand {}

    /** The spool's answer about a repeated offer: those of its unknown messages whose mark is still there. */
    record Checked(Offer offer, List<MessageId> marked) implements QueueCommand {}

    /** The spool could not say: the offer is answered without its unknown messages. */
    record CheckFailed(Offer offer, String reason) implements QueueCommand {}

    /** The spool's answer about the senders of a chunk of messages that a cancel looks at; empty when it failed. */
    record SendersRead(long cancel, List<MessageId> asked, List<MessageId> matching, boolean failed)
            implements QueueCommand {}

    /**
     * What became of the reports that the queue asked for.
     *
     * @param asked how many these were; those without an answer are still owed
     */
    record ReportsMade(int asked, List<QueueEvent.Report> reports) implements QueueCommand {}

    /** Of those senders that the queue asked to be told of late mail, the messages of those who know now. */
    record SendersTold(List<MessageId> messages) implements QueueCommand {}

    /** Time has come for what the queue asked to be reminded of. */
    record Tick() implements QueueCommand {}

    /** What gatherer and queue say to each other; nobody else sends these. */
    non-sealed interface Internal extends QueueCommand {}
}
