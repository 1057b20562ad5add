package io.postrider.ingress.http;

import io.postrider.http.Answers;
import io.postrider.http.ApiKeys;
import io.postrider.http.Caller;
import io.postrider.http.Endpoint;
import io.postrider.http.Gate;
import io.postrider.http.Problem;
import io.postrider.http.Queries;
import io.postrider.tls.ServerTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP listener: checks who asks, counts, and leads each request to its handler. Every request is answered; what a
 * handler throws becomes a problem.
 */
public final class HttpApi {

    private static final Logger log = LoggerFactory.getLogger(HttpApi.class);
    /** A client that sends a body which nobody wants is listened to for so long before it has its answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Or until it sends nothing for so long. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final HttpSettings settings;
    private final Gate gate;
    private final Router router;
    private final InFlight inFlight;
    private final Supplier<String> requestIds;
    private final Materializer materializer;
    private volatile boolean stopping;

    private HttpApi(
            HttpSettings settings,
            List<Route> routes,
            ApiKeys keys,
            Supplier<String> requestIds,
            Materializer materializer) {
        this.settings = settings;
        this.gate = new Gate(settings.trust(), keys, settings.allowHosts());
        this.router = new Router(routes);
        this.inFlight = new InFlight(settings.maxRequests(), settings.maxRequestsPerClient());
        this.requestIds = requestIds;
        this.materializer = materializer;
    }

    /**
     * Completes when the listener is bound; fails when the address is taken.
     *
     * @param requestIds names that no other request or session has
     */
    public static CompletionStage<HttpListener> open(
            ActorSystem<?> system,
            HttpSettings settings,
            Optional<ServerTls> tls,
            List<Route> routes,
            ApiKeys keys,
            Supplier<String> requestIds) {
        Materializer materializer = SystemMaterializer.get(system).materializer();
        HttpApi api = new HttpApi(settings, routes, keys, requestIds, materializer);
        ServerSettings server = settings.server(ServerSettings.create(system.classicSystem()));
        return Endpoint.open(system, settings.bind(), tls, server, api::answer).thenApply(endpoint -> {
            InetSocketAddress at = new InetSocketAddress(settings.bind().getAddress(), endpoint.port());
            log.info("listener={} listens at {}", settings.name(), at);
            return new HttpListener(endpoint, at, settings.drainTimeout(), api::stop);
        });
    }

    private void stop() {
        stopping = true;
    }

    private CompletionStage<HttpResponse> answer(HttpRequest request) {
        try {
            if (stopping) {
                throw Problem.stopping();
            }
            gate.letIn(request);
            Router.Found found = router.find(request.method(), Queries.path(request));
            Caller caller = found.route().open()
                    ? gate.anybody(request)
                    : gate.admit(request, found.route().scope());
            String account = caller.account();
            inFlight.enter(account);
            return answered(found, new Call(requestIds.get(), request, caller, found.names()))
                    .whenComplete((response, failure) -> inFlight.leave(account))
                    .exceptionallyCompose(failure -> refused(request, failure));
        } catch (RuntimeException e) {
            return refused(request, e);
        }
    }

    private static CompletionStage<HttpResponse> answered(Router.Found found, Call call) {
        try {
            return found.route().handler().answer(call);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /**
     * Most clients send all before they read, and the library closes the connection behind an answer that comes before the
     * end of the request: they would see a reset. So what still comes is read first, unless the client waits for "100
     * Continue" or for us.
     */
    private CompletionStage<HttpResponse> refused(HttpRequest request, Throwable failure) {
        HttpResponse answer = Answers.problem(Answers.toProblem(request, failure));
        if (request.entity().isStrict()) {
            return CompletableFuture.completedStage(answer);
        }
        boolean waits = request.getHeader("Expect").isPresent();
        CompletionStage<Done> read = request.entity()
                .withoutSizeLimit()
                .getDataBytes()
                .takeWithin(waits ? Duration.ZERO : PATIENCE)
                .idleTimeout(SILENCE)
                .limitWeighted(settings.maxBodySize(), bytes -> (long) bytes.size())
                .runWith(Sink.ignore(), materializer);
        return waits ? CompletableFuture.completedStage(answer) : read.handle((done, end) -> answer);
    }
}
