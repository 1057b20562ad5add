package io.postrider.user;

import io.postrider.retry.Rate;

/**
 * How much one user may do, so that a stolen password is worth no more than that. A rate gives half of a window's at once:
 * a user is no remote server to be spared.
 *
 * @param messages how many may begin in any window
 * @param recipients how many may be named in any window, over all messages
 */
public record UserLimits(Rate messages, Rate recipients) {

    public static final UserLimits NONE = new UserLimits(Rate.UNLIMITED, Rate.UNLIMITED);

    /** @throws IllegalArgumentException when {@code text} is no rate; the message says what was expected */
    public static Rate rate(String text) {
        Rate rate = Rate.parse(text);
        return rate.isUnlimited() ? rate : new Rate(rate.count(), rate.window(), Math.max(1, rate.count() / 2));
    }
}
