package io.postrider.cli.wire;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A histogram of durations from a microsecond to hours whose buckets are at most 1/16 wide of their value. Safe for all
 * threads.
 */
public final class Latencies {

    private static final int STEPS = 16;
    private static final int STEP_BITS = 4;

    private final AtomicLongArray buckets = new AtomicLongArray(STEPS * 60);

    public void add(long nanos) {
        buckets.incrementAndGet(bucketOf(Math.max(0, nanos / 1000)));
    }

    public long count() {
        long sum = 0;
        for (int i = 0; i < buckets.length(); i++) {
            sum += buckets.get(i);
        }
        return sum;
    }

    /**
     * The upper edge of the bucket that holds this share of all values; zero when there are none.
     *
     * @param share from 0 to 1; 1 gives the largest value
     */
    public Duration percentile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * count()));
        long seen = 0;
        for (int i = 0; i < buckets.length(); i++) {
            seen += buckets.get(i);
            if (seen >= rank) {
                return Duration.ofNanos(upperEdge(i) * 1000);
            }
        }
        return Duration.ZERO;
    }

    /** The first 16 buckets are a microsecond wide, and each next 16 twice as wide as those before. */
    private static int bucketOf(long micros) {
        if (micros < STEPS) {
            return (int) micros;
        }
        int shift = 63 - Long.numberOfLeadingZeros(micros) - STEP_BITS;
        return STEPS * (shift + 1) + (int) (micros >>> shift) - STEPS;
    }

    private static long upperEdge(int bucket) {
        if (bucket < STEPS) {
            return bucket + 1L;
        }
        int shift = bucket / STEPS - 1;
        return (long) (bucket % STEPS + STEPS + 1) << shift;
    }
}
