package io.postrider.smtp;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The values of the DSN parameters (RFC 3461 §4, RFC 6533 §3). Each reader answers empty for what it does not allow. */
final class DsnSyntax {

    /** RFC 3461 §4.4: "the total length of the parameter must not exceed 100 characters". */
    private static final int LONGEST_ENVELOPE_ID = 100;

    /** RFC 3461 §4.2: "500 characters". */
    private static final int LONGEST_ORIGINAL_RECIPIENT = 500;

    private static final int SUCCESS = 1;
    private static final int FAILURE = 2;
    private static final int DELAY = 4;

    private DsnSyntax() {}

    static Optional<String> ret(@Nullable String value) {
        if ("FULL".equalsIgnoreCase(value)) {
            return Optional.of("FULL");
        }
        return "HDRS".equalsIgnoreCase(value) ? Optional.of("HDRS") : Optional.empty();
    }

    static Optional<String> envelopeId(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > LONGEST_ENVELOPE_ID) {
            return Optional.empty();
        }
        boolean fits = isXtext(value, 0) && isPrintable(value);
        return fits ? Optional.of(value) : Optional.empty();
    }

    /** In upper case: {@code NEVER}, or the others in the order in which the RFC names them. */
    static Optional<String> notifyOn(@Nullable String value) {
        if (value == null || value.isEmpty() || value.endsWith(",")) {
            return Optional.empty();
        }
        int seen = 0;
        for (String word : value.toUpperCase(Locale.ROOT).split(",", -1)) {
            int bit =
                    switch (word) {
                        case "SUCCESS" -> SUCCESS;
                        case "FAILURE" -> FAILURE;
                        case "DELAY" -> DELAY;
                        default -> 0;
                    };
            if (bit == 0 || (seen & bit) != 0) {
                return value.equalsIgnoreCase("NEVER") ? Optional.of("NEVER") : Optional.empty();
            }
            seen |= bit;
        }
        String words = ((seen & SUCCESS) != 0 ? ",SUCCESS" : "")
                + ((seen & FAILURE) != 0 ? ",FAILURE" : "")
                + ((seen & DELAY) != 0 ? ",DELAY" : "");
        return Optional.of(words.substring(1));
    }

    static Optional<String> originalRecipient(@Nullable String value) {
        if (value == null || value.length() > LONGEST_ORIGINAL_RECIPIENT) {
            return Optional.empty();
        }
        int semicolon = value.indexOf(';');
        if (semicolon <= 0 || semicolon == value.length() - 1 || !isAtom(value, semicolon)) {
            return Optional.empty();
        }
        boolean international = value.regionMatches(true, 0, "utf-8", 0, semicolon) && semicolon == 5;
        boolean fits = international ? isUtf8Address(value, semicolon + 1) : isXtext(value, semicolon + 1);
        return fits ? Optional.of(value) : Optional.empty();
    }

    /** {@code xtext = *( xchar / hexchar )}, where a hexchar is a plus and two upper-case hexadecimal digits. */
    static boolean isXtext(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+') {
                if (i + 2 >= text.length() || !isHex(text.charAt(i + 1)) || !isHex(text.charAt(i + 2))) {
                    return false;
                }
                i += 2;
            } else if (c < '!' || c > '~' || c == '=') {
                return false;
            }
        }
        return true;
    }

    /** What the xtext stands for is printable ASCII (RFC 3461 §4.4). */
    private static boolean isPrintable(String xtext) {
        for (int i = 0; i < xtext.length(); i++) {
            if (xtext.charAt(i) == '+') {
                int code = Integer.parseInt(xtext, i + 1, i + 3, 16);
                if (code < ' ' || code > '~') {
                    return false;
                }
                i += 2;
            }
        }
        return true;
    }

    /** All three forms of RFC 6533 §3; that octets above 127 need SMTPUTF8 is checked for the whole line. */
    private static boolean isUtf8Address(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '!' || c == 0x7F || c == '+' || c == '=') {
                return false;
            }
        }
        return true;
    }

    private static boolean isAtom(String text, int end) {
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            if (!letter) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
    }
}
