package io.postrider.smtp;

import io.postrider.mail.Identity;

/** What the node says to a claim. */
public sealed interface AuthVerdict {

    /** It is true: the client is this one from now on. */
    record Admitted(Identity identity) implements AuthVerdict {}

    /** It is not, or there is no such user; nobody learns which. */
    record Refused() implements AuthVerdict {}

    /** It cannot be looked at now. */
    record Busy() implements AuthVerdict {}

    /** Too many failed from the client's address: the connection is closed. */
    record TooMany() implements AuthVerdict {}

    /** It is true, but this one has as many connections as he may: the connection is closed. */
    record Crowded() implements AuthVerdict {}
}
