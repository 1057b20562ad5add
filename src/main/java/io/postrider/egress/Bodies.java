package io.postrider.egress;

import io.postrider.smtp.WireBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The bodies that one transport sends, one after the other. Confined to its stage. */
final class Bodies {

    /** @param bytes empty when it could not be read */
    record Chunk(BodyFeed of, Optional<byte[]> bytes) {}

    private final Consumer<Chunk> chunks;
    private @Nullable BodyFeed body;
    private boolean fetching;

    /** @param chunks gets each chunk from the spool on another thread: {@link #fetched} */
    Bodies(Consumer<Chunk> chunks) {
        this.chunks = chunks;
    }

    boolean isUnderWay() {
        return body != null;
    }

    void start(Job job) {
        body = new BodyFeed(job);
    }

    /** The job is settled, perhaps before its body was sent. */
    void endOf(Job job) {
        if (body != null && body.isOf(job)) {
            body = null;
        }
    }

    /** Writes one chunk, or what is there of it, and fetches the next one. True when the final dot was written. */
    boolean write(WireBuffer buffer) {
        BodyFeed feed = body;
        if (feed == null) {
            return false;
        }
        if (feed.write(buffer)) {
            body = null;
            return true;
        }
        if (feed.toFetch() > 0 && !fetching) {
            fetching = true;
            feed.body()
                    .chunk(feed.toFetch())
                    .whenComplete((chunk, failure) ->
                            chunks.accept(new Chunk(feed, failure == null ? Optional.of(chunk) : Optional.empty())));
        }
        return false;
    }

    /** False when it was needed and could not be read. What came for an earlier body is of no use. */
    boolean fetched(Chunk chunk) {
        fetching = false;
        if (chunk.of != body) {
            return true;
        }
        chunk.bytes.ifPresent(chunk.of::fetched);
        return chunk.bytes.isPresent();
    }
}
