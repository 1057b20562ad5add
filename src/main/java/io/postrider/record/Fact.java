package io.postrider.record;

import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import java.time.Instant;
import java.util.Optional;

/**
 * One thing that happened to one recipient: becomes one line of the log and one row of the history.
 *
 * @param source where it stands in the journal; the same event always gives the same one
 * @param reference empty when the spool has lost it, which is an incident
 * @param recipient empty when the reference is lost
 * @param attempt from 1; 0 when no attempt is meant
 */
record Fact(
        Source source,
        RecordType type,
        Instant at,
        MessageId message,
        Domain domain,
        Optional<Reference> reference,
        Optional<Recipient> recipient,
        int attempt,
        Optional<Via> via,
        Optional<Reply> reply,
        Optional<Instant> retryAt,
        boolean ambiguous) {

    /** What the index of a recipient is when its reference is lost: behind all that exist. */
    static final int UNKNOWN_RECIPIENT = 0xFFFF_FFFF;

    /**
     * @param persistenceId of the queue
     * @param sequenceNr of the event
     * @param position of the fact in the event, counted over its messages and their recipients, from 0
     */
    record Source(String persistenceId, long sequenceNr, int position) {}

    int recipientIndex() {
        return recipient.isPresent() ? recipient.get().index() : UNKNOWN_RECIPIENT;
    }
}
