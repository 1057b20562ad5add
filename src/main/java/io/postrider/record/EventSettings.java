package io.postrider.record;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How much of the event feed is kept, and how much of it one look reads.
 *
 * @param keep lines are deleted this long after they were recorded
 * @param maxBytes the oldest lines are deleted when all together are longer, before compression
 * @param scanBytes one page ends after so many bytes, whether the lines passed the filter or not
 */
public record EventSettings(Duration keep, long maxBytes, long scanBytes) {

    public EventSettings {
        if (keep.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException("postrider.events.keep: expected at least 1 minute, but got " + keep);
        }
        if (maxBytes < 1024 * 1024) {
            throw new IllegalArgumentException(
                    "postrider.events.max-size: expected at least 1 MiB, but got " + maxBytes + " bytes");
        }
        if (scanBytes < 64 * 1024) {
            throw new IllegalArgumentException(
                    "postrider.events.max-scan: expected at least 64 KiB, but got " + scanBytes + " bytes");
        }
    }

    /** @param events the {@code postrider.events} section */
    public static EventSettings from(Config events) {
        return new EventSettings(events.getDuration("keep"), events.getBytes("max-size"), events.getBytes("max-scan"));
    }
}
