package io.postrider.ingress.http;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Takes decoded bytes into one array whose size was well guessed, and gives them away without a copy. */
final class Decoded extends OutputStream {

    private byte[] bytes;
    private int length;

    Decoded(int size) {
        bytes = new byte[size];
    }

    @Override
    public void write(int b) {
        ensure(1);
        bytes[length++] = (byte) b;
    }

    @Override
    public void write(byte[] from, int offset, int count) {
        ensure(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, length).slice();
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length + bytes.length / 2));
        }
    }
}
