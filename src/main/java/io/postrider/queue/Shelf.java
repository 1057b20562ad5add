package io.postrider.queue;

import io.postrider.event.QueueEvent.Selector;
import java.util.Collection;
import java.util.function.IntPredicate;

/**
 * Where each entry of a queue is: waiting for its time in the heap, ready in the line of its track, held by a suspension,
 * or on the wire. No event says so and none needs to: it follows from due times and from what happens now.
 */
final class Shelf {

    private static final long NEVER = Long.MAX_VALUE;

    private final Entries entries;
    private final Lanes lanes;
    private final DueHeap waiting;
    private final Line held;
    private int ready;
    private int onWire;
    /** Nothing that is not on the wire expires before. */
    private long expiryBound = NEVER;

    Shelf(Entries entries, Lanes lanes) {
        this.entries = entries;
        this.lanes = lanes;
        waiting = new DueHeap(entries);
        held = new Line(entries);
    }

    int waiting() {
        return waiting.size();
    }

    int ready() {
        return ready;
    }

    int onWire() {
        return onWire;
    }

    int held() {
        return held.size();
    }

    /** In milliseconds; the largest long when nothing waits for a time. */
    long nextDue() {
        return waiting.size() == 0 ? NEVER : entries.due(waiting.first());
    }

    /** In seconds: nothing expires before, though perhaps nothing does then either. */
    long expiryBound() {
        return entries.size() == 0 ? NEVER : expiryBound;
    }

    /** A new entry waits. */
    void added(int slot) {
        waiting.add(slot);
        lanes.get(entries.lane(slot)).messages++;
        expiryBound = Math.min(expiryBound, entries.expirySeconds(slot));
    }

    /** Takes the entry out altogether. */
    void remove(int slot) {
        takeOut(slot);
        lanes.get(entries.lane(slot)).messages--;
        int moved = entries.remove(slot);
        if (moved < 0) {
            return;
        }
        switch (entries.state(slot)) {
            case Entries.WAITING -> waiting.moved(slot);
            case Entries.READY -> lanes.get(entries.lane(slot)).ready.moved(slot);
            case Entries.HELD -> held.moved(slot);
            default -> {
                // On the wire: nothing points at it.
            }
        }
    }

    void waitUntil(int slot, long dueMillis) {
        if (entries.state(slot) == Entries.WAITING) {
            entries.due(slot, dueMillis);
            waiting.changed(slot);
            return;
        }
        takeOut(slot);
        entries.due(slot, dueMillis);
        entries.state(slot, Entries.WAITING);
        waiting.add(slot);
        expiryBound = Math.min(expiryBound, entries.expirySeconds(slot));
    }

    void retryNow(Selector selector, long atMillis) {
        for (int slot = 0; slot < entries.size(); slot++) {
            boolean concerned = entries.state(slot) == Entries.WAITING
                    && entries.due(slot) > atMillis
                    && Lanes.matches(selector, lanes.get(entries.lane(slot)).lane);
            if (concerned) {
                entries.due(slot, atMillis);
                waiting.changed(slot);
            }
        }
    }

    /** What is due becomes ready, or held when its lane is suspended. */
    void wake(long nowMillis) {
        while (waiting.size() > 0 && entries.due(waiting.first()) <= nowMillis) {
            int slot = waiting.first();
            waiting.remove(slot);
            line(slot, false);
        }
    }

    /** The first ready entry of this line goes on the wire; -1 when there is none. */
    int take(Line line) {
        if (line.size() == 0) {
            return -1;
        }
        int slot = line.first();
        line.remove(slot);
        ready--;
        onWire++;
        entries.state(slot, Entries.ON_WIRE);
        return slot;
    }

    /** Off the wire without an attempt: in front of the others. */
    void giveBack(int slot) {
        if (entries.state(slot) == Entries.ON_WIRE) {
            onWire--;
            expiryBound = Math.min(expiryBound, entries.expirySeconds(slot));
            line(slot, true);
        }
    }

    /** Off the wire, for its sender is suspended. */
    void hold(int slot) {
        if (entries.state(slot) == Entries.ON_WIRE) {
            onWire--;
            expiryBound = Math.min(expiryBound, entries.expirySeconds(slot));
            entries.state(slot, Entries.HELD);
            held.addLast(slot);
        }
    }

    /** Suspensions have changed: what may go is ready, what may not is held. */
    void suspensionsAre(Collection<Selector> selectors) {
        for (Lanes.Depth depth : lanes.all()) {
            depth.suspended = isSuspended(depth, selectors);
        }
        for (int slot = 0; slot < entries.size(); slot++) {
            boolean suspended = lanes.get(entries.lane(slot)).suspended;
            int state = entries.state(slot);
            if ((state == Entries.READY && suspended) || (state == Entries.HELD && !suspended)) {
                takeOut(slot);
                line(slot, false);
            }
        }
    }

    /** New lanes have come. */
    void markLanes(Collection<Selector> selectors) {
        for (Lanes.Depth depth : lanes.all()) {
            depth.suspended = isSuspended(depth, selectors);
        }
    }

    /** The whole queue is suspended by a flag of the state: its lanes keep their order. */
    private static boolean isSuspended(Lanes.Depth depth, Collection<Selector> selectors) {
        for (Selector selector : selectors) {
            if (selector.sender().isEmpty() && !selector.equals(Selector.ALL) && Lanes.matches(selector, depth.lane)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Hands every entry that has expired and is not on the wire to {@code taker}, which says whether it has room for
     * another one. Looks at all entries, so not more often than once a second.
     */
    void expired(long nowSeconds, IntPredicate taker) {
        long bound = NEVER;
        for (int slot = 0; slot < entries.size(); slot++) {
            if (entries.state(slot) == Entries.ON_WIRE) {
                continue;
            }
            long expiry = entries.expirySeconds(slot);
            if (expiry <= nowSeconds && !taker.test(slot)) {
                expiryBound = expiry;
                return;
            }
            bound = Math.min(bound, expiry <= nowSeconds ? NEVER : expiry);
        }
        expiryBound = bound;
    }

    private void takeOut(int slot) {
        switch (entries.state(slot)) {
            case Entries.WAITING -> waiting.remove(slot);
            case Entries.READY -> {
                lanes.get(entries.lane(slot)).ready.remove(slot);
                ready--;
            }
            case Entries.HELD -> held.remove(slot);
            default -> onWire--;
        }
    }

    private void line(int slot, boolean first) {
        Lanes.Depth lane = lanes.get(entries.lane(slot));
        if (lane.suspended) {
            entries.state(slot, Entries.HELD);
            held.addLast(slot);
            return;
        }
        entries.state(slot, Entries.READY);
        ready++;
        if (first) {
            lane.ready.addFirst(slot);
        } else {
            lane.ready.addLast(slot);
        }
    }
}
