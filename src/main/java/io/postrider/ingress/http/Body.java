package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.ingress.ReceiveBudget;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A request's body in one array, which counts against the node's budget until it is {@linkplain #release released}. It
 * grows as bytes come; an announced size is believed as far as it costs little or has half come. Belongs to one stream,
 * later to one task.
 */
final class Body {

    private static final int SMALL = 64 * 1024;

    private final ReceiveBudget budget;
    private final long maxBytes;
    private final long announced;
    private byte[] bytes = {};
    private int length;
    private long swallowed;
    private boolean tooLarge;

    Body(ReceiveBudget budget, long maxBytes, long announced) {
        this.budget = budget;
        this.maxBytes = maxBytes;
        this.announced = announced;
    }

    /** A body that came whole. @throws Problem 503 when there is no room for it */
    static Body whole(ReceiveBudget budget, byte[] bytes) {
        Body body = new Body(budget, bytes.length, bytes.length);
        body.take(bytes.length);
        body.bytes = bytes;
        body.length = bytes.length;
        return body;
    }

    /**
     * Takes more. What is too large is swallowed for a while, so that the client reads the answer instead of a reset.
     *
     * @throws Problem 503 when there is no room, 413 when it goes on for ever
     */
    Body add(byte[] more) {
        if (tooLarge || length + (long) more.length > maxBytes) {
            tooLarge = true;
            release();
            swallowed += more.length;
            if (swallowed > maxBytes) {
                throw tooLarge(maxBytes);
            }
            return this;
        }
        if (length + more.length > bytes.length) {
            grow(length + more.length);
        }
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
        return this;
    }

    /** The end has come. @throws Problem 413 when it was too large */
    Body whole() {
        if (tooLarge) {
            throw tooLarge(maxBytes);
        }
        return this;
    }

    static Problem tooLarge(long maxBytes) {
        return Problem.of(413, "body_too_large", "expected a body of at most " + maxBytes + " bytes");
    }

    byte[] bytes() {
        return bytes;
    }

    /** Behind it, the array means nothing. */
    int length() {
        return length;
    }

    long received() {
        return length + swallowed;
    }

    /** Keeps the memory while this is worked on, and gives it back however that ends. Throws what {@code work} throws. */
    <T> CompletionStage<T> during(Supplier<CompletionStage<T>> work) {
        CompletionStage<T> done;
        try {
            done = work.get();
        } catch (RuntimeException e) {
            release();
            throw e;
        }
        return done.whenComplete((result, failure) -> release());
    }

    /** Gives the memory back. Harmless to repeat. */
    void release() {
        budget.giveBack(bytes.length);
        bytes = new byte[0];
        length = 0;
    }

    private void grow(int needed) {
        long doubled = Math.max(SMALL, 2L * bytes.length);
        boolean believed = announced >= needed && (announced <= SMALL || announced <= doubled);
        int capacity = (int) Math.min(maxBytes, Math.max(needed, believed ? announced : doubled));
        take(capacity - bytes.length);
        bytes = Arrays.copyOf(bytes, capacity);
    }

    private void take(int more) {
        if (!budget.take(more)) {
            release();
            throw Problem.overloaded("too many bytes of requests are on their way; try again later");
        }
    }
}
