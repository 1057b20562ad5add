package io.postrider.smtp;

import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;

/** What a server session asks of the node that it runs on. Called on the session's own thread; must return at once. */
public interface SessionHost {

    /** True while new mail is to be refused with 452. */
    boolean isCongested();

    /** True while there are too many handshakes, so that no further one should begin. Asked where TLS is offered. */
    default boolean isTlsBusy() {
        return false;
    }

    /** Asks for memory to receive into. False: there is none now, and the message is swallowed and refused. */
    boolean take(long bytes);

    /** Returns what {@link #take} granted. */
    void giveBack(long bytes);

    /**
     * A recipient or a whole message was refused.
     *
     * @param recipient as the client wrote it; empty when the message or its sender was refused
     */
    void rejected(Mailbox sender, String recipient, Reply reply);
}
