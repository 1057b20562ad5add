package io.postrider.record;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Reads what {@link RowBytes} wrote. */
final class RowReader {

    private final byte[] bytes;
    private int next;

    RowReader(byte[] bytes) {
        this.bytes = bytes;
    }

    long number() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes[next++];
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    String text() {
        int size = (int) number();
        String text = new String(bytes, next, size, UTF_8);
        next += size;
        return text;
    }
}
