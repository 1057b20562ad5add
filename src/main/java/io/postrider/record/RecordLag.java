package io.postrider.record;

/** How far the recorder is behind the queues. Safe for all threads. */
public final class RecordLag {

    private final int bound;
    private volatile long lines;

    RecordLag(int bound) {
        this.bound = bound;
    }

    /** Records that wait to be written. */
    public long lines() {
        return lines;
    }

    /** True while the lag is past {@code history.max-lag}: new mail must be refused with 452. */
    public boolean isCongested() {
        return lines > bound;
    }

    void is(long now) {
        lines = now;
    }
}
