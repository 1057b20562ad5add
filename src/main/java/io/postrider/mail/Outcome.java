package io.postrider.mail;

/** How one attempt ended for one recipient. Where no server spoke, the reply is our own words for what happened. */
public sealed interface Outcome {

    Reply reply();

    /**
     * The server took responsibility.
     *
     * @param reports also for reports to the sender: it offers DSN (RFC 3461 §5.2.2)
     */
    record Delivered(Reply reply, boolean reports) implements Outcome {
        public Delivered(Reply reply) {
            this(reply, false);
        }
    }

    /**
     * To be tried again.
     *
     * @param ambiguous the link was lost after the final dot, so the server may have the message (RFC 1047)
     */
    record Deferred(Reply reply, boolean ambiguous) implements Outcome {}

    /** Refused for good. */
    record Bounced(Reply reply) implements Outcome {}
}
