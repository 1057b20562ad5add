package io.postrider.record;

import java.util.Optional;

/**
 * A place in one {@link EventFeed}, as readers are given it: {@code FEED-NUMBER}.
 *
 * @param feed the id of the feed
 * @param number of the last line that was read; 0 before the first
 */
public record FeedCursor(String feed, long number) {

    private static final int LONGEST = 64;

    /** Reads what {@link #toString} writes; empty for anything else. */
    public static Optional<FeedCursor> parse(String text) {
        int dash = text.lastIndexOf('-');
        if (dash < 1 || text.length() > LONGEST || !Character.isDigit(text.charAt(text.length() - 1))) {
            return Optional.empty();
        }
        for (int i = dash + 1; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(new FeedCursor(text.substring(0, dash), Long.parseLong(text.substring(dash + 1))));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return feed + "-" + number;
    }
}
