package io.postrider.smtp;

import java.util.Arrays;

/** Replies waiting to be sent; a single one, which is the usual case, is passed on without a copy. */
final class ReplyBuffer {

    private static final byte[] EMPTY = new byte[0];

    private byte[] bytes = EMPTY;
    private int length;
    private boolean shared = true;

    void add(byte[] reply) {
        if (length == 0) {
            bytes = reply;
            length = reply.length;
            shared = true;
            return;
        }
        int needed = length + reply.length;
        if (shared || needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * length));
            shared = false;
        }
        System.arraycopy(reply, 0, bytes, length, reply.length);
        length = needed;
    }

    /** What was added since the last call; not to be changed by the caller. */
    byte[] take() {
        byte[] taken = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        bytes = EMPTY;
        length = 0;
        return taken;
    }
}
