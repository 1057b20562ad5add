package io.postrider.egress;

import io.postrider.mail.MessageId;
import io.postrider.smtp.DotStuffer;
import io.postrider.smtp.WireBuffer;
import io.postrider.spool.Body;
import org.jspecify.annotations.Nullable;

/** One body on its way to the wire: a chunk at a time, the next one fetched while the last one leaves. */
final class BodyFeed {

    private final MessageId message;
    private final Body body;
    private final DotStuffer stuffer = new DotStuffer();
    private int written;
    private byte @Nullable [] fetched;

    BodyFeed(Job job) {
        message = job.envelope().message();
        body = job.body();
        fetched = body.first();
    }

    /** The chunk to fetch now, from 1; 0 when none is to be fetched. */
    int toFetch() {
        return fetched == null && written < body.chunks() ? written : 0;
    }

    boolean isOf(Job job) {
        return job.isFor(message);
    }

    Body body() {
        return body;
    }

    void fetched(byte[] chunk) {
        fetched = chunk;
    }

    /** Writes what is there; true when the final dot was written. */
    boolean write(WireBuffer out) {
        byte[] chunk = fetched;
        if (chunk == null) {
            return false;
        }
        fetched = null;
        written++;
        boolean last = written == body.chunks();
        // Room for the stuffing, the dot and the next envelope, so that a small message is one array.
        out.reserve(chunk.length + (chunk.length >> 6) + 512);
        stuffer.write(chunk, out);
        if (last) {
            stuffer.end(out);
        }
        return last;
    }
}
