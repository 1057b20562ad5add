package io.postrider;

import io.postrider.metrics.Meters;
import io.postrider.store.StoreListener;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures the store's writer. */
final class StoreMeters implements StoreListener {

    private static final Logger log = LoggerFactory.getLogger(StoreMeters.class);

    private final Meters meters;

    StoreMeters(Meters meters) {
        this.meters = meters;
    }

    @Override
    public void wrote(int writes, long bytes, boolean synced, Duration took, int waiting) {
        if (synced) {
            meters.synced(took.toNanos(), bytes);
        }
    }

    @Override
    public void failed(String reason) {
        log.error("the store could not write and tries again: {}", reason);
    }
}
