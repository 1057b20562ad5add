package io.postrider;

import com.typesafe.config.ConfigOrigin;

/**
 * Something that is wrong or unwise in a configuration, and where.
 *
 * @param key the full key, empty when the file as a whole is meant
 * @param file as it was named, or {@code reference.conf} for a default; {@code command line} for an override
 * @param line from 1; 0 when there is none
 * @param message what was expected, what came, and perhaps what to write instead
 */
public record Finding(Severity severity, String key, String file, int line, String message) {

    /** An error stops the start, a warning does not. */
    public enum Severity {
        ERROR,
        WARNING
    }

    static Finding error(String key, ConfigOrigin origin, String message) {
        return new Finding(Severity.ERROR, key, file(origin), line(origin), message);
    }

    static Finding warning(String key, ConfigOrigin origin, String message) {
        return new Finding(Severity.WARNING, key, file(origin), line(origin), message);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    private static int line(ConfigOrigin origin) {
        return Math.max(0, origin.lineNumber());
    }

    /**
     * The library describes an origin as {@code path: line}, {@code reference.conf @ url: line} or {@code merge of one,
     * other}.
     */
    private static String file(ConfigOrigin origin) {
        String text = origin.description();
        String merged = "merge of ";
        if (text.startsWith(merged)) {
            int comma = text.indexOf(',');
            text = text.substring(merged.length(), comma < 0 ? text.length() : comma);
        }
        int at = text.indexOf(" @ ");
        if (at >= 0) {
            return text.substring(0, at);
        }
        int colon = text.lastIndexOf(": ");
        return colon < 0 ? text : text.substring(0, colon);
    }

    /** {@code conf/postrider.conf:12: postrider.data-dir: expected …}. */
    @Override
    public String toString() {
        String place = line > 0 ? file + ":" + line : file;
        return place + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
