package io.postrider.spool;

import com.typesafe.config.Config;

/**
 * The settings under {@code postrider.spool}.
 *
 * @param recentBytes what the spool keeps in memory of what was just accepted; 0 keeps nothing
 */
public record SpoolSettings(long recentBytes) {

    public SpoolSettings {
        if (recentBytes < 0) {
            throw new IllegalArgumentException(
                    "postrider.spool.recent-bytes: expected 0 or more, but got " + recentBytes);
        }
    }

    /** @param postrider the section {@code postrider} */
    public static SpoolSettings from(Config postrider) {
        return new SpoolSettings(postrider.getBytes("spool.recent-bytes"));
    }
}
