package io.postrider.ingress;

import io.postrider.dkim.HeaderFields;
import io.postrider.mail.Domain;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Whether all readers find the same addresses in a From field (RFC 5322 §3.4, with the obsolete forms of §4.4). What is
 * read tolerantly to find out who is meant, is read strictly here: a field that one reader takes for {@code a@x} and
 * another one for {@code b@y} could show an author that nobody has looked at. Names are free, also with commas that should
 * stand in quotes; only what holds an {@code @} must be an address and nothing else.
 */
final class AuthorSyntax {

    /** Stands for a quoted string, whose content does not matter. */
    private static final char QUOTED = 'q';

    private static final Pattern BLANKS = Pattern.compile(" ?([.@]) ?");

    private final String text;
    private final StringBuilder piece = new StringBuilder(64);
    private int at;
    private boolean angled;

    private AuthorSyntax(String text) {
        this.text = text;
    }

    /** @param field of this header, a From field */
    static boolean isClear(HeaderFields header, int field) {
        String raw = header.value(field);
        boolean ascii = raw.chars().allMatch(c -> c < 0x80);
        return isClear(ascii ? raw : new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }

    /** @param value what stands behind the colon, folded or not */
    static boolean isClear(String value) {
        return new AuthorSyntax(value).read();
    }

    private boolean read() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            boolean fine =
                    switch (c) {
                        case '<' -> angle();
                        case '>' -> false;
                        case ',', ';' -> end();
                        case ':' -> groupName();
                        default -> take(c);
                    };
            if (!fine) {
                return false;
            }
        }
        return end();
    }

    /** What came before is a name, and nothing but blanks and comments may follow up to the next comma. */
    private boolean angle() {
        boolean first = !angled;
        angled = true;
        piece.setLength(0);
        while (first && at < text.length()) {
            char c = text.charAt(at++);
            if (c == '>') {
                boolean fine = isAddress(withoutRoute(piece.toString().strip()));
                piece.setLength(0);
                return fine;
            }
            if (c == '<' || !take(c)) {
                return false;
            }
        }
        return false;
    }

    /** {@code @old.example,@route.example:} (RFC 5322 §4.4) is of use to nobody. */
    private static String withoutRoute(String written) {
        return written.startsWith("@") ? written.substring(written.indexOf(':') + 1) : written;
    }

    private boolean groupName() {
        boolean fine = !angled && piece.indexOf("@") < 0;
        piece.setLength(0);
        return fine;
    }

    private boolean end() {
        String rest = piece.toString().strip();
        boolean fine = angled ? rest.isEmpty() : rest.indexOf('@') < 0 || isAddress(rest);
        piece.setLength(0);
        angled = false;
        return fine;
    }

    /** @return false for a control character, and when something is not closed */
    private boolean take(char c) {
        return switch (c) {
            case '\r', '\n', '\t', ' ' -> blank();
            case '(' -> comment();
            case '"' -> quoted();
            case '[' -> literal();
            default -> {
                piece.append(c);
                yield !Character.isISOControl(c);
            }
        };
    }

    /** One stands for many: a stranger may write a megabyte of them. */
    private boolean blank() {
        if (piece.isEmpty() || piece.charAt(piece.length() - 1) != ' ') {
            piece.append(' ');
        }
        return true;
    }

    private boolean comment() {
        blank();
        int depth = 1;
        while (at < text.length() && depth > 0) {
            switch (text.charAt(at++)) {
                case '\\' -> at++;
                case '(' -> depth++;
                case ')' -> depth--;
                default -> {}
            }
        }
        return depth == 0;
    }

    private boolean quoted() {
        piece.append(QUOTED);
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c == '\\') {
                at++;
            }
        }
        return false;
    }

    private boolean literal() {
        int from = at - 1;
        at = text.indexOf(']', from) + 1;
        if (at == 0) {
            return false;
        }
        piece.append(text, from, at);
        return true;
    }

    /** Blanks may stand around dots and the sign (RFC 5322 §4.4), encoded words nowhere (RFC 2047 §5). */
    private static boolean isAddress(String written) {
        String address = BLANKS.matcher(written.strip()).replaceAll("$1");
        int sign = address.indexOf('@');
        return sign > 0
                && sign == address.lastIndexOf('@')
                && address.indexOf(' ') < 0
                && !address.contains("=?")
                && Domain.parse(address.substring(sign + 1)).isPresent();
    }
}
