package io.postrider.dkim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The signed fields of one message as the signature sees them (RFC 6376 §3.4.1, §3.4.2), gathered in one buffer. */
final class HeaderBytes {

    private byte[] bytes = new byte[2048];
    private int length;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    /** One field, from its first byte to behind its line end, which may be missing. */
    void field(Canonicalization.Form form, byte[] message, int from, int colon, int to) {
        int end = to - from >= 2 && message[to - 2] == '\r' && message[to - 1] == '\n' ? to - 2 : to;
        reserve(end - from + 2);
        switch (form) {
            case SIMPLE -> {
                System.arraycopy(message, from, bytes, length, end - from);
                length += end - from;
            }
            case RELAXED -> {
                name(message, from, colon);
                value(message, colon + 1, end);
            }
        }
        bytes[length++] = '\r';
        bytes[length++] = '\n';
    }

    /** The signature's own field: with an empty {@code b=}, and without a line end (RFC 6376 §3.7). */
    void signature(Canonicalization.Form form, String field) {
        byte[] ascii = field.getBytes(StandardCharsets.ISO_8859_1);
        field(form, ascii, 0, field.indexOf(':'), ascii.length);
        length -= 2;
    }

    private void name(byte[] message, int from, int colon) {
        for (int i = from; i < colon; i++) {
            byte b = message[i];
            if (b != ' ' && b != '\t') {
                bytes[length++] = (byte) (b >= 'A' && b <= 'Z' ? b | 0x20 : b);
            }
        }
        bytes[length++] = ':';
    }

    private void value(byte[] message, int from, int end) {
        int start = length;
        boolean blank = false;
        for (int i = from; i < end; i++) {
            byte b = message[i];
            if (b == ' ' || b == '\t') {
                blank = true;
            } else if (b == '\r' && i + 1 < end && message[i + 1] == '\n') {
                i++;
            } else {
                if (blank && length > start) {
                    bytes[length++] = ' ';
                }
                blank = false;
                bytes[length++] = b;
            }
        }
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
