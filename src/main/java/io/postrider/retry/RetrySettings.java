package io.postrider.retry;

import com.typesafe.config.Config;
import java.time.Duration;

/** The section {@code postrider.retry}, or the {@code retry} of a single domain on top of it. */
public record RetrySettings(Duration first, double factor, Duration longest, double jitter, Duration giveUpAfter) {

    public RetrySettings {
        check(first.compareTo(Duration.ofMillis(100)) >= 0, "first", "at least 100 ms", first);
        check(factor >= 1 && factor <= 10, "factor", "1 to 10", factor);
        check(longest.compareTo(first) >= 0, "longest", "at least retry.first", longest);
        check(jitter >= 0 && jitter <= 1, "jitter", "0 to 1", jitter);
        check(giveUpAfter.compareTo(Duration.ofSeconds(1)) >= 0, "give-up-after", "at least 1 second", giveUpAfter);
    }

    /** @param retry the sub-section, complete */
    public static RetrySettings from(Config retry) {
        return new RetrySettings(
                retry.getDuration("first"),
                retry.getDouble("factor"),
                retry.getDuration("longest"),
                retry.getDouble("jitter"),
                retry.getDuration("give-up-after"));
    }

    public RetrySchedule schedule() {
        return new RetrySchedule(first, factor, longest, jitter, giveUpAfter);
    }

    private static void check(boolean holds, String key, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "postrider.retry." + key + ": expected " + expected + ", but got " + got);
        }
    }
}
