package io.postrider.spool;

import java.util.concurrent.CompletionStage;

/** The bytes of a message as they will be sent, before dot-stuffing; read in chunks so that a large one costs little. */
public interface Body {

    /** No chunk is larger, so that a connection holds little of a large body at a time. */
    int CHUNK_BYTES = 256 * 1024;

    long sizeBytes();

    /** At least 1, also for an empty body. */
    int chunks();

    /** The first chunk; it came along with the reference. */
    byte[] first();

    /** @param index from 0 to {@code chunks() - 1}; completes on the spool's threads. The array must not be changed. */
    CompletionStage<byte[]> chunk(int index);
}
