package io.postrider.spool;

import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.TlsWish;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The claim of one destination domain on one message: that domain's envelope and everything a later record of the
 * message needs. Stored with the body, released by the recorder.
 *
 * @param message the message
 * @param domain the destination
 * @param sender the reverse path as received
 * @param recipients the recipients at this domain, at least one; events name them by their position in this list
 * @param labels tenant, campaign, class, pool, tags and metadata
 * @param notBefore not to be sent earlier; empty: at once
 * @param expiresAt when what is still open is given up
 * @param owner the key or user that handed the message in; empty for a trusted host
 * @param listener the listener it came through
 * @param sessionId the ingress session it came in
 * @param sizeBytes of the stored body
 * @param needs what the next server must offer
 * @param envelopeId the ENVID parameter as received (RFC 3461 §4.4), empty when none came
 * @param ret the RET parameter as received (RFC 3461 §4.3), empty when none came
 * @param domains how many domains hold a reference to this message, this one included
 */
public record Reference(
        MessageId message,
        Domain domain,
        Mailbox sender,
        List<Recipient> recipients,
        Labels labels,
        Optional<Instant> notBefore,
        Instant expiresAt,
        String owner,
        String listener,
        String sessionId,
        long sizeBytes,
        Needs needs,
        String envelopeId,
        String ret,
        int domains) {

    /**
     * What the message asks of the next server.
     *
     * @param eightBit the body has octets above 127 (RFC 6152)
     * @param smtpUtf8 the client asked for SMTPUTF8 (RFC 6531)
     * @param tls what it is to be protected by (RFC 8689)
     */
    public record Needs(boolean eightBit, boolean smtpUtf8, TlsWish tls) {
        public static final Needs NOTHING = new Needs(false, false);

        /** Nothing particular of TLS. */
        public Needs(boolean eightBit, boolean smtpUtf8) {
            this(eightBit, smtpUtf8, TlsWish.USUAL);
        }

        public Needs with(TlsWish other) {
            return other == tls ? this : new Needs(eightBit, smtpUtf8, other);
        }
    }

    public Reference {
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("expected at least one recipient for " + message + " at " + domain);
        }
        recipients = List.copyOf(recipients);
    }
}
