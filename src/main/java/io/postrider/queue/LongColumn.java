package io.postrider.queue;

import java.util.Arrays;

/** A long for each slot. Grows by whole chunks once it is large, so that growing never needs twice the room. */
final class LongColumn {

    private long[][] chunks = {new long[IntColumn.SMALLEST]};

    long get(int slot) {
        return chunks[slot >>> IntColumn.CHUNK_BITS][slot & IntColumn.CHUNK_MASK];
    }

    void set(int slot, long value) {
        chunks[slot >>> IntColumn.CHUNK_BITS][slot & IntColumn.CHUNK_MASK] = value;
    }

    /** Makes slots 0 to {@code size - 1} usable; contents stay. */
    void room(int size) {
        if (size <= IntColumn.CHUNK && chunks[0].length < size) {
            chunks[0] = Arrays.copyOf(chunks[0], IntColumn.grown(chunks[0].length, size));
        }
        while (size > IntColumn.CHUNK && chunks.length * IntColumn.CHUNK < size) {
            chunks[0] = Arrays.copyOf(chunks[0], IntColumn.CHUNK);
            chunks = Arrays.copyOf(chunks, chunks.length + 1);
            chunks[chunks.length - 1] = new long[IntColumn.CHUNK];
        }
    }

    /** Lets go of what {@code size} slots do not need, with a chunk to spare. */
    void trim(int size) {
        int needed = IntColumn.chunksFor(size) + 1;
        if (needed < chunks.length) {
            chunks = Arrays.copyOf(chunks, needed);
        }
        if (size == 0) {
            chunks = new long[][] {new long[IntColumn.SMALLEST]};
        }
    }
}
