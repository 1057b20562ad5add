package io.postrider.egress;

import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** A borrower that waits for a transport. Confined to the pool. */
final class Waiter {

    final ToPool.Borrow request;
    final Turns.Kind kind;
    /** The transport being opened for him, if any. */
    @Nullable
    Slot opening;

    Waiter(ToPool.Borrow request, Turns.Kind kind) {
        this.request = request;
        this.kind = kind;
    }

    ActorRef<ToConnection> borrower() {
        return request.borrower();
    }
}
