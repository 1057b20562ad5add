package io.postrider.ingress;

import io.postrider.smtp.ServerSession;
import java.util.function.LongSupplier;

/** A command must be whole within its time; of a message, each piece counts, but all of it has an end. */
final class Progress {

    private final long commandNanos;
    private final long transactionNanos;
    private final LongSupplier ticker;
    private long commands;
    private int transactions;
    private long progressAt;
    private long transactionAt;

    Progress(ListenerSettings settings, LongSupplier ticker) {
        this.commandNanos = settings.commandTimeout().toNanos();
        this.transactionNanos = settings.transactionTimeout().toNanos();
        this.ticker = ticker;
    }

    /** A session begins. */
    void begin() {
        commands = 0;
        transactions = 0;
        progressAt = ticker.getAsLong();
    }

    /** The client waited for us until now. */
    void resume(long now) {
        progressAt = now;
    }

    void note(ServerSession session) {
        if (session.commands() != commands || session.isReceivingMessage()) {
            commands = session.commands();
            progressAt = ticker.getAsLong();
            if (session.transactions() != transactions) {
                transactions = session.transactions();
                transactionAt = progressAt;
            }
        }
    }

    /** Nanoseconds until its time is over. */
    long left(ServerSession session) {
        long now = ticker.getAsLong();
        long left = progressAt + commandNanos - now;
        return session.isInTransaction() ? Math.min(left, transactionAt + transactionNanos - now) : left;
    }
}
