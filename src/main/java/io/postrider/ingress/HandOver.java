package io.postrider.ingress;

import io.postrider.spool.Reference;
import java.util.List;

/**
 * Brings references that are safe in the spool to their queues: in batches, at least once, and resumed after a crash
 * from the spool's index. Safe for all threads, returns at once.
 */
public interface HandOver {

    /** Call this only after the spool has the references. */
    void offer(List<Reference> references);

    /** True while so much waits for the queues or the recorder that new mail must be refused with 452. */
    boolean isCongested();
}
