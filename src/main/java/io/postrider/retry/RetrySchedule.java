package io.postrider.retry;

import java.time.Duration;
import java.time.Instant;

/**
 * When a deferred message is tried again: exponentially later, up to a longest wait, and spread so that what failed
 * together does not come back together (RFC 5321 §4.5.4.1 leaves the strategy to us and asks for patience).
 *
 * @param first wait after the first attempt
 * @param factor each further wait is this many times the one before, at least 1
 * @param longest no wait is longer, before the jitter
 * @param jitter each wait is longer or shorter by up to this share of itself, 0 to 1
 * @param giveUpAfter how long after its acceptance a message expires
 */
public record RetrySchedule(Duration first, double factor, Duration longest, double jitter, Duration giveUpAfter) {

    /**
     * @param attempt the number of the attempt that was deferred, from 1
     * @param now when it ended
     * @param random from 0 to 1; 0.5 is no jitter
     */
    public Instant due(int attempt, Instant now, double random) {
        return now.plus(wait(attempt, random));
    }

    /** The wait after this many failures, from 1. */
    public Duration wait(int attempt, double random) {
        double grown = first.toMillis() * Math.pow(factor, Math.max(0, attempt - 1));
        double millis = Math.min(grown, (double) longest.toMillis()) * (1 + jitter * (2 * random - 1));
        return Duration.ofMillis(Math.max(1, Math.round(millis)));
    }
}
