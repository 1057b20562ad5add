package io.postrider.ingress;

import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import java.time.Instant;

/** Where refused mail is written down, best effort: it belongs to no queue. Safe for all threads, returns at once. */
@FunctionalInterface
public interface RejectedLog {

    RejectedLog NONE = rejection -> {};

    void rejected(Rejection rejection);

    /**
     * @param client the address of the client
     * @param recipient as the client wrote it; empty when the sender or the whole message was refused
     */
    record Rejection(
            Instant at,
            String listener,
            String sessionId,
            String client,
            Mailbox sender,
            String recipient,
            Reply reply) {}
}
