package io.postrider.mime.compose;

import java.nio.charset.StandardCharsets;
import org.apache.james.mime4j.codec.EncoderUtil.Usage;

/**
 * A file's name in the header of its part: in Content-Disposition by RFC 2231, which all that follow the standard read,
 * and in Content-Type as encoded words between quotes, which RFC 2047 §5 does not foresee but which keeps the name
 * legible for those that never learnt RFC 2231.
 */
final class FileName {

    private static final int LONGEST_SECTION = 60;
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private FileName() {}

    /** The parameter {@code filename}, folded. */
    static void appendDisposition(StringBuilder out, String name) {
        if (isSimple(name)) {
            out.append(";\r\n filename=").append(FieldWriter.quoted(name));
            return;
        }
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        StringBuilder section = new StringBuilder(LONGEST_SECTION + 12);
        int number = 0;
        for (int i = 0; i < bytes.length; ) {
            section.setLength(0);
            // A section never ends within a character, though RFC 2231 would allow it.
            while (i < bytes.length && section.length() + 12 <= LONGEST_SECTION) {
                do {
                    append(section, bytes[i++]);
                } while (i < bytes.length && (bytes[i] & 0xc0) == 0x80);
            }
            boolean only = number == 0 && i == bytes.length;
            out.append(";\r\n filename*");
            if (!only) {
                out.append(number).append('*');
            }
            out.append('=').append(number == 0 ? "UTF-8''" : "").append(section);
            number++;
        }
    }

    /** The parameter {@code name}, folded. */
    static void appendContentType(StringBuilder out, String name) {
        if (isSimple(name)) {
            out.append(";\r\n name=").append(FieldWriter.quoted(name));
        } else {
            String words = FieldWriter.encodedWords(name, Usage.WORD_ENTITY, " name=\"".length() + 1);
            out.append(";\r\n name=\"").append(words.replace(" ", "\r\n ")).append('"');
        }
    }

    private static boolean isSimple(String name) {
        return name.length() <= LONGEST_SECTION && Plain.isAscii(name) && !name.contains("=?");
    }

    private static void append(StringBuilder out, byte octet) {
        char c = (char) (octet & 0xff);
        boolean plain = c <= '~' && c > ' ' && "*'%".indexOf(c) < 0 && Plain.isToken(String.valueOf(c));
        if (plain) {
            out.append(c);
        } else {
            out.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
        }
    }
}
