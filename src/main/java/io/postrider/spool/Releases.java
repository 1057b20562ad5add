package io.postrider.spool;

import io.postrider.store.Writes;
import java.util.List;

/** How the recorder lets go of what it has recorded. */
public interface Releases {

    /**
     * Adds to {@code into}, which the caller then writes together with its rows, the deletes of these references, of
     * their marks, and of each body whose last reference is among them. What is released already, or being released, is
     * left out, so repeating is harmless. Reads the disk: not for an actor's or stream's thread. {@code into} has to be
     * written: until then the references count as being released.
     */
    void release(Writes into, List<ReferenceRelease> releases);
}
