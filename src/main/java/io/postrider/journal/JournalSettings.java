package io.postrider.journal;

import com.typesafe.config.Config;

/**
 * Our own settings in the plugins' sections; the other keys there are Pekko's.
 *
 * @param snapshotsKept per persistence id, the newest ones
 */
public record JournalSettings(int snapshotsKept) {

    public JournalSettings {
        if (snapshotsKept < 1) {
            throw new IllegalArgumentException(
                    "postrider.snapshots.keep: expected 1 or more, but got " + snapshotsKept);
        }
    }

    /** @param postrider the section {@code postrider} */
    public static JournalSettings from(Config postrider) {
        return new JournalSettings(postrider.getInt("snapshots.keep"));
    }
}
