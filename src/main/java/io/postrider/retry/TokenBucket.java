package io.postrider.retry;

/**
 * Counts what may start under a {@link Rate}. Holds the burst and refills at such a pace that no window ever sees more
 * than the rate's count. Times are of a monotonic clock, in nanoseconds. Not safe for more than one thread.
 */
public final class TokenBucket {

    private final boolean unlimited;
    private final long capacity;
    private final long intervalNanos;
    private long tokens;
    /** Tokens are counted up to here; the part of an interval behind it is not yet worth a token. */
    private long countedNanos;

    private TokenBucket(Rate rate, long tokens, long countedNanos) {
        unlimited = rate.isUnlimited();
        capacity = Math.max(1, rate.burst());
        // Rounded up: a bucket may be slower than its rate by a hair, never faster.
        intervalNanos = unlimited ? 0 : Math.ceilDiv(rate.window().toNanos(), (long) rate.refillPerWindow());
        this.tokens = tokens;
        this.countedNanos = countedNanos;
    }

    /** For a destination that nothing was sent to within the last window. */
    public static TokenBucket full(Rate rate, long nowNanos) {
        return new TokenBucket(rate, Math.max(1, rate.burst()), nowNanos);
    }

    /** After an unclean stop nobody knows what the last window has seen: empty, and the first token in one window. */
    public static TokenBucket afterUncleanStop(Rate rate, long nowNanos) {
        TokenBucket bucket = new TokenBucket(rate, 0, nowNanos);
        bucket.countedNanos = nowNanos + (rate.isUnlimited() ? 0 : rate.window().toNanos() - bucket.intervalNanos);
        return bucket;
    }

    /** After a clean stop with so many tokens left. */
    public static TokenBucket holding(Rate rate, int tokens, long nowNanos) {
        return new TokenBucket(rate, Math.clamp(tokens, 0, Math.max(1, rate.burst())), nowNanos);
    }

    /** Takes up to {@code wanted} and says how many it got, from 0. */
    public int take(int wanted, long nowNanos) {
        if (unlimited) {
            return wanted;
        }
        refill(nowNanos);
        int taken = (int) Math.min(Math.max(0, wanted), tokens);
        tokens -= taken;
        return taken;
    }

    /** Puts back what was taken and not used. */
    public void giveBack(int unused) {
        tokens = Math.min(capacity, tokens + unused);
    }

    /** How long until {@link #take} gets at least one; 0 when it would now. */
    public long nanosUntilNext(long nowNanos) {
        if (unlimited) {
            return 0;
        }
        refill(nowNanos);
        return tokens > 0 ? 0 : countedNanos + intervalNanos - nowNanos;
    }

    /** Whole tokens held now; the largest int when unlimited. */
    public int held(long nowNanos) {
        refill(nowNanos);
        return unlimited ? Integer.MAX_VALUE : (int) tokens;
    }

    /** Nothing of the last window counts any more. */
    public boolean isFull(long nowNanos) {
        refill(nowNanos);
        return unlimited || tokens == capacity;
    }

    private void refill(long nowNanos) {
        if (unlimited || nowNanos - countedNanos <= 0) {
            return;
        }
        long due = (nowNanos - countedNanos) / intervalNanos;
        if (tokens + due >= capacity) {
            // A full bucket gains nothing, not even a part of a token.
            tokens = capacity;
            countedNanos = nowNanos;
        } else {
            tokens += due;
            countedNanos += due * intervalNanos;
        }
    }
}
