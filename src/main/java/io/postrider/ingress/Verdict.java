package io.postrider.ingress;

import io.postrider.mail.MessageId;

/** What intake says to a submission. */
public sealed interface Verdict {

    /**
     * It is on stable storage, or would be if it were not only a check.
     *
     * @param sizeBytes of the final message
     */
    record Accepted(MessageId id, long sizeBytes) implements Verdict {}

    /** It was accepted under its key before, and is not accepted a second time. */
    record Repeated(MessageId id) implements Verdict {}

    /** @param detail in words for the client; shows no configuration */
    record Refused(Why why, String detail) implements Verdict {}

    enum Why {
        /** Too much waits for the queues, the recorder or the disk: try again later. */
        CONGESTED,
        /** It could not be stored: try again later. */
        FAILED,
        /** A key that should sign it could not: try again later. Nothing was stored. */
        UNSIGNED,
        HEADER_TOO_LARGE,
        LOOP,
        /** It speaks in the name of a domain or tenant that its sender may not use. */
        NOT_YOURS,
        /** A field of the message asks for what cannot be done. */
        BAD_FIELD,
        /** Another request with the same idempotency key is being worked on: try again later. */
        IN_FLIGHT,
        /** The idempotency key was used for another message. */
        OTHER_PAYLOAD
    }
}
