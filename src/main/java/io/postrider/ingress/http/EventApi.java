package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.record.EventFeed;
import io.postrider.record.FeedAnswer;
import io.postrider.record.FeedAnswer.Page;
import io.postrider.record.FeedCursor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * {@code GET /v1/events}: the event feed in pages, or as a stream that goes on as events are recorded. A stream reads its
 * next page only when its client has taken the one before, so a slow client costs a place and no memory.
 */
public final class EventApi {

    private static final ContentType STREAM = ContentTypes.create(
            MediaTypes.customWithFixedCharset("text", "event-stream", HttpCharsets.UTF_8, Map.of(), false));
    /** Lines of one page of a stream: some 100 KiB. */
    private static final int STREAM_PAGE = 200;

    private final EventFeed feed;
    private final EventStreamSettings settings;
    private final EventText text;
    private final AtomicInteger streams = new AtomicInteger();
    private final SharedKillSwitch end = KillSwitches.shared("event-streams");

    public EventApi(EventFeed feed, EventStreamSettings settings) {
        this.feed = feed;
        this.settings = settings;
        this.text = new EventText(feed.id());
    }

    public List<Route> routes() {
        return List.of(Route.of(HttpMethods.GET, "/v1/events", this::answer));
    }

    /** Ends all streams, so that the listener can close. Readers come again with their last id. */
    public void close() {
        end.shutdown();
    }

    private CompletionStage<HttpResponse> answer(Call call) {
        EventRequest request = EventRequest.of(call);
        return start(request.after())
                .thenCompose(
                        after -> feed.after(after, request.stream() ? STREAM_PAGE : request.limit(), request.filter()))
                .thenApply(first -> {
                    Page page = page(first);
                    return request.stream() ? stream(page, request) : json(page);
                });
    }

    private CompletionStage<Long> start(Optional<String> after) {
        if (after.isEmpty()) {
            return feed.oldest();
        }
        if (after.get().equals(EventRequest.LATEST)) {
            return CompletableFuture.completedStage(feed.newest());
        }
        FeedCursor cursor = FeedCursor.parse(after.get())
                .filter(place -> place.feed().equals(feed.id()))
                .orElseThrow(() -> notOurs(after.get()));
        return CompletableFuture.completedStage(cursor.number());
    }

    private Problem notOurs(String cursor) {
        return Problem.invalid(
                "?after",
                "expected a cursor of this node's feed, such as " + text.cursor(feed.newest()) + ", but got '" + cursor
                        + "'; begin anew without it, or ask the node that gave it");
    }

    private Page page(FeedAnswer answer) {
        return switch (answer) {
            case Page page -> page;
            case FeedAnswer.Expired expired ->
                throw Problem.of(
                        410,
                        "cursor_gone",
                        "events behind this cursor are no longer kept; those behind " + text.cursor(expired.oldest())
                                + " are");
            case FeedAnswer.Unknown unknown ->
                throw Problem.invalid(
                        "?after",
                        "no event of this feed had that number yet; the newest is " + text.cursor(unknown.newest()));
        };
    }

    private HttpResponse json(Page page) {
        return HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, text.json(page)));
    }

    private HttpResponse stream(Page first, EventRequest request) {
        if (streams.get() >= settings.maxStreams()) {
            throw Problem.overloaded("at most " + settings.maxStreams() + " event streams are open at a time");
        }
        return HttpResponse.create()
                .addHeader(RawHeader.create("Cache-Control", "no-store"))
                .withEntity(HttpEntities.createChunked(STREAM, Source.lazySource(() -> events(first, request))));
    }

    /** Counted only when somebody reads: a client that is gone by then never starts the stream, nor ends it. */
    private Source<ByteString, NotUsed> events(Page first, EventRequest request) {
        if (streams.incrementAndGet() > settings.maxStreams()) {
            streams.decrementAndGet();
            return Source.empty();
        }
        Source<ByteString, NotUsed> later = Source.unfoldAsync(first.next(), after -> next(after, request));
        return Source.single(text.stream(first))
                .concat(later)
                .keepAlive(settings.heartbeat(), () -> EventText.HEARTBEAT)
                .via(end.flow())
                .watchTermination((ignored, done) -> {
                    done.whenComplete((ended, failure) -> streams.decrementAndGet());
                    return NotUsed.getInstance();
                });
    }

    /** Waits until there is something behind. What was deleted unread ends the stream: who comes again gets 410. */
    private CompletionStage<Optional<Pair<Long, ByteString>>> next(long after, EventRequest request) {
        return feed.news(after)
                .thenCompose(newest -> feed.after(after, STREAM_PAGE, request.filter()))
                .thenApply(answer -> switch (answer) {
                    case Page page -> Optional.of(Pair.create(page.next(), text.stream(page)));
                    case FeedAnswer.Expired expired -> Optional.empty();
                    case FeedAnswer.Unknown unknown -> Optional.empty();
                });
    }
}
