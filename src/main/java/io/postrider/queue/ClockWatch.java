package io.postrider.queue;

import java.time.Duration;
import java.time.Instant;

/**
 * Doubts the wall clock when it and the monotonic clock drift apart by a minute, or when it is older than what has
 * already happened: an hour wrongly gained would expire a million messages. Trusts it again once both have run
 * evenly for long enough, or agree as before.
 */
final class ClockWatch {

    private static final long MOST_DRIFT_MILLIS = 60_000;

    private final long trustAfterNanos;
    private boolean started;
    private boolean wrong;
    /** Wall minus monotonic when the clock was last trusted, and when it last changed. */
    private long trustedOffset;

    private long newOffset;
    private long evenSinceNanos;

    ClockWatch(Duration trustAfter) {
        trustAfterNanos = trustAfter.toNanos();
    }

    /** @param newestMillis the time of the newest event */
    void observe(Instant wall, long nanos, long newestMillis) {
        long offset = wall.toEpochMilli() - nanos / 1_000_000;
        if (!started) {
            started = true;
            trustedOffset = offset;
            newOffset = offset;
            evenSinceNanos = nanos;
            wrong = wall.toEpochMilli() < newestMillis - MOST_DRIFT_MILLIS;
            if (wrong) {
                trustedOffset = newestMillis - nanos / 1_000_000;
            }
            return;
        }
        if (Math.abs(offset - newOffset) >= MOST_DRIFT_MILLIS) {
            newOffset = offset;
            evenSinceNanos = nanos;
        }
        boolean drifted = Math.abs(offset - trustedOffset) >= MOST_DRIFT_MILLIS;
        if (drifted && wrong && nanos - evenSinceNanos >= trustAfterNanos) {
            trustedOffset = offset;
            drifted = false;
        }
        wrong = drifted;
    }

    boolean isWrong() {
        return wrong;
    }
}
