package io.postrider.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes for the wire, gathered so that they leave in one write. Not safe for more than one thread. */
public final class WireBuffer {

    private static final int FIRST_SIZE = 1024;

    private byte[] bytes = new byte[0];
    private int length;

    public boolean isEmpty() {
        return length == 0;
    }

    public int length() {
        return length;
    }

    /** Makes room for so many more bytes at once. */
    public void reserve(int more) {
        if (bytes.length - length < more) {
            int size = Math.max(length + more, Math.max(FIRST_SIZE, length * 2));
            bytes = Arrays.copyOf(bytes, size);
        }
    }

    /** As UTF-8. */
    @SuppressWarnings("deprecation") // the one way to copy the bytes of an ASCII string without another array
    public WireBuffer put(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > '~') {
                byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                return put(encoded, 0, encoded.length);
            }
        }
        reserve(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
        return this;
    }

    public WireBuffer put(byte[] from, int offset, int count) {
        reserve(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
        return this;
    }

    public WireBuffer put(byte b) {
        reserve(1);
        bytes[length++] = b;
        return this;
    }

    /** All bytes gathered; the array is the caller's and may be longer than {@link #length} was. Starts anew. */
    public Taken take() {
        Taken taken = new Taken(bytes, length);
        bytes = new byte[0];
        length = 0;
        return taken;
    }

    /** The first {@code length} of these bytes. */
    public record Taken(byte[] bytes, int length) {}
}
