package io.postrider.smtp.sasl;

/** One authentication by one mechanism (RFC 4422). Each call is answered by the next move; none follows on a claim. */
public interface Exchange {

    /** What comes next. */
    sealed interface Move {
        /** To be said to the client, whose response is awaited. */
        record Challenge(byte[] text) implements Move {}

        /** The end: somebody must decide on it. */
        record Claimed(Claim claim) implements Move {}

        /** The end: what came is not of this mechanism. */
        record Malformed() implements Move {}
    }

    Move MALFORMED = new Move.Malformed();

    /** The client named the mechanism and sent nothing along. */
    Move begin();

    /** A response of the client, initial or to a challenge, decoded. */
    Move on(byte[] response);
}
