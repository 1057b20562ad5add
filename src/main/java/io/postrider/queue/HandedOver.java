package io.postrider.queue;

import io.postrider.mail.MessageId;
import io.postrider.mail.TlsWish;
import io.postrider.spool.Labels;
import io.postrider.spool.Reference;
import java.time.Instant;
import java.util.Optional;

/**
 * What hand-over tells a queue about a message; the envelope itself stays in the spool.
 *
 * @param tlsOptional no TLS policy of the domain is to hold it up
 */
public record HandedOver(
        MessageId id,
        int recipients,
        Optional<Instant> notBefore,
        Instant expiresAt,
        String tenant,
        String campaign,
        String mailClass,
        String pool,
        long sizeBytes,
        boolean tlsOptional) {

    public static HandedOver of(Reference reference) {
        Labels labels = reference.labels();
        return new HandedOver(
                reference.message(),
                reference.recipients().size(),
                reference.notBefore(),
                reference.expiresAt(),
                labels.tenant(),
                labels.campaign(),
                labels.mailClass(),
                labels.pool(),
                reference.sizeBytes(),
                reference.needs().tls() == TlsWish.OPTIONAL);
    }
}
