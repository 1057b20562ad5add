package io.postrider.spool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A body of one chunk. */
record WholeBody(byte[] first) implements Body {

    @Override
    public long sizeBytes() {
        return first.length;
    }

    @Override
    public int chunks() {
        return 1;
    }

    @Override
    public CompletionStage<byte[]> chunk(int index) {
        return index == 0
                ? CompletableFuture.completedStage(first)
                : CompletableFuture.failedStage(
                        new IndexOutOfBoundsException("expected chunk 0 of 1, but got " + index));
    }
}
