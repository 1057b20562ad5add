package io.postrider.record;

import io.postrider.mail.Reply;
import java.time.Instant;

/**
 * Mail that was refused on its way in. Absent values are empty.
 *
 * @param eventId tells this refusal from all others
 * @param sizeBytes as announced; 0 when it was not
 */
public record Rejection(
        String eventId,
        Instant at,
        String sender,
        String recipient,
        long sizeBytes,
        Reply reply,
        String listener,
        String sessionId) {}
