package io.postrider.record;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;

/** Lines about refused mail on their way to the delivery log: best effort and bounded. Safe for all threads. */
public final class Rejections {

    private final ArrayBlockingQueue<Rejection> waiting;

    public Rejections(LogSettings settings) {
        waiting = new ArrayBlockingQueue<>(settings.maxRejectedWaiting());
    }

    /** Returns at once. False when too many wait: the line is dropped, and the caller counts it. */
    public boolean offer(Rejection rejection) {
        return waiting.offer(rejection);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void drainTo(List<Rejection> lines) {
        waiting.drainTo(lines);
    }
}
