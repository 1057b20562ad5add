package io.postrider.store;

import java.io.IOException;
import java.util.List;

/** Where the writer's batches go. */
interface Disk {

    /** All of them or none, in this order. With {@code sync} it returns when they, and all before them, are on disk. */
    void write(List<Writes> batch, boolean sync) throws IOException;

    /** Returns when all that was written is on disk. */
    void sync() throws IOException;
}
