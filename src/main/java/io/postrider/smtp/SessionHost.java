package io.postrider.smtp;

import io.postrider.mail.Identity;
import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import io.postrider.smtp.sasl.SaslHost;
import java.util.Optional;

/** What a server session asks of the node that it runs on. Called on the session's own thread; must return at once. */
public interface SessionHost extends SaslHost {

    /** True while new mail is to be refused with 452. */
    boolean isCongested();

    /** True while there are too many handshakes, so that no further one should begin. Asked where TLS is offered. */
    default boolean isTlsBusy() {
        return false;
    }

    /** Whether somebody whom the session knows may begin one more message. Asked at each MAIL. */
    default Leave leave(Identity identity) {
        return new Leave.Granted(identity);
    }

    /**
     * Why somebody whom the session knows may not name one more recipient now; empty: it may, and that counts. Asked at
     * each RCPT that would be taken, but for one that the message has already.
     */
    default Optional<Reply> objectionToRecipient(Identity identity) {
        return Optional.empty();
    }

    /** The answer. */
    sealed interface Leave {
        /** @param identity as it is now, for rights may have changed meanwhile */
        record Granted(Identity identity) implements Leave {}

        record Refused(Reply reply) implements Leave {}
    }

    /** Whether the client may speak for others, by XCLIENT. */
    default boolean maySayXclient() {
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
