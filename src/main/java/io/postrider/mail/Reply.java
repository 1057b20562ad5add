package io.postrider.mail;

import java.util.List;
import java.util.Optional;

/**
 * An SMTP reply (RFC 5321 §4.2), read from a server or made by us for what no server said.
 *
 * @param code three digits, 200 to 599
 * @param enhanced the enhanced status code that led the text, if any (RFC 2034)
 * @param lines the text without code, enhanced code and line ends; at least one line, perhaps empty
 */
public record Reply(int code, Optional<EnhancedCode> enhanced, List<String> lines) {

    public Reply {
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("expected a reply code from 200 to 599, but got " + code);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("expected at least one line of text, but got none");
        }
        lines = List.copyOf(lines);
    }

    /** A reply of one line: {@code Reply.of(250, "2.1.0", "OK")}. */
    public static Reply of(int code, String enhanced, String text) {
        return new Reply(code, EnhancedCode.parse(enhanced), List.of(text));
    }

    public boolean isPositive() {
        return code / 100 == 2;
    }

    public boolean isIntermediate() {
        return code / 100 == 3;
    }

    public boolean isTransient() {
        return code / 100 == 4;
    }

    public boolean isPermanent() {
        return code / 100 == 5;
    }

    /** All lines as one, parted by a space. */
    public String text() {
        return lines.size() == 1 ? lines.get(0) : String.join(" ", lines);
    }

    /** As it would be logged: {@code 550 5.1.1 no such user}. */
    @Override
    public String toString() {
        return code + enhanced.map(e -> " " + e).orElse("") + " " + text();
    }
}
