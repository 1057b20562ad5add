package io.postrider.record;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * The delivery log's files.
 *
 * @param maxFileBytes a file is closed when it reaches this; a new day closes it as well
 * @param keep files are deleted this long after their day
 * @param maxFiles the oldest files beyond this number are deleted, whatever their age
 * @param maxRejectedWaiting lines of refused mail that may wait to be written; more are dropped and counted
 */
public record LogSettings(long maxFileBytes, Duration keep, int maxFiles, int maxRejectedWaiting) {

    public LogSettings {
        if (maxFileBytes < 64 * 1024) {
            throw new IllegalArgumentException(
                    "postrider.log.max-file-size: expected at least 64 KiB, but got " + maxFileBytes + " bytes");
        }
        if (keep.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException("postrider.log.keep: expected at least 1 day, but got " + keep);
        }
        if (maxFiles < 2) {
            throw new IllegalArgumentException("postrider.log.max-files: expected at least 2, but got " + maxFiles);
        }
        if (maxRejectedWaiting < 1) {
            throw new IllegalArgumentException(
                    "postrider.log.max-rejected-waiting: expected at least 1, but got " + maxRejectedWaiting);
        }
    }

    /** @param log the {@code postrider.log} section */
    public static LogSettings from(Config log) {
        return new LogSettings(
                log.getBytes("max-file-size"),
                log.getDuration("keep"),
                log.getInt("max-files"),
                log.getInt("max-rejected-waiting"));
    }
}
