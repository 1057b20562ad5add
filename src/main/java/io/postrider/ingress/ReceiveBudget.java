package io.postrider.ingress;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that all sessions of the node together may use for messages on their way in. Safe for all threads. */
public final class ReceiveBudget {

    private final AtomicLong left;

    public ReceiveBudget(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** False: there is no room now, and nothing was taken. */
    public boolean take(long bytes) {
        if (left.addAndGet(-bytes) >= 0) {
            return true;
        }
        left.addAndGet(bytes);
        return false;
    }

    /** Returns what {@link #take} granted. */
    public void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    /** Bytes that may still be taken. */
    public long left() {
        return left.get();
    }
}
