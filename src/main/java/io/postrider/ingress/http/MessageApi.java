package io.postrider.ingress.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.http.Answers;
import io.postrider.http.Json;
import io.postrider.http.Problem;
import io.postrider.http.Queries;
import io.postrider.inquiry.Cancellation;
import io.postrider.inquiry.MessageStory;
import io.postrider.mail.Mailbox;
import io.postrider.mail.RecipientId;
import io.postrider.record.HistoryEntry.Envelope;
import io.postrider.record.HistorySearch;
import io.postrider.record.HistorySearch.Found;
import io.postrider.record.HistorySearch.Hit;
import io.postrider.record.HistorySearch.Wanted;
import io.postrider.record.RecipientStatus;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** What became of messages, and taking them back: {@code GET} and {@code DELETE /v1/message/{id}}, {@code GET /v1/message}. */
public final class MessageApi {

    private static final int MOST = 1000;
    private static final int DEFAULT = 100;
    private static final Set<String> KNOWN =
            Set.of("recipient", "sender", "tenant", "status", "since", "limit", "cursor");

    private final MessageStory story;
    private final Cancellation cancellation;
    private final HistorySearch search;

    public MessageApi(MessageStory story, Cancellation cancellation, HistorySearch search) {
        this.story = story;
        this.cancellation = cancellation;
        this.search = search;
    }

    public List<Route> routes() {
        return List.of(
                Route.of(HttpMethods.GET, "/v1/message/{id}", this::tell),
                Route.of(HttpMethods.DELETE, "/v1/message/{id}", this::cancel),
                Route.of(HttpMethods.GET, "/v1/message", this::find));
    }

    /** Whose messages the caller may see; empty: all. */
    private static Optional<String> owner(Call call) {
        return call.caller().isTrustedHost()
                ? Optional.empty()
                : Optional.of(call.caller().owner());
    }

    private CompletionStage<HttpResponse> tell(Call call) {
        Queries.of(call.request(), Set.of());
        return story.of(call.name(), owner(call)).thenApply(Answers::ok);
    }

    private CompletionStage<HttpResponse> cancel(Call call) {
        Queries.of(call.request(), Set.of());
        String by = owner(call).map(key -> "by key " + key).orElse("over HTTP");
        return cancellation.cancel(call.name(), owner(call), by).thenApply(Answers::ok);
    }

    private CompletionStage<HttpResponse> find(Call call) {
        Queries queries = Queries.of(call.request(), KNOWN);
        Wanted wanted = new Wanted(
                queries.text("recipient").map(MessageApi::address),
                queries.text("sender").map(MessageApi::address),
                queries.text("tenant"),
                owner(call),
                queries.text("status").map(MessageApi::status),
                queries.text("since").map(MessageApi::time),
                queries.text("cursor").map(MessageApi::cursor));
        return search.find(wanted, queries.number("limit", DEFAULT, 1, MOST))
                .thenApply(found -> Answers.ok(json(found)));
    }

    /** As the history has it: domains as A-labels. */
    private static String address(String text) {
        String plain = text.equals("<>") ? "" : text;
        return Addresses.mailbox(plain).map(Mailbox::address).orElse(plain);
    }

    private static RecipientStatus status(String word) {
        return RecipientStatus.of(word).orElseThrow(() -> {
            StringBuilder known = new StringBuilder("expected one of");
            for (RecipientStatus status : RecipientStatus.values()) {
                known.append(' ').append(status.word());
            }
            return Problem.invalid("?status", known.toString());
        });
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException wrong) {
            throw Problem.invalid("?since", "expected a time such as 2026-05-17T00:00:00Z, but got '" + text + "'");
        }
    }

    private static RecipientId cursor(String text) {
        return RecipientId.parse(text)
                .orElseThrow(() -> Problem.invalid("?cursor", "expected the 'next' of a page before"));
    }

    private static ObjectNode json(Found found) {
        ObjectNode json = Json.object();
        ArrayNode messages = json.putArray("messages");
        for (Hit hit : found.hits()) {
            Envelope envelope = hit.envelope();
            messages.addObject()
                    .put("id", hit.id().message().toString())
                    .put("recipient_id", hit.id().toString())
                    .put("accepted_at", hit.id().message().acceptedAt().toString())
                    .put("sender", envelope.sender())
                    .put("recipient", envelope.recipient())
                    .put("domain", hit.domain().name())
                    .put("status", hit.status().word())
                    .put("tenant", envelope.tenant())
                    .put("campaign", envelope.campaign());
        }
        return json.put("next", found.next().map(RecipientId::toString).orElse(null));
    }
}
