package io.postrider.route;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** Lets a bounded number of look-ups run, lets a bounded number wait, and turns the rest away. Safe for all threads. */
final class Turnstile {

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final int mostWaiting;
    private int free;

    Turnstile(int mostRunning, int mostWaiting) {
        this.free = mostRunning;
        this.mostWaiting = mostWaiting;
    }

    /** Runs the task now or when others {@link #leave}; false when too many wait already. */
    boolean enter(Runnable task) {
        synchronized (this) {
            if (free == 0) {
                return waiting.size() < mostWaiting && waiting.add(task);
            }
            free--;
        }
        task.run();
        return true;
    }

    /** Gives the place to the one who waits longest; the caller is to run it. */
    synchronized Optional<Runnable> leave() {
        Optional<Runnable> next = Optional.ofNullable(waiting.poll());
        if (next.isEmpty()) {
            free++;
        }
        return next;
    }
}
