package io.postrider.tls;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that wait to be taken. Mostly one piece, which then is not copied again. */
final class Pile {

    private static final byte[] NONE = {};

    private byte[] bytes = NONE;
    private int length;

    /** Takes what is between the buffer's start and its position, and clears it. */
    void add(ByteBuffer written) {
        int more = written.flip().remaining();
        if (more > 0) {
            room(more);
            written.get(bytes, length, more);
            length += more;
        }
        written.clear();
    }

    private void room(int more) {
        if (length == 0) {
            bytes = new byte[more];
        } else if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }

    byte[] take() {
        byte[] all = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        bytes = NONE;
        length = 0;
        return all;
    }

    boolean isEmpty() {
        return length == 0;
    }
}
