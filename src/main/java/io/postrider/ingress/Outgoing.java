package io.postrider.ingress;

import io.postrider.net.Link;
import io.postrider.tls.Veil;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What a connection says: in order, one send at a time, plain at first and veiled later. Confined to its thread. */
final class Outgoing {

    private static final byte[] NOTHING = {};

    private final Link link;
    private byte[] waiting = NOTHING;
    private boolean sending;
    private @Nullable Veil veil;

    Outgoing(Link link) {
        this.link = link;
    }

    void veil(Veil veil) {
        this.veil = veil;
    }

    void add(byte[] replies) {
        if (replies.length > 0) {
            waiting = waiting.length == 0 ? replies : joined(waiting, replies);
        }
    }

    /** @throws IOException when the connection is broken */
    void flush() throws IOException {
        if (!sending) {
            byte[] ready = veil == null ? waiting : veil.cover(waiting);
            waiting = NOTHING;
            sending = ready.length > 0 && !link.send(ByteBuffer.wrap(ready));
        }
    }

    /** The system has taken what was under way. */
    void sent() {
        sending = false;
    }

    boolean isSending() {
        return sending;
    }

    /** Nothing more is said. Nobody waits for close_notify: if the system takes it not at once, TCP's end must do. */
    void end() {
        if (veil != null) {
            try {
                link.send(ByteBuffer.wrap(veil.farewell()));
            } catch (IOException gone) {
                link.abort();
                return;
            }
        }
        link.finish();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
