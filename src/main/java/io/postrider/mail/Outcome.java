package io.postrider.mail;

/** How one attempt ended for one recipient. Where no server spoke, the reply is our own words for what happened. */
public sealed interface Outcome {

    Reply reply();

    /** The server took responsibility. */
    record Delivered(Reply reply) implements Outcome {}

    /**
     * To be tried again.
     *
     * @param ambiguous the link was lost after the final dot, so the server may have the message (RFC 1047)
     */
    record Deferred(Reply reply, boolean ambiguous) implements Outcome {}

    /** Refused for good. */
    record Bounced(Reply reply) implements Outcome {}
}
