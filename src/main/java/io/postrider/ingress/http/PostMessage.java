package io.postrider.ingress.http;

import com.fasterxml.jackson.core.JsonFactory;
import io.postrider.http.Answers;
import io.postrider.http.Problem;
import io.postrider.http.Queries;
import io.postrider.ingress.Idempotency;
import io.postrider.ingress.Idempotency.Turn;
import io.postrider.mime.template.Templates;
import io.postrider.spool.Fingerprint;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** {@code POST /v1/message}: one message as JSON, or a finished one as {@code message/rfc822}. */
final class PostMessage implements Handler {

    static final String JSON = "application/json";
    private static final String RAW = "message/rfc822";
    private static final String NO_KEY = "expected 1 to " + Idempotency.LONGEST_KEY + " printable ASCII characters";

    private final HttpSettings settings;
    private final Injection injection;
    private final Templates templates;
    private final Bodies bodies;
    private final Workers workers;
    private final InstantSource clock;
    private final JsonFactory factory;

    PostMessage(
            HttpSettings settings,
            Injection injection,
            Templates templates,
            Bodies bodies,
            Workers workers,
            InstantSource clock) {
        this.settings = settings;
        this.injection = injection;
        this.templates = templates;
        this.bodies = bodies;
        this.workers = workers;
        this.clock = clock;
        this.factory = JsonInput.factory(settings.body().maxText(), JsonInput.MOST_TOKENS);
    }

    @Override
    public CompletionStage<HttpResponse> answer(Call call) {
        Queries.of(call.request(), Set.of());
        String type = Bodies.mediaType(call.request());
        if (!type.equals(JSON) && !type.equals(RAW)) {
            throw Problem.of(
                    415, "unsupported_media_type", "expected a body of type application/json or message/rfc822");
        }
        Optional<String> key = key(call);
        if (injection.intake().isCongested()) {
            throw Problem.overloaded("too much mail is waiting; try again later");
        }
        return bodies.read(call.request())
                .thenCompose(body -> body.during(() -> workers.run(body.length(), () -> posted(call, type, body, key))))
                .thenApply(Outcome::response);
    }

    private CompletionStage<Outcome> posted(Call call, String type, Body body, Optional<String> key) {
        if (key.isEmpty()) {
            return made(call, type, body, Optional.empty());
        }
        int length = body.length();
        Injection.Key under = new Injection.Key(key.get(), payload(call, type, body.bytes(), 0, length));
        return injection.once(
                call, under, turn -> workers.run(length, () -> made(call, type, body, Optional.of(turn))));
    }

    /** Throws nothing, whatever the thread: what is thrown within, is so before anything was taken, and frees the key. */
    private CompletionStage<Outcome> made(Call call, String type, Body body, Optional<Turn> turn) {
        try {
            return type.equals(RAW) ? madeOfRaw(call, body, turn) : madeOfJson(call, body, turn);
        } catch (RuntimeException e) {
            return CompletableFuture.completedStage(new Outcome.Failed(Answers.toProblem(call.request(), e)));
        }
    }

    private CompletionStage<Outcome> madeOfRaw(Call call, Body body, Optional<Turn> turn) {
        Order order = new RawOrder(call.request(), body.bytes(), body.length(), settings.body());
        return injection.inject(order, call, turn);
    }

    private CompletionStage<Outcome> madeOfJson(Call call, Body body, Optional<Turn> turn) {
        MessageRequest request = read(body.bytes(), 0, body.length());
        if (request.idempotencyKey().isPresent()) {
            throw Problem.invalid("/idempotency_key", "expected the key in the header field Idempotency-Key");
        }
        boolean isApart = workers.isLarge(body.length());
        // What was read has its own copies: a large body need not stay while its message is made and kept.
        body.release();
        return isApart ? injection.inject(order(request), call, turn) : work(request, call, turn);
    }

    /** Work on a whole request: apart where that is large. Fails with a {@link Problem}; throws nothing. */
    <T> CompletionStage<T> worked(int bytes, Supplier<T> work) {
        try {
            return workers.run(bytes, () -> CompletableFuture.completedStage(work.get()));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** An item of a batch, which may have a key of its own. Called where large work is done. */
    CompletionStage<Outcome> item(MessageRequest request, Call call, Optional<Injection.Key> key) {
        return key.isEmpty()
                ? injection.inject(order(request), call, Optional.empty())
                : injection.once(call, key.get(), turn -> work(request, call, Optional.of(turn)));
    }

    /** An item that is not right now: refused, unless it was taken under its key. */
    CompletionStage<Outcome> refused(Outcome refused, Call call, Injection.Key key) {
        return injection.once(call, key, turn -> CompletableFuture.completedStage(refused));
    }

    /** The key that an item brings along, whatever else is wrong with it; empty when it has none that can be one. */
    Optional<String> keyOf(byte[] bytes, int from, int length) {
        List<String> found = new ArrayList<>(1);
        try {
            return JsonInput.read(factory, bytes, from, length, in -> {
                in.object(name -> {
                    if (name.equals("idempotency_key")) {
                        in.text(1, Idempotency.LONGEST_KEY)
                                .filter(Idempotency::isKey)
                                .ifPresent(found::add);
                    } else {
                        in.skip();
                    }
                });
                return found.stream().findFirst();
            });
        } catch (Problem noKey) {
            return Optional.empty();
        }
    }

    /** Templates and many recipients are worked on apart, however short the request is. */
    private CompletionStage<Outcome> work(MessageRequest request, Call call, Optional<Turn> turn) {
        Order order = order(request);
        return order.isTemplate()
                ? workers.run(Long.MAX_VALUE, () -> injection.inject(order, call, turn))
                : injection.inject(order, call, turn);
    }

    private Order order(MessageRequest request) {
        return new JsonOrder(
                request, injection.intake(), templates, settings.body().maxMessage());
    }

    /** One message in JSON. @throws Problem when it is none */
    MessageRequest read(byte[] bytes, int from, int length) {
        Instant now = clock.instant();
        WishesJson.Bounds bounds = new WishesJson.Bounds(
                injection.intake()::isPool, now, now.plus(injection.intake().longestHold()));
        return JsonInput.read(factory, bytes, from, length, in -> MessageJson.read(in, settings.body(), bounds));
    }

    static Optional<String> key(Call call) {
        Optional<String> key = Optional.empty();
        for (HttpHeader header : call.request().getHeaders()) {
            if (!header.is("idempotency-key")) {
                continue;
            }
            if (key.isPresent()) {
                throw Problem.invalid("Idempotency-Key", "expected once, but it is given twice");
            }
            key = Optional.of(header.value());
        }
        if (key.isPresent() && !Idempotency.isKey(key.get())) {
            throw Problem.invalid("Idempotency-Key", NO_KEY);
        }
        return key;
    }

    /** The key of an item. @throws Problem when it cannot be one */
    static String checked(String key) {
        if (!Idempotency.isKey(key)) {
            throw Problem.invalid("/idempotency_key", NO_KEY);
        }
        return key;
    }

    /** Body, type, and the fields of the request that say something about the message. */
    static Fingerprint payload(Call call, String type, byte[] bytes, int from, int length) {
        MessageDigest digest = Fingerprint.digest();
        Fingerprint.add(digest, type);
        for (HttpHeader header : call.request().getHeaders()) {
            String name = header.lowercaseName();
            if (name.startsWith("x-envelope-") || name.startsWith("x-postrider-")) {
                Fingerprint.add(digest, name.toLowerCase(Locale.ROOT));
                Fingerprint.add(digest, header.value());
            }
        }
        digest.update(bytes, from, length);
        return Fingerprint.of(digest);
    }
}
