package io.postrider.spool;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * {@code postrider.idempotency}.
 *
 * @param keep how long a key is remembered from its first use on; no longer than the history, which tells after a crash
 *     whether a message was accepted
 * @param maxKeys keys remembered; beyond it the oldest are forgotten early
 * @param maxBytes keys and answers on disk, before compression; beyond it the oldest are forgotten early
 * @param maxAnswer bytes of one answer that is kept; a longer one is made again from the repeated request
 */
public record IdempotencySettings(Duration keep, long maxKeys, long maxBytes, int maxAnswer) {

    private static final String PATH = "postrider.idempotency.";

    public IdempotencySettings {
        require(
                keep.toSeconds() >= 1 && keep.toDays() <= 365,
                "keep",
                "from 1 second to 365 days",
                keep.toMillis() + " ms");
        require(maxKeys >= 100 && maxKeys <= 10_000_000_000L, "max-keys", "from 100 to 10000000000", maxKeys);
        require(maxBytes >= 100_000 && maxBytes <= 1L << 44, "max-bytes", "from 100000 to 16 TiB", maxBytes);
        require(maxAnswer >= 0 && maxAnswer <= 16 << 20, "max-answer", "from 0 to 16 MiB", maxAnswer);
    }

    /**
     * The shorter of {@code keep} and {@code history.keep} holds.
     *
     * @param postrider the section {@code postrider}
     */
    public static IdempotencySettings from(Config postrider) {
        Config config = postrider.getConfig("idempotency");
        Duration keep = config.getDuration("keep");
        Duration history = postrider.getDuration("history.keep");
        return new IdempotencySettings(
                history.compareTo(keep) < 0 ? history : keep,
                config.getLong("max-keys"),
                config.getBytes("max-bytes"),
                (int) Math.min(Integer.MAX_VALUE, config.getBytes("max-answer")));
    }

    private static void require(boolean holds, String key, String expected, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException(PATH + key + ": expected " + expected + ", but got " + actual);
        }
    }
}
