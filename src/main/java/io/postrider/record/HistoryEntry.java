package io.postrider.record;

import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One thing that happened to one recipient of a message, as the history keeps it.
 *
 * @param eventId as in the delivery log
 * @param recipientIndex as in {@link io.postrider.mail.RecipientId}; -1 when it was lost with its reference
 * @param envelope with {@link RecordType#ACCEPTED} only
 * @param attempt from 1; 0 when no attempt is meant
 * @param site empty like the next three when no server was involved
 * @param tls empty values without TLS
 */
public record HistoryEntry(
        String eventId,
        RecordType type,
        Instant at,
        MessageId message,
        int recipientIndex,
        Domain domain,
        Optional<Envelope> envelope,
        int attempt,
        Optional<Reply> reply,
        String site,
        String mx,
        String mxIp,
        String source,
        Via.Tls tls,
        Optional<Instant> retryAt,
        boolean ambiguous) {

    /** What the acceptance tells of the message. Absent values are empty. */
    public record Envelope(
            String sender,
            String recipient,
            long sizeBytes,
            String tenant,
            String campaign,
            String mailClass,
            String pool,
            List<String> tags,
            String listener,
            String sessionId,
            String owner) {}
}
