package io.postrider.retry;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a whole domain is left alone when none of its servers can be reached. Shorter than the retries of a message:
 * one probe costs little, and a million messages wait for it.
 */
public final class Backoff {

    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final RetrySchedule schedule;

    /** Never slower than the messages themselves would be retried. */
    public Backoff(RetrySchedule retry) {
        schedule = new RetrySchedule(
                shorter(retry.first(), FIRST),
                2,
                shorter(retry.longest(), LONGEST),
                retry.jitter(),
                retry.giveUpAfter());
    }

    /**
     * @param failures how many probes in a row have failed, from 1
     * @param random from 0 to 1
     */
    public Instant until(int failures, Instant now, double random) {
        return schedule.due(failures, now, random);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
