package io.postrider.smtp;

import io.postrider.smtp.sasl.Claim;

/** What the caller of a {@link ServerSession} does next, after sending the replies. */
public sealed interface ServerStep {
    /** Feed more input. */
    record ReadOn() implements ServerStep {}

    /** Find the verdict on this message, then call {@link ServerSession#settled}; feed nothing until then. */
    record Judge(ReceivedMessage message) implements ServerStep {}

    /** Find out whether this is true, then call {@link ServerSession#authenticated}; feed nothing until then. */
    record Authenticate(Claim claim) implements ServerStep {}

    /**
     * Shake hands, and then go on with a new session that knows nothing of this one (RFC 3207 §4.2). What came behind
     * the command is thrown away: whoever put it there could not have known that it would be believed.
     */
    record StartTls() implements ServerStep {}

    /**
     * Go on with a new session, from its greeting, for whom this host speaks.
     *
     * @param behind the input that came behind the command, for the new session: XCLIENT may be pipelined
     */
    record Introduce(Xclient client, byte[] behind) implements ServerStep {}

    /** Close the connection. */
    record Close() implements ServerStep {}
}
