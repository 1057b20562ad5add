package io.postrider.mime.compose;

import java.util.Locale;
import java.util.Optional;

/**
 * The content type of an attachment, as RFC 2045 §5.1 writes it.
 *
 * @param essence {@code type/subtype} in lower case
 * @param parameters each as {@code ; name=value}, without {@code name} and {@code boundary}, which are ours
 */
record MediaType(String essence, String parameters) {

    static final MediaType OCTETS = new MediaType("application/octet-stream", "");

    private static final int LONGEST = 250;

    /** Empty when {@code text} is no content type of a file. */
    static Optional<MediaType> parse(String text) {
        if (text.length() > LONGEST || !Plain.isAscii(text)) {
            return Optional.empty();
        }
        int semicolon = text.indexOf(';');
        String essence =
                (semicolon < 0 ? text : text.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
        int slash = essence.indexOf('/');
        if (slash < 0
                || !Plain.isToken(essence.substring(0, slash))
                || !Plain.isToken(essence.substring(slash + 1))
                || essence.startsWith("multipart/")) {
            return Optional.empty();
        }
        StringBuilder parameters = new StringBuilder();
        return semicolon < 0 || readParameters(text, semicolon, parameters)
                ? Optional.of(new MediaType(essence, parameters.toString()))
                : Optional.empty();
    }

    /** Whether this is a message of its own, which may not be encoded (RFC 2046 §5.2.1). */
    boolean isMessage() {
        return essence.startsWith("message/");
    }

    private static boolean readParameters(String text, int from, StringBuilder into) {
        int i = from;
        while (i < text.length()) {
            int equals = text.indexOf('=', i);
            if (equals < 0) {
                return text.substring(i + 1).isBlank();
            }
            String name = text.substring(i + 1, equals).strip();
            int end = endOfValue(text, equals + 1);
            String value = end < 0 ? "" : text.substring(equals + 1, end).strip();
            if (!Plain.isToken(name) || !(Plain.isToken(value) || value.startsWith("\""))) {
                return false;
            }
            if (!name.equalsIgnoreCase("name") && !name.equalsIgnoreCase("boundary")) {
                into.append("; ").append(name).append('=').append(value);
            }
            i = end;
        }
        return true;
    }

    /** Where the semicolon behind a value stands, or the end; negative when a quoted string does not end well. */
    private static int endOfValue(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) == ' ') {
            i++;
        }
        if (i == text.length() || text.charAt(i) != '"') {
            int semicolon = text.indexOf(';', i);
            return semicolon < 0 ? text.length() : semicolon;
        }
        for (i++; i < text.length() && text.charAt(i) != '"'; i++) {
            if (text.charAt(i) == '\\') {
                i++;
            }
        }
        if (i >= text.length()) {
            return -1;
        }
        int semicolon = text.indexOf(';', i);
        int end = semicolon < 0 ? text.length() : semicolon;
        return text.substring(i + 1, end).isBlank() ? end : -1;
    }
}
