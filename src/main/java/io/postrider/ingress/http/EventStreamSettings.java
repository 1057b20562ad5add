package io.postrider.ingress.http;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * {@code text/event-stream}.
 *
 * @param maxStreams open at a time
 * @param heartbeat longest silence, so that proxies keep the connection and a dead client is noticed
 */
public record EventStreamSettings(int maxStreams, Duration heartbeat) {

    public EventStreamSettings {
        if (maxStreams < 1) {
            throw new IllegalArgumentException(
                    "postrider.events.max-streams: expected at least 1, but got " + maxStreams);
        }
        if (heartbeat.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "postrider.events.heartbeat: expected at least 1 ms, but got " + heartbeat);
        }
    }

    /** @param events the {@code postrider.events} section */
    public static EventStreamSettings from(Config events) {
        return new EventStreamSettings(events.getInt("max-streams"), events.getDuration("heartbeat"));
    }
}
