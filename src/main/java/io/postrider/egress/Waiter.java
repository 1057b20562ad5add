package io.postrider.egress;

import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** A borrower that waits for a transport. Confined to the pool. */
final class Waiter {

    final ToPool.Borrow request;
    /** The transport being opened for him, if any. */
    @Nullable
    Slot opening;

    Waiter(ToPool.Borrow request) {
        this.request = request;
    }

    ActorRef<ToConnection> borrower() {
        return request.borrower();
    }
}
