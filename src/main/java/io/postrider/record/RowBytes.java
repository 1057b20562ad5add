package io.postrider.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Compact bytes of a row: numbers in seven bits a byte, lowest first; texts as their length and UTF-8. */
final class RowBytes {

    private static final int LONGEST_NUMBER = 10;

    private byte[] bytes = new byte[512];
    private int length;

    void clear() {
        length = 0;
    }

    RowBytes number(long value) {
        room(LONGEST_NUMBER);
        while ((value & ~0x7FL) != 0) {
            bytes[length++] = (byte) ((value & 0x7F) | 0x80);
            value >>>= 7;
        }
        bytes[length++] = (byte) value;
        return this;
    }

    RowBytes text(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        number(utf8.length);
        room(utf8.length);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
        return this;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
