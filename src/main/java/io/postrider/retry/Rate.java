package io.postrider.retry;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How many transactions may start within any window: {@code "100/minute"}, {@code "10/s"}, {@code "5000/hour"},
 * {@code "unlimited"}.
 *
 * @param count at most so many start in any window; 0 for unlimited
 * @param window the length of the window
 * @param burst how many of them may start at once, from 1 to {@code count}
 */
public record Rate(int count, Duration window, int burst) {

    public static final Rate UNLIMITED = new Rate(0, Duration.ofSeconds(1), 0);

    /** Timers tick in tens of milliseconds: a bucket that holds less than this much of the rate would leak it. */
    private static final Duration TIMER_SLACK = Duration.ofMillis(20);

    public Rate {
        if (count < 0 || burst < 0 || burst > count || (count > 0 && burst == 0)) {
            throw new IllegalArgumentException(
                    "expected a burst from 1 to the rate of " + count + ", but got " + burst);
        }
        if (window.isNegative() || window.isZero() || window.compareTo(Duration.ofDays(7)) > 0) {
            throw new IllegalArgumentException("expected a window of at most 7 days, but got " + window);
        }
    }

    /**
     * A rate without an own burst: evenly spaced, as far as timers can.
     *
     * @throws IllegalArgumentException when {@code text} is not a rate; the message says what was expected
     */
    public static Rate parse(String text) {
        return parse(text, Optional.empty());
    }

    /** A rate with its burst; the burst of an unlimited rate means nothing. */
    public static Rate parse(String text, Optional<Integer> burst) {
        String rate = text.strip().toLowerCase(Locale.ROOT);
        if (rate.equals("unlimited")) {
            return UNLIMITED;
        }
        int slash = rate.indexOf('/');
        int count = slash < 1 ? 0 : number(rate.substring(0, slash).strip());
        Optional<Duration> window =
                slash < 1 ? Optional.empty() : window(rate.substring(slash + 1).strip());
        if (count < 1 || window.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected a rate such as \"100/minute\", \"10/s\", \"5000/hour\" or \"unlimited\", but got \""
                            + text
                            + "\"");
        }
        return new Rate(count, window.get(), burst.orElse(evenBurst(count, window.get())));
    }

    public boolean isUnlimited() {
        return count == 0;
    }

    /** How many a bucket regains in one window beside its burst, so that no window ever exceeds the count. */
    int refillPerWindow() {
        return burst <= 1 ? count : Math.max(1, count - burst);
    }

    private static int evenBurst(int count, Duration window) {
        return (int) Math.max(1, (long) count * TIMER_SLACK.toMillis() / Math.max(1, window.toMillis()));
    }

    private static int number(String digits) {
        long value = digits.isEmpty() || digits.length() > 9 ? -1 : 0;
        for (int i = 0; value >= 0 && i < digits.length(); i++) {
            char c = digits.charAt(i);
            value = c >= '0' && c <= '9' ? value * 10 + c - '0' : -1;
        }
        return (int) value;
    }

    private static Optional<Duration> window(String name) {
        return switch (name) {
            case "s", "sec", "second" -> Optional.of(Duration.ofSeconds(1));
            case "m", "min", "minute" -> Optional.of(Duration.ofMinutes(1));
            case "h", "hour" -> Optional.of(Duration.ofHours(1));
            case "d", "day" -> Optional.of(Duration.ofDays(1));
            default -> Optional.empty();
        };
    }

    @Override
    public String toString() {
        if (isUnlimited()) {
            return "unlimited";
        }
        String per =
                switch ((int) window.toSeconds()) {
                    case 1 -> "second";
                    case 60 -> "minute";
                    case 3600 -> "hour";
                    case 86400 -> "day";
                    default -> window.toString();
                };
        return count + "/" + per;
    }
}
