package io.postrider.egress;

import io.postrider.mail.MessageId;
import io.postrider.smtp.Envelope;
import io.postrider.spool.Body;
import java.time.Instant;

/** One message for a transport to send. */
record Job(Envelope envelope, Body body, Instant expiresAt) {

    /** A borrower gives a transport each message once, so its id names the job. */
    boolean isFor(Envelope other) {
        return isFor(other.message());
    }

    boolean isFor(MessageId message) {
        return envelope.message().equals(message);
    }
}
