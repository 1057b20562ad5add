package io.postrider.dkim;

import java.util.Locale;
import java.util.Optional;

/**
 * What may change on the way without breaking a signature: the value of {@code c=} (RFC 6376 §3.4).
 *
 * @param header how fields are read
 * @param body how the body is read
 */
public record Canonicalization(Form header, Form body) {

    /** Survives what relays do to white space. */
    public static final Canonicalization RELAXED = new Canonicalization(Form.RELAXED, Form.RELAXED);

    /** How much is forgiven. */
    public enum Form {
        /** Nearly nothing: empty lines at the end. */
        SIMPLE,
        /** White space that was added, removed or folded, and the case of field names. */
        RELAXED;

        private static Optional<Form> parse(String word) {
            return switch (word) {
                case "simple" -> Optional.of(SIMPLE);
                case "relaxed" -> Optional.of(RELAXED);
                default -> Optional.empty();
            };
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Reads {@code relaxed/simple}; without the second word the body is simple. Empty when it is neither. */
    public static Optional<Canonicalization> parse(String text) {
        int slash = text.indexOf('/');
        Optional<Form> header = Form.parse(slash < 0 ? text : text.substring(0, slash));
        Optional<Form> body = slash < 0 ? Optional.of(Form.SIMPLE) : Form.parse(text.substring(slash + 1));
        return header.flatMap(ofHeader -> body.map(ofBody -> new Canonicalization(ofHeader, ofBody)));
    }

    @Override
    public String toString() {
        return header.word() + "/" + body.word();
    }
}
