package io.postrider.mail;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;

/**
 * A mail domain in the one form that the queues, the journal and the limits know it by: lower case, A-labels
 * (RFC 5890), without a trailing dot; or an address literal such as {@code [192.0.2.1]} or {@code [IPv6:2001:db8::1]}
 * (RFC 5321 §4.1.3).
 *
 * @param name never empty; a host name of at most 253 characters or a bracketed literal
 */
public record Domain(String name) implements Comparable<Domain> {

    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_LABEL = 63;

    /** Empty when {@code text} names no domain; upper case, U-labels and one trailing dot are mended. */
    public static Optional<Domain> parse(String text) {
        if (text.startsWith("[")) {
            return literal(text);
        }
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (!isAscii(name)) {
            try {
                name = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
            } catch (IllegalArgumentException notADomain) {
                return Optional.empty();
            }
        }
        return isHostName(name) ? Optional.of(new Domain(name.toLowerCase(Locale.ROOT))) : Optional.empty();
    }

    /** For a name that is known to be right. @throws IllegalArgumentException when it is not */
    public static Domain of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("expected a domain, but got '" + text + "'"));
    }

    public boolean isLiteral() {
        return name.charAt(0) == '[';
    }

    private static Optional<Domain> literal(String text) {
        boolean closed = text.length() > 2 && text.length() <= LONGEST_NAME && text.indexOf(']') == text.length() - 1;
        if (!closed) {
            return Optional.empty();
        }
        for (int i = 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~' || c == '[' || c == '\\' || c == '/') {
                return Optional.empty();
            }
        }
        return Optional.of(new Domain(text.toLowerCase(Locale.ROOT)));
    }

    /** Letters, digits, hyphens, and underscores, which some real hosts have. */
    private static boolean isHostName(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            return false;
        }
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (label == 0 || name.charAt(i - 1) == '-') {
                    return false;
                }
                label = 0;
                continue;
            }
            boolean fits = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '_'
                    || (c == '-' && label > 0);
            if (!fits || ++label > LONGEST_LABEL) {
                return false;
            }
        }
        return label > 0 && name.charAt(name.length() - 1) != '-';
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    @Override
    public int compareTo(Domain other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
