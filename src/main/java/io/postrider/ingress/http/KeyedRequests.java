package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.ingress.Idempotency;
import io.postrider.ingress.Idempotency.Ended;
import io.postrider.ingress.Idempotency.Turn;
import io.postrider.spool.Fingerprint;
import io.postrider.spool.Reservation.Answer;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** Requests, and items of batches, that name a key of their own: each is done once. Safe for all threads. */
final class KeyedRequests {

    static final String HEADER = "Idempotency-Key";

    /** Tells that an answer is not the first. */
    static final String REPLAYED = "Idempotent-Replayed";

    /**
     * An answer as it is kept.
     *
     * @param json in UTF-8; not copied
     * @param replayed whether it was given before
     */
    record Result(int status, byte[] json, boolean replayed) {}

    private final Idempotency idempotency;

    KeyedRequests(Idempotency idempotency) {
        this.idempotency = idempotency;
    }

    /** The key that the request names in its header. @throws Problem 422 when it cannot be one */
    static Optional<String> key(HttpRequest request) {
        Optional<String> found = Optional.empty();
        for (HttpHeader header : request.getHeaders()) {
            if (header.is("idempotency-key")) {
                if (found.isPresent()) {
                    throw Problem.invalid("?" + HEADER, "expected one key, but got several");
                }
                found = Optional.of(header.value());
            }
        }
        found.ifPresent(key -> check(key, "?" + HEADER));
        return found;
    }

    /** @throws Problem 422 when this cannot be a key */
    static void check(String key, String pointer) {
        if (!Idempotency.isKey(key)) {
            throw Problem.invalid(pointer, "expected 1 to " + Idempotency.LONGEST_KEY + " printable ASCII characters");
        }
    }

    /** Of what the request asks: its path and type, the envelope in its headers, and so many bytes of a body. */
    static Fingerprint payload(HttpRequest request, byte[] bytes, int length) {
        MessageDigest digest = Fingerprint.digest();
        Fingerprint.add(digest, request.getUri().path());
        Fingerprint.add(
                digest, request.entity().getContentType().mediaType().toString().toLowerCase(Locale.ROOT));
        TreeMap<String, String> asking = new TreeMap<>();
        for (HttpHeader header : request.getHeaders()) {
            if (header.lowercaseName().startsWith("x-envelope-")
                    || header.lowercaseName().startsWith("x-postrider-")) {
                asking.merge(header.lowercaseName(), header.value(), (one, two) -> one + "\n" + two);
            }
        }
        asking.forEach((name, value) -> {
            Fingerprint.add(digest, name);
            Fingerprint.add(digest, value);
        });
        Fingerprint.add(digest, "");
        digest.update(bytes, 0, length);
        return Fingerprint.of(digest);
    }

    /** Of one item of a batch, by its text in JSON. */
    static Fingerprint payload(String item) {
        return Fingerprint.of("item", item);
    }

    /**
     * Does the work unless it was done. Fails with {@link Problem} 409 while another request does it, and 422 when the key
     * was used for something else; also as the work fails, and as {@link Idempotency#once}.
     *
     * @param work on Pekko's threads; says whether its result stands for something accepted
     */
    CompletionStage<Result> once(
            Caller caller, String key, Fingerprint payload, Function<Turn, CompletionStage<Ended<Result>>> work) {
        String owner = caller.isTrustedHost() ? Idempotency.TRUSTED_HOST : caller.owner();
        return idempotency.once(owner, key, payload, new Idempotency.Work<Result>() {
            @Override
            public CompletionStage<Ended<Result>> run(Turn turn) {
                return work.apply(turn);
            }

            @Override
            public Result replayed(Answer answer) {
                return new Result(answer.code(), answer.text(), true);
            }

            @Override
            public Result inFlight() {
                throw Problem.of(409, "idempotency_in_flight", "a request with this key is being worked on")
                        .with("Retry-After", "1");
            }

            @Override
            public Result otherPayload() {
                throw Problem.of(422, "idempotency_mismatch", "this key was used with another body");
            }
        });
    }

    /** All of it is accepted: repeats get this result. */
    static Ended<Result> accepted(Result result) {
        return new Ended.Accepted<>(result, new Answer(result.status(), result.json()));
    }
}
