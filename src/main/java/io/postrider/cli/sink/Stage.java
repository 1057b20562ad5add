package io.postrider.cli.sink;

/** Where in the conversation a rule acts. The order is that of the conversation. */
public enum Stage {
    /** A client has connected; the greeting comes next. */
    CONNECT,
    EHLO,
    MAIL,
    /** One recipient. */
    RCPT,
    DATA,
    /** A first part of the message has come. */
    BODY,
    /** The final dot has come. */
    DOT;

    /** Whether at least one recipient is known, so that a rule can ask for it. */
    boolean knowsRecipients() {
        return compareTo(RCPT) >= 0;
    }
}
