package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.ingress.ReceiveBudget;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;

/** Reads bodies within their bounds of size, time and memory. Safe for all threads. */
final class Bodies {

    private static final long GRACE_NANOS = 30_000_000_000L;
    private static final double NANOS = 1e9;
    /** So the library begins to complain of a chunk that is too large; its exceptions tell no other difference. */
    private static final String CHUNK = "HTTP chunk of ";

    private final HttpSettings settings;
    private final ReceiveBudget budget;
    private final LongSupplier ticker;
    private final Materializer materializer;

    /** @param ticker nanoseconds that only go forward */
    Bodies(HttpSettings settings, ReceiveBudget budget, LongSupplier ticker, Materializer materializer) {
        this.settings = settings;
        this.budget = budget;
        this.ticker = ticker;
        this.materializer = materializer;
    }

    ReceiveBudget budget() {
        return budget;
    }

    /** The media type without parameters, in lower case. @throws Problem 415 when the body is compressed */
    static String mediaType(HttpRequest request) {
        String encoding =
                request.getHeader("Content-Encoding").map(HttpHeader::value).orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw Problem.of(415, "unsupported_encoding", "expected a body without Content-Encoding");
        }
        return request.entity().getContentType().mediaType().toString().toLowerCase(java.util.Locale.ROOT);
    }

    /** The whole body; the caller releases it. Fails with a {@link Problem}. */
    CompletionStage<Body> read(HttpRequest request) {
        HttpEntity entity = request.entity();
        long max = settings.maxBodySize();
        if (entity instanceof HttpEntity.Strict strict) {
            if (strict.getData().size() > max) {
                throw Body.tooLarge(max);
            }
            return CompletableFuture.completedStage(
                    Body.whole(budget, strict.getData().toArrayUnsafe()));
        }
        long announced = entity.getContentLengthOption().orElse(-1);
        if (announced > max) {
            throw Body.tooLarge(max);
        }
        if (announced > budget.left()) {
            throw Body.noRoom();
        }
        Body body = new Body(budget, max, announced);
        long start = ticker.getAsLong();
        return entity.withoutSizeLimit()
                .getDataBytes()
                .map(bytes -> bytes.toArrayUnsafe())
                .idleTimeout(settings.idleTimeout())
                .completionTimeout(settings.bodyTimeout())
                .runWith(
                        Sink.<Body, byte[]>fold(body, (so, more) -> {
                            checkPace(so, start);
                            return so.add(more);
                        }),
                        materializer)
                .handle((whole, failure) -> {
                    if (failure == null) {
                        return body.whole();
                    }
                    body.release();
                    throw problem(failure);
                });
    }

    private void checkPace(Body body, long start) {
        long nanos = ticker.getAsLong() - start - GRACE_NANOS;
        if (nanos > 0 && body.received() < nanos / NANOS * settings.body().minRate()) {
            throw tooSlow();
        }
    }

    private static RuntimeException problem(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Problem problem) {
            return problem;
        }
        if (cause instanceof EntityStreamException broken
                && broken.info().summary().startsWith(CHUNK)) {
            return Problem.of(413, "body_too_large", broken.info().summary());
        }
        return cause instanceof TimeoutException
                ? tooSlow()
                : Problem.of(400, "malformed_body", "the body ended before its end");
    }

    private static Problem tooSlow() {
        return Problem.of(408, "body_too_slow", "the body came too slowly").with("Connection", "close");
    }
}
