package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.ingress.ReceiveBudget;
import java.util.Arrays;
import java.util.Optional;
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
    private Optional<Problem> refusal = Optional.empty();

    Body(ReceiveBudget budget, long maxBytes, long announced) {
        this.budget = budget;
        this.maxBytes = maxBytes;
        this.announced = announced;
    }

    /** A body that came whole. @throws Problem 503 when there is no room for it */
    static Body whole(ReceiveBudget budget, byte[] bytes) {
        if (!budget.take(bytes.length)) {
            throw noRoom();
        }
        Body body = new Body(budget, bytes.length, bytes.length);
        body.bytes = bytes;
        body.length = bytes.length;
        return body;
    }

    /**
     * Takes more. What is too large, or finds no room, is swallowed for a while, so that the client reads the answer
     * instead of a reset.
     *
     * @throws Problem 413 or 503 when it goes on for ever
     */
    Body add(byte[] more) {
        if (refusal.isEmpty() && length + (long) more.length > maxBytes) {
            refuse(tooLarge(maxBytes));
        } else if (refusal.isEmpty() && length + more.length > bytes.length && !grow(length + more.length)) {
            refuse(noRoom());
        }
        if (refusal.isEmpty()) {
            System.arraycopy(more, 0, bytes, length, more.length);
            length += more.length;
            return this;
        }
        swallowed += more.length;
        if (swallowed > maxBytes) {
            throw refusal.get();
        }
        return this;
    }

    /** The end has come. @throws Problem 413 when it was too large, 503 when there was no room for it */
    Body whole() {
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        return this;
    }

    private void refuse(Problem why) {
        swallowed = length;
        refusal = Optional.of(why);
        release();
    }

    static Problem noRoom() {
        return Problem.overloaded("too many bytes of requests are on their way; try again later");
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

    /** @return whether there was room for it */
    private boolean grow(int needed) {
        long doubled = Math.max(SMALL, 2L * bytes.length);
        boolean believed = announced >= needed && (announced <= SMALL || announced <= doubled);
        int capacity = (int) Math.min(maxBytes, Math.max(needed, believed ? announced : doubled));
        if (!budget.take(capacity - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, capacity);
        return true;
    }
}
