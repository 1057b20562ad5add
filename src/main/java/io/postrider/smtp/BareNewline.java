package io.postrider.smtp;

/** What becomes of a CR or LF that stands alone inside a message. Neither ends a line of the dialogue, nor the data. */
public enum BareNewline {
    /** It becomes CRLF, so none is ever sent on. */
    NORMALISE,
    /** The message is refused after its end. */
    REJECT
}
