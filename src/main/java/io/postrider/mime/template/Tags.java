package io.postrider.mime.template;

import io.postrider.mime.template.Rendering.Failed;
import java.util.Optional;

/**
 * A look at a template before an engine reads it, as no meter runs while it reads: reading takes time and room by the tag
 * and by the character within tags, and next to none for text.
 */
final class Tags {

    static final int MOST = 10_000;
    static final int LONGEST = 10_000;

    private Tags() {}

    /** What there is too much of. */
    static Optional<Failed> fault(String text, Dialect dialect) {
        int tags = 0;
        int line = 1;
        for (int i = 0; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
            } else if (c == '{' && opens(text.charAt(i + 1), dialect)) {
                if (++tags > MOST) {
                    return Optional.of(new Failed(line, "a template can have at most " + MOST + " tags"));
                }
                int end = end(text, i, dialect);
                if (end - i > LONGEST) {
                    return Optional.of(new Failed(line, "a tag can have at most " + LONGEST + " characters"));
                }
                for (; i < end - 1; i++) {
                    line += text.charAt(i) == '\n' ? 1 : 0;
                }
            }
        }
        return Optional.empty();
    }

    private static boolean opens(char second, Dialect dialect) {
        return switch (dialect) {
            case PEBBLE -> second == '{' || second == '%' || second == '#';
            case HANDLEBARS -> second == '{';
        };
    }

    /** Behind the tag that starts at {@code from}; the end of the text where it does not end. */
    private static int end(String text, int from, Dialect dialect) {
        if (text.startsWith("{#", from)) {
            return behind(text, "#}", from);
        }
        if (dialect == Dialect.HANDLEBARS && (text.startsWith("{{!", from) || text.startsWith("{{~!", from))) {
            return behind(text, text.startsWith("--", text.indexOf('!', from) + 1) ? "--}}" : "}}", from);
        }
        char last = text.charAt(from + 1) == '%' ? '%' : '}';
        for (int i = from + 2; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (c == last && text.charAt(i + 1) == '}') {
                return i + 2;
            }
            if (c == '"' || c == '\'') {
                i = endOfQuoted(text, i, c);
            }
        }
        return text.length();
    }

    private static int behind(String text, String closing, int from) {
        int at = text.indexOf(closing, from + 2);
        return at < 0 ? text.length() : at + closing.length();
    }

    private static int endOfQuoted(String text, int from, char quote) {
        for (int i = from + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) {
                return i;
            }
            if (c == '\\') {
                i++;
            }
        }
        return text.length();
    }
}
