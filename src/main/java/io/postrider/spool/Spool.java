package io.postrider.spool;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where accepted mail lies until its last recipient is settled. Every call returns at once and works on the spool's own
 * threads; stages complete there, so come home by {@code pipeToSelf} or an async callback. A stage that fails means the
 * storage failed: for {@link #accept} the message is not accepted.
 */
public interface Spool {

    /**
     * A message as intake hands it over.
     *
     * @param id new
     * @param body the final bytes, not changed by anybody afterwards
     * @param references one per destination domain, at least one
     */
    record Message(MessageId id, byte[] body, List<Reference> references) {}

    /** A reference with the body it refers to. */
    record Stored(Reference reference, Body body) {}

    /** A page of what is to hand over, and where the next page starts; empty when this was the last. */
    record Page(List<Reference> references, Optional<Cursor> next) {}

    /** A place in the index of what is to hand over. */
    record Cursor(MessageId message, Domain domain) {}

    /**
     * Writes body and references as one atomic record, each reference marked to hand over. Completes when the record is
     * on stable storage: the 250 rests on this alone.
     */
    CompletionStage<Void> accept(Message message);

    /**
     * Writes this report as {@link #accept} does, unless one for this cause was written before, in whatever process and
     * whatever became of it since: that is remembered in the same atomic record, until the cause's reference is released.
     * Completes with whether the message was written now; a call during
     * another one for the same cause completes with it.
     */
    CompletionStage<Boolean> acceptOnce(Message report, Cause cause);

    /**
     * Why a report is made: what became of some recipients of a message, or that it is late.
     *
     * @param about the message at its destination, whose reference is there
     * @param first the position of the first of these recipients
     */
    record Cause(Cursor about, int first) {

        /** In place of a recipient: the message is late. */
        public static final int DELAY = Integer.MAX_VALUE;
    }

    /** Takes the marks off. Not synced by itself: a crash brings marks back, and the offer is repeated. Idempotent. */
    void handedOver(Domain domain, List<MessageId> messages);

    /** Marked references in the order of their messages, starting behind {@code after}. */
    CompletionStage<Page> toHandOver(Optional<Cursor> after, int limit);

    /** Which of these still carry the mark. */
    CompletionStage<List<MessageId>> stillMarked(Domain domain, List<MessageId> messages);

    /** References with bodies, for delivery. What is missing in the answer is missing in the spool. */
    CompletionStage<Map<MessageId, Stored>> load(Domain domain, List<MessageId> messages);

    /** References alone, for records and selections. What is missing in the answer is missing in the spool. */
    CompletionStage<Map<MessageId, Reference>> references(Domain domain, List<MessageId> messages);

    /** The references of one message at all domains; empty when nothing is left of it. */
    CompletionStage<List<Reference>> references(MessageId message);

    /** Recipients over all references in the store, and those of them that are marked to hand over: for the books. */
    CompletionStage<Counts> counts();

    record Counts(long recipients, long recipientsToHandOver) {}
}
