package io.postrider.egress;

import java.time.Duration;

/** Until when a server must have said or taken something. Confined to its stage. */
final class Deadline {

    private static final long LONGEST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long SHORTEST_NANOS = Duration.ofMillis(1).toNanos();

    private long atNanos;

    /** From now on. */
    void in(Duration time) {
        atNanos = System.nanoTime() + time.toNanos();
    }

    boolean isOver() {
        return System.nanoTime() - atNanos >= 0;
    }

    /** How long to wait before another look: it may have moved by then, so a timer need not follow it. */
    Duration untilLook() {
        long left = atNanos - System.nanoTime();
        return Duration.ofNanos(Math.clamp(left, SHORTEST_NANOS, LONGEST_NANOS));
    }
}
