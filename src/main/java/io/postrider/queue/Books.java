package io.postrider.queue;

import io.postrider.event.QueueEvent.Kind;
import io.postrider.queue.QueueView.Totals;

/** The queue's cumulative totals, in recipients. */
final class Books {

    long accepted;
    long delivered;
    long bounced;
    long expired;
    long cancelled;

    void add(Kind finalKind) {
        switch (finalKind) {
            case DELIVERED -> delivered++;
            case BOUNCED -> bounced++;
            case EXPIRED -> expired++;
            case CANCELLED -> cancelled++;
            case DEFERRED -> throw new IllegalArgumentException("expected a final state, but a deferral is none");
        }
    }

    Totals totals() {
        return new Totals(accepted, delivered, bounced, expired, cancelled);
    }

    long open() {
        return totals().queued();
    }
}
