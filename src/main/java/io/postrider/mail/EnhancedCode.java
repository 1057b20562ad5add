package io.postrider.mail;

import java.util.Optional;

/**
 * An enhanced mail system status code such as {@code 5.1.1} (RFC 3463, RFC 5248).
 *
 * @param category 2 success, 4 transient, 5 permanent
 * @param subject 0 to 999
 * @param detail 0 to 999
 */
public record EnhancedCode(int category, int subject, int detail) {

    public EnhancedCode {
        if (category != 2 && category != 4 && category != 5) {
            throw new IllegalArgumentException("expected a category of 2, 4 or 5, but got " + category);
        }
        if (subject < 0 || subject > 999 || detail < 0 || detail > 999) {
            throw new IllegalArgumentException(
                    "expected subject and detail from 0 to 999, but got " + subject + "." + detail);
        }
    }

    /** The code at the start of a reply's text, if one stands there: {@code "5.1.1 no such user"}. */
    public static Optional<EnhancedCode> atStartOf(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) != ' ') {
            end++;
        }
        return parse(text.substring(0, end));
    }

    /** Empty when {@code text} is not exactly one code. */
    public static Optional<EnhancedCode> parse(String text) {
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (first != 1 || second < 3 || second > 5 || text.length() <= second + 1 || text.length() > second + 4) {
            return Optional.empty();
        }
        int category = number(text, 0, first);
        int subject = number(text, first + 1, second);
        int detail = number(text, second + 1, text.length());
        if ((category != 2 && category != 4 && category != 5) || subject < 0 || detail < 0) {
            return Optional.empty();
        }
        return Optional.of(new EnhancedCode(category, subject, detail));
    }

    private static int number(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    @Override
    public String toString() {
        return category + "." + subject + "." + detail;
    }
}
