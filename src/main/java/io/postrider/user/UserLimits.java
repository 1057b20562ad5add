package io.postrider.user;

import io.postrider.retry.Rate;

/**
 * How much one user may do, so that a stolen password is worth no more than that. A rate gives half of a window's at once:
 * a user is no remote server to be spared.
 *
 * @param messages how many may begin in any window
 * @param recipients how many may be named in any window, over all messages
 * @param connections how many may be logged in at a time, over all listeners of a node, from 1
 */
public record UserLimits(Rate messages, Rate recipients, int connections) {

    private static final int ANY = Integer.MAX_VALUE;

    public static final UserLimits NONE = new UserLimits(Rate.UNLIMITED, Rate.UNLIMITED, ANY);

    public UserLimits {
        if (connections < 1) {
            throw new IllegalArgumentException("expected a number of connections from 1, but got " + connections);
        }
    }

    public boolean boundsConnections() {
        return connections != ANY;
    }

    /** A number, or {@code unlimited}. @throws IllegalArgumentException when {@code text} is neither */
    public static int connections(String text) {
        try {
            return text.strip().equals("unlimited") ? ANY : Integer.parseInt(text.strip());
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "expected a number of connections such as 10, or \"unlimited\", but got \"" + text + "\"",
                    notANumber);
        }
    }

    /** @throws IllegalArgumentException when {@code text} is no rate; the message says what was expected */
    public static Rate rate(String text) {
        Rate rate = Rate.parse(text);
        return rate.isUnlimited() ? rate : new Rate(rate.count(), rate.window(), Math.max(1, rate.count() / 2));
    }
}
