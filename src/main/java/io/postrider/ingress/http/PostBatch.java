package io.postrider.ingress.http;

import com.fasterxml.jackson.core.JsonFactory;
import io.postrider.http.Answers;
import io.postrider.http.Json;
import io.postrider.http.Problem;
import io.postrider.http.Queries;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * {@code POST /v1/message/batch}: many messages in one JSON text, or one on each line of a stream. Each stands on its
 * own. They come to the spool together, so that one sync serves many.
 */
final class PostBatch implements Handler {

    private static final String LINES = "application/x-ndjson";

    /** One message of the batch in its bytes. */
    private record Item(int index, byte[] bytes, int from, int length) {}

    /** What became of one, in bytes. */
    private record Result(boolean taken, byte[] json) {}

    private final HttpSettings settings;
    private final PostMessage one;
    private final Bodies bodies;
    private final Materializer materializer;
    private final JsonFactory factory;

    PostBatch(HttpSettings settings, PostMessage one, Bodies bodies, Materializer materializer) {
        this.settings = settings;
        this.one = one;
        this.bodies = bodies;
        this.materializer = materializer;
        this.factory = JsonInput.factory(settings.body().maxText(), JsonInput.MOST_TOKENS_OF_BATCH);
    }

    @Override
    public CompletionStage<HttpResponse> answer(Call call) {
        Queries.of(call.request(), Set.of());
        Optional<String> key = PostMessage.key(call);
        return switch (Bodies.mediaType(call.request())) {
            case PostMessage.JSON ->
                bodies.read(call.request()).thenCompose(body -> body.during(() -> whole(call, body, key)));
            case LINES -> CompletableFuture.completedStage(stream(call, key));
            default ->
                throw Problem.of(
                        415,
                        "unsupported_media_type",
                        "expected a body of type application/json or application/x-ndjson");
        };
    }

    // ---- one JSON text

    private CompletionStage<HttpResponse> whole(Call call, Body body, Optional<String> key) {
        return one.worked(body.length(), () -> items(body))
                .thenCompose(items -> Source.from(items)
                        .mapAsync(settings.batch().parallelism(), item -> result(call, item, key))
                        .withAttributes(ActorAttributes.dispatcher(HttpSettings.WORKERS))
                        .runWith(Sink.seq(), materializer))
                .thenApply(PostBatch::response);
    }

    /** Where the items lie: all of the text is read once before the first of them is taken. */
    private List<Item> items(Body body) {
        List<Item> items = new ArrayList<>();
        JsonInput.read(factory, body.bytes(), 0, body.length(), in -> {
            if (in.isArray()) {
                items(in, body, items);
            } else {
                in.object(name -> {
                    if (name.equals("messages")) {
                        items(in, body, items);
                    } else {
                        in.unknown();
                    }
                });
            }
            return true;
        });
        if (items.size() > settings.batch().maxItems()) {
            throw Problem.of(
                    413,
                    "too_many_messages",
                    "expected at most " + settings.batch().maxItems() + " messages, but got " + items.size());
        }
        if (items.isEmpty()) {
            throw Problem.invalid("/messages", "expected one message or more");
        }
        return items;
    }

    private static void items(JsonInput in, Body body, List<Item> items) throws java.io.IOException {
        in.array(Integer.MAX_VALUE, () -> {
            int from = in.startOfValue();
            int to = in.skip();
            items.add(new Item(items.size(), body.bytes(), from, to - from));
        });
    }

    private static HttpResponse response(List<Result> results) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(results.size() * 256);
        long taken = results.stream().filter(Result::taken).count();
        put(json, "{\"accepted\":" + taken + ",\"refused\":" + (results.size() - taken) + ",\"results\":[");
        for (int i = 0; i < results.size(); i++) {
            put(json, i == 0 ? "" : ",");
            json.writeBytes(results.get(i).json());
        }
        put(json, "]}");
        return HttpResponse.create().withEntity(ContentTypes.APPLICATION_JSON, json.toByteArray());
    }

    // ---- a stream of lines

    private HttpResponse stream(Call call, Optional<String> key) {
        Source<ByteString, Object> answers = call.request()
                .entity()
                .withoutSizeLimit()
                .getDataBytes()
                .via(new Lines(bodies.budget(), settings.batch().maxLine(), settings.maxBodySize()))
                .mapAsync(settings.batch().parallelism(), line -> line(call, line, key))
                .withAttributes(ActorAttributes.dispatcher(HttpSettings.WORKERS))
                .map(result -> ByteString.fromArrayUnsafe(result.json()).concat(ByteString.fromString("\n")));
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(
                        MediaTypes.applicationBinary("x-ndjson", false).toContentType(), answers));
    }

    private CompletionStage<Result> line(Call call, Lines.Line line, Optional<String> key) {
        if (line.refused().isPresent()) {
            Outcome refused = new Outcome.Failed(line.refused().get());
            return CompletableFuture.completedStage(result(line.index(), refused));
        }
        byte[] bytes = line.bytes();
        if (!bodies.budget().take(bytes.length)) {
            return CompletableFuture.completedStage(result(line.index(), new Outcome.Failed(Body.noRoom())));
        }
        return result(call, new Item(line.index(), bytes, 0, bytes.length), key)
                .whenComplete((done, failure) -> bodies.budget().giveBack(bytes.length));
    }

    // ---- one item

    private CompletionStage<Result> result(Call call, Item item, Optional<String> batchKey) {
        return outcome(call, item, batchKey.map(key -> key + "/" + item.index()))
                .thenApply(outcome -> result(item.index(), outcome));
    }

    private CompletionStage<Outcome> outcome(Call call, Item item, Optional<String> batchKey) {
        try {
            MessageRequest request = one.read(item.bytes(), item.from(), item.length());
            Optional<Injection.Key> key = request.idempotencyKey()
                    .map(PostMessage::checked)
                    .or(() -> batchKey)
                    .map(text -> under(text, call, item));
            return one.item(request, call, key);
        } catch (Problem wrong) {
            return refused(wrong, call, item, batchKey);
        } catch (RuntimeException bug) {
            return CompletableFuture.completedStage(new Outcome.Failed(Answers.toProblem(call.request(), bug)));
        }
    }

    /** What was right when it came first may be wrong now, by the time in it or by the settings, and is still answered. */
    private CompletionStage<Outcome> refused(Problem wrong, Call call, Item item, Optional<String> batchKey) {
        Outcome refused = new Outcome.Failed(wrong);
        Optional<String> key = wrong.status() == Problem.INVALID
                ? one.keyOf(item.bytes(), item.from(), item.length()).or(() -> batchKey)
                : Optional.empty();
        return key.isEmpty()
                ? CompletableFuture.completedStage(refused)
                : one.refused(refused, call, under(key.get(), call, item));
    }

    private static Injection.Key under(String key, Call call, Item item) {
        return new Injection.Key(
                key, PostMessage.payload(call, PostMessage.JSON, item.bytes(), item.from(), item.length()));
    }

    private static Result result(int index, Outcome outcome) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(256);
        put(json, "{\"index\":" + index);
        switch (outcome) {
            case Outcome.Taken taken -> {
                put(json, ",\"message\":");
                json.writeBytes(taken.json());
                put(json, taken.replayed() ? ",\"replayed\":true}" : "}");
            }
            case Outcome.Failed failed -> {
                put(json, ",\"problem\":");
                json.writeBytes(Json.write(failed.problem().toJson()));
                put(json, "}");
            }
        }
        return new Result(outcome instanceof Outcome.Taken, json.toByteArray());
    }

    private static void put(ByteArrayOutputStream json, String text) {
        json.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
