package io.postrider;

import io.postrider.metrics.Meters;
import io.postrider.store.StoreListener;
import java.time.Duration;

/** Measures the store's writer. */
final class StoreMeters implements StoreListener {

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
        meters.storeFailed();
    }
}
