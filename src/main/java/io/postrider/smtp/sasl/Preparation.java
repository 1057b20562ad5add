package io.postrider.smtp.sasl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;

/**
 * Names and passwords in one form, so that what people type alike is alike: SASLprep (RFC 4013) but for its tables of
 * unassigned and bidirectional characters. Spaces become U+0020, what is invisible goes, the rest is NFKC.
 */
public final class Preparation {

    private static final String INVISIBLE = "\u00AD\u034F\u1806\u180B\u180C\u180D\u200B\u200C\u200D\u2060\uFEFF";

    private Preparation() {}

    /** Empty when it holds what nobody could mean: controls, halves of characters; or when nothing is left. */
    public static Optional<String> of(String text) {
        StringBuilder mapped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean variation = c >= '\uFE00' && c <= '\uFE0F';
            if (INVISIBLE.indexOf(c) < 0 && !variation) {
                mapped.append(Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c);
            }
        }
        String prepared = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        boolean wrong = prepared.isEmpty()
                || prepared.codePoints()
                        .anyMatch(c -> Character.isISOControl(c)
                                || Character.getType(c) == Character.SURROGATE
                                || Character.getType(c) == Character.PRIVATE_USE);
        return wrong ? Optional.empty() : Optional.of(prepared);
    }

    /** The same of UTF-8. */
    static Optional<String> of(byte[] bytes, int from, int to) {
        try {
            return of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }
}
