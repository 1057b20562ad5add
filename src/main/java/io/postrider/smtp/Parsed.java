package io.postrider.smtp;

import io.postrider.mail.Reply;

/** What came from a server: a reply, or something that is none. */
public sealed interface Parsed {

    record Complete(Reply reply) implements Parsed {}

    /** Not a reply; nothing that follows on the connection can be trusted. */
    record Malformed(String why) implements Parsed {}
}
