package io.postrider.queue;

import java.util.Arrays;

/** An int for each slot; see {@link LongColumn}. */
final class IntColumn {

    static final int CHUNK_BITS = 12;
    static final int CHUNK = 1 << CHUNK_BITS;
    static final int CHUNK_MASK = CHUNK - 1;
    /** A hundred thousand queues of one message each should not hold more than that. */
    static final int SMALLEST = 2;

    private int[][] chunks = {new int[SMALLEST]};

    int get(int slot) {
        return chunks[slot >>> CHUNK_BITS][slot & CHUNK_MASK];
    }

    void set(int slot, int value) {
        chunks[slot >>> CHUNK_BITS][slot & CHUNK_MASK] = value;
    }

    /** Makes slots 0 to {@code size - 1} usable; contents stay. */
    void room(int size) {
        if (size <= CHUNK && chunks[0].length < size) {
            chunks[0] = Arrays.copyOf(chunks[0], grown(chunks[0].length, size));
        }
        while (size > CHUNK && chunks.length * CHUNK < size) {
            chunks[0] = Arrays.copyOf(chunks[0], CHUNK);
            chunks = Arrays.copyOf(chunks, chunks.length + 1);
            chunks[chunks.length - 1] = new int[CHUNK];
        }
    }

    /** Lets go of what {@code size} slots do not need, with a chunk to spare. */
    void trim(int size) {
        int needed = chunksFor(size) + 1;
        if (needed < chunks.length) {
            chunks = Arrays.copyOf(chunks, needed);
        }
        if (size == 0) {
            chunks = new int[][] {new int[SMALLEST]};
        }
    }

    static int grown(int length, int size) {
        return Math.min(CHUNK, Math.max(size, length * 2));
    }

    static int chunksFor(int size) {
        return (size + CHUNK_MASK) >>> CHUNK_BITS;
    }
}
