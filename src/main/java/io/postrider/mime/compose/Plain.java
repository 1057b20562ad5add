package io.postrider.mime.compose;

import java.util.Optional;

/**
 * What a string may hold. One place decides it, for every string of a draft that gets into a header: with no line end
 * and no control character in it, nobody can add a header field or a body of his own.
 */
final class Plain {

    private static final char NEXT_LINE_BLOCK_START = 0x7f;
    private static final char NEXT_LINE_BLOCK_END = 0x9f;
    private static final char LINE_SEPARATOR = 0x2028;
    private static final char PARAGRAPH_SEPARATOR = 0x2029;

    private Plain() {}

    /** What is wrong with {@code text} as part of a header field, in plain words; empty when it is fine. */
    static Optional<String> fault(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || isRareControl(c)) {
                return Optional.of("expected text in one line, but character " + (i + 1) + " is "
                        + (c == '\r' || c == '\n' ? "a line end" : "the control character U+" + hex(c)));
            }
            if (Character.isSurrogate(c)) {
                if (!isPair(text, i)) {
                    return Optional.of(halfACharacter(i));
                }
                i++;
            }
        }
        return Optional.empty();
    }

    /** The same for a body, which may hold anything that is Unicode. */
    static Optional<String> bodyFault(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!isPair(text, i)) {
                    return Optional.of(halfACharacter(i));
                }
                i++;
            }
        }
        return Optional.empty();
    }

    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** The characters of header names, RFC 5322 §3.6.8: printable ASCII without colon and space. */
    static boolean isFieldName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c > '~' || c == ':') {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** A token of MIME, RFC 2045 §5.1. */
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~' || "()<>@,;:\\\"/[]?=".indexOf(c) >= 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** A character of an atom, RFC 5322 §3.2.3, with what RFC 6532 §3.2 adds. */
    static boolean isAtomCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c > '~'
                || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
    }

    private static boolean isRareControl(char c) {
        return (c >= NEXT_LINE_BLOCK_START && c <= NEXT_LINE_BLOCK_END)
                || c == LINE_SEPARATOR
                || c == PARAGRAPH_SEPARATOR;
    }

    private static boolean isPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
    }

    private static String halfACharacter(int at) {
        return "expected Unicode text, but character " + (at + 1) + " is one half of a surrogate pair";
    }

    private static String hex(char c) {
        String digits = Integer.toHexString(c);
        return "0000".substring(digits.length()) + digits;
    }
}
