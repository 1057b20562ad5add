package io.postrider.smtp;

import io.postrider.mail.Outcome;
import io.postrider.mail.Reply;
import java.util.List;

/** What the caller of a {@link ClientSession} has to do or to know, in order. */
public sealed interface Step {
    /** The server took our EHLO. */
    record Ready(Capabilities capabilities) implements Step {}

    /** The server waits for our first bytes of a handshake; call {@link ClientSession#secured} or {@link ClientSession#insecure}. */
    record StartTls() implements Step {}

    /** No conversation with this host now: take the next one. {@link Ended} follows. */
    record Refused(Reply reply) implements Step {}

    /** Put this message's body and final dot behind what is in {@link ClientSession#output}, then call {@link ClientSession#bodySent}. */
    record SendBody(Envelope envelope) implements Step {}

    /** What became of each recipient, in the envelope's order. */
    record Settled(Envelope envelope, List<Outcome> outcomes) implements Step {}

    /** The server never answered for it, so no attempt counts: again elsewhere. */
    record NotTried(Envelope envelope) implements Step {}

    /** The site asks for less. */
    record SlowDown(Reply reply) implements Step {}

    /**
     * Write what is left and close.
     *
     * @param inOrder false when the server broke off, or did not keep to the protocol
     */
    record Ended(Reply why, boolean inOrder) implements Step {}
}
