package io.postrider.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.egress.SiteStatus;
import io.postrider.http.Answers;
import io.postrider.http.ApiKeys;
import io.postrider.http.Endpoint;
import io.postrider.http.Gate;
import io.postrider.http.Json;
import io.postrider.http.Problem;
import io.postrider.http.Queries;
import io.postrider.http.Scope;
import io.postrider.inquiry.MessageStory;
import io.postrider.mail.Domain;
import io.postrider.queue.QueueBoard;
import io.postrider.queue.QueueCommand;
import io.postrider.queue.QueueCommand.Matched;
import io.postrider.queue.QueuePort;
import io.postrider.queue.QueueView;
import io.postrider.record.HistoryReader;
import io.postrider.record.Totals;
import io.postrider.spool.Spool;
import io.postrider.spool.WakeIndex;
import io.postrider.tls.ServerTls;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.stream.Materializer;

/** The management API; {@code docs/api.md} shows every request and answer. */
public final class AdminApi {

    /**
     * What the API asks.
     *
     * @param totals one cut through the books
     * @param sites of the node's connection pool
     */
    public record Parts(
            QueuePort queues,
            QueueBoard board,
            WakeIndex wakeIndex,
            Spool spool,
            HistoryReader history,
            Supplier<CompletionStage<Totals>> totals,
            Supplier<CompletionStage<List<SiteStatus>>> sites,
            ClusterPort cluster,
            InstantSource clock) {}

    private static final Set<String> COMMANDS = Set.of("suspend", "resume", "retry", "cancel");
    private static final int DEFAULT_PAGE = 100;

    private final AdminSettings settings;
    private final Parts parts;
    private final QueueList list;
    private final MessageStory story;
    private final Materializer materializer;

    private AdminApi(AdminSettings settings, Parts parts, Materializer materializer) {
        this.settings = settings;
        this.parts = parts;
        this.list = new QueueList(parts.board(), parts.wakeIndex());
        this.story = new MessageStory(parts.spool(), parts.history(), parts.queues(), settings.askTimeout());
        this.materializer = materializer;
    }

    /**
     * Completes when the listener is bound; fails when the address is taken.
     *
     * @param keys those of scope admin let in from anywhere
     */
    public static CompletionStage<Endpoint> open(
            ClassicActorSystemProvider system,
            AdminSettings settings,
            Optional<ServerTls> tls,
            ApiKeys keys,
            Parts parts) {
        AdminApi api = new AdminApi(settings, parts, Materializer.matFromSystem(system));
        Gate gate = new Gate(settings.endpoint().trust(), keys);
        return Endpoint.open(system, settings.endpoint(), tls, gate, Scope.ADMIN, api::answer);
    }

    private CompletionStage<HttpResponse> answer(HttpRequest request) {
        List<String> path = Queries.path(request);
        if (path.isEmpty() || !path.get(0).equals("v1")) {
            throw notFound(request);
        }
        return switch (path.size()) {
            case 2 -> top(request, path.get(1));
            case 3 -> named(request, path.get(1), path.get(2));
            case 4 -> ofNamed(request, path.get(1), path.get(2), path.get(3));
            default -> throw notFound(request);
        };
    }

    private CompletionStage<HttpResponse> top(HttpRequest request, String what) {
        if (COMMANDS.contains(what)) {
            throw Problem.notInThisVersion("POST /v1/" + what + " across all domains");
        }
        return switch (what) {
            case "queues" -> get(request, () -> queues(request));
            case "sites" -> get(request, () -> sites(request));
            case "cluster" -> get(request, () -> cluster(request));
            case "totals" -> get(request, () -> totals(request));
            default -> throw notFound(request);
        };
    }

    private CompletionStage<HttpResponse> named(HttpRequest request, String what, String name) {
        return switch (what) {
            case "queues" -> get(request, () -> queue(request, domain(name)));
            case "message" -> get(request, () -> message(request, name));
            case "config" -> throw Problem.notInThisVersion("POST /v1/config/" + name);
            default -> throw notFound(request);
        };
    }

    private CompletionStage<HttpResponse> ofNamed(HttpRequest request, String what, String name, String verb) {
        if (verb.equals("limits") && (what.equals("queues") || what.equals("sites"))) {
            throw Problem.notInThisVersion("setting limits");
        }
        if (!what.equals("queues")) {
            throw notFound(request);
        }
        if (verb.equals("messages")) {
            return get(request, () -> messages(request, domain(name)));
        }
        if (COMMANDS.contains(verb)) {
            return steer(request, domain(name), verb);
        }
        throw notFound(request);
    }

    private CompletionStage<ObjectNode> queues(HttpRequest request) {
        Queries queries = Queries.of(request, Set.of("limit", "from", "sort", "prefix"));
        String order = queries.text("sort").orElse("depth");
        if (!QueueList.ORDERS.containsKey(order)) {
            throw Problem.invalid(
                    "?sort",
                    "expected one of "
                            + String.join(
                                    ", ",
                                    QueueList.ORDERS.keySet().stream().sorted().toList()));
        }
        int from = queries.number("from", 0, 0, Integer.MAX_VALUE - settings.maxPage());
        String prefix = queries.text("prefix").orElse("");
        return list.page(new QueueList.Page(from, limit(queries), order, prefix), now());
    }

    private CompletionStage<ObjectNode> queue(HttpRequest request, Domain domain) {
        Queries.of(request, Set.of());
        return this.<QueueView>ask(domain, QueueCommand.Describe::new).thenApply(QueueJson::view);
    }

    private CompletionStage<ObjectNode> messages(HttpRequest request, Domain domain) {
        Queries queries = Queries.of(request, Set.of("limit", "from"));
        int limit = limit(queries);
        int from = queries.number("from", 0, 0, Integer.MAX_VALUE);
        return this.<QueueCommand.MessagePage>ask(
                        domain, replyTo -> new QueueCommand.ListMessages(from, limit, replyTo))
                .thenApply(page -> {
                    ObjectNode answer = Json.object().put("domain", domain.name());
                    ArrayNode lines = answer.putArray("messages");
                    page.messages().forEach(line -> lines.add(QueueJson.message(line)));
                    return answer.put("next", page.next().orElse(null));
                });
    }

    private CompletionStage<HttpResponse> steer(HttpRequest request, Domain domain, String verb) {
        if (!request.method().equals(HttpMethods.POST)) {
            throw Problem.of(405, "method_not_allowed", "expected POST");
        }
        Queries.of(request, Set.of());
        if (!request.entity().getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON)) {
            throw Problem.of(415, "not_json", "expected a body of type application/json");
        }
        return request.entity()
                .withSizeLimit(settings.maxBodyBytes())
                .toStrict(settings.askTimeout().toMillis(), materializer)
                .exceptionally(tooLarge -> {
                    throw Problem.of(413, "body_too_large", "expected at most " + settings.maxBodyBytes() + " bytes");
                })
                .thenCompose(
                        body -> steer(domain, verb, Json.read(body.getData().toArray())))
                .thenApply(Answers::ok);
    }

    private CompletionStage<ObjectNode> steer(Domain domain, String verb, JsonNode body) {
        SteerRequest command = SteerRequest.of(body, verb.equals("suspend"));
        Optional<Instant> until = command.duration().map(now()::plus);
        Function<ActorRef<Matched>, QueueCommand> tell = replyTo -> switch (verb) {
            case "suspend" ->
                new QueueCommand.Suspend(command.selector(), command.reason(), until, command.dryRun(), replyTo);
            case "resume" -> new QueueCommand.Resume(command.selector(), command.reason(), command.dryRun(), replyTo);
            case "retry" -> new QueueCommand.RetryNow(command.selector(), command.reason(), command.dryRun(), replyTo);
            default -> new QueueCommand.Cancel(command.selector(), command.reason(), command.dryRun(), replyTo);
        };
        return this.<Matched>ask(domain, tell).thenApply(matched -> QueueJson.matched(verb, matched, command.dryRun()));
    }

    private CompletionStage<ObjectNode> message(HttpRequest request, String name) {
        Queries.of(request, Set.of());
        return story.of(name, Optional.empty());
    }

    private CompletionStage<ObjectNode> sites(HttpRequest request) {
        Queries queries = Queries.of(request, Set.of("limit"));
        int limit = limit(queries);
        return parts.sites().get().thenApply(all -> SiteJson.list(all, limit));
    }

    private CompletionStage<ObjectNode> cluster(HttpRequest request) {
        Queries.of(request, Set.of());
        ObjectNode answer = Json.object();
        ArrayNode members = answer.putArray("members");
        for (ClusterPort.Member member : parts.cluster().members()) {
            members.addObject()
                    .put("node", member.node())
                    .put("address", member.address())
                    .put("status", member.status())
                    .put("reachable", member.reachable())
                    .put("self", member.self());
        }
        return CompletableFuture.completedStage(answer);
    }

    private CompletionStage<ObjectNode> totals(HttpRequest request) {
        Queries.of(request, Set.of());
        return parts.totals().get().thenApply(totals -> Json.object()
                .put("accepted", totals.accepted())
                .put("delivered", totals.delivered())
                .put("bounced", totals.bounced())
                .put("expired", totals.expired())
                .put("cancelled", totals.cancelled())
                .put("queued", totals.queued()));
    }

    private <T> CompletionStage<T> ask(Domain domain, Function<ActorRef<T>, QueueCommand> command) {
        return parts.queues().ask(domain, command, settings.askTimeout());
    }

    private CompletionStage<HttpResponse> get(HttpRequest request, Supplier<CompletionStage<ObjectNode>> answer) {
        if (!request.method().equals(HttpMethods.GET)) {
            throw Problem.of(405, "method_not_allowed", "expected GET");
        }
        request.discardEntityBytes(materializer);
        return answer.get().thenApply(Answers::ok);
    }

    private int limit(Queries queries) {
        return queries.number("limit", Math.min(DEFAULT_PAGE, settings.maxPage()), 1, settings.maxPage());
    }

    private Instant now() {
        return parts.clock().instant();
    }

    private static Domain domain(String name) {
        return Domain.parse(name)
                .orElseThrow(() -> Problem.of(404, "unknown_domain", "expected a domain, but got '" + name + "'"));
    }

    private static Problem notFound(HttpRequest request) {
        return Problem.of(
                404, "unknown_path", "nothing is at " + request.getUri().path());
    }
}
