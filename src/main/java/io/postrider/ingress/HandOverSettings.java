package io.postrider.ingress;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * {@code postrider.hand-over}.
 *
 * @param batch most messages in one offer to one queue, 1 to 10,000
 * @param maxInFlight most queues with an offer unanswered, 1 to 10,000
 * @param maxPending most messages that wait in memory; the rest waits in the spool's index, 1,000 or more
 * @param congestedAt from this many waiting messages on new mail is refused, at most {@code maxPending}
 * @param repeatAfter how long an offer stays unanswered before it is repeated
 */
public record HandOverSettings(int batch, int maxInFlight, int maxPending, int congestedAt, Duration repeatAfter) {

    private static final String PATH = "postrider.hand-over.";

    public HandOverSettings {
        require(batch >= 1 && batch <= 10_000, "batch", "1 to 10000", batch);
        require(maxInFlight >= 1 && maxInFlight <= 10_000, "max-in-flight", "1 to 10000", maxInFlight);
        require(maxPending >= 1_000, "max-pending", "1000 or more", maxPending);
        require(congestedAt >= 1 && congestedAt <= maxPending, "congested-at", "1 to max-pending", congestedAt);
        require(repeatAfter.toMillis() >= 100, "repeat-after", "100 ms or more", repeatAfter);
    }

    public static HandOverSettings from(Config postrider) {
        Config config = postrider.getConfig("hand-over");
        return new HandOverSettings(
                config.getInt("batch"),
                config.getInt("max-in-flight"),
                config.getInt("max-pending"),
                config.getInt("congested-at"),
                config.getDuration("repeat-after"));
    }

    private static void require(boolean holds, String key, String expected, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException(PATH + key + ": expected " + expected + ", but got " + actual);
        }
    }
}
