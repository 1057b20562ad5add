package io.postrider.spool;

import io.postrider.store.Store;
import io.postrider.store.StoreFailed;
import io.postrider.store.Table;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A body of several chunks, each read from the store when it is wanted. */
record ChunkedBody(Reference reference, int chunks, byte[] first, Store store, Table bodies) implements Body {

    @Override
    public long sizeBytes() {
        return reference.sizeBytes();
    }

    @Override
    public CompletionStage<byte[]> chunk(int index) {
        if (index == 0) {
            return CompletableFuture.completedStage(first);
        }
        return store.reading(() -> store.get(bodies, Keys.body(reference.message(), index))
                .orElseThrow(() -> new StoreFailed("chunk " + index + " of " + chunks + " of message "
                        + reference.message() + " is not in the spool")));
    }
}
