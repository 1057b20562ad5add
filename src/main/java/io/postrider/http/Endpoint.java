package io.postrider.http;

import io.postrider.tls.ServerTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.event.Logging;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.HttpsConnectionContext;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.ServerBuilder;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.TimeoutAccess;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import scala.concurrent.duration.FiniteDuration;

/** A bound HTTP port. */
public final class Endpoint {

    /** Answers a request, or fails with {@link Problem}. */
    public interface Handler {
        CompletionStage<HttpResponse> answer(HttpRequest request);
    }

    private final ServerBinding binding;

    private Endpoint(ServerBinding binding) {
        this.binding = binding;
    }

    /**
     * Completes when the address is bound; fails when it is taken. Whoever is not trusted gets 403.
     *
     * @param tls empty: nothing is encrypted
     */
    public static CompletionStage<Endpoint> open(
            ClassicActorSystemProvider system, EndpointSettings settings, Optional<ServerTls> tls, Handler handler) {
        return open(system, settings, tls, new Gate(settings.trust(), ApiKeys.NONE), Scope.READ, handler);
    }

    /**
     * As above, and who shows a key is let in as well.
     *
     * @param needed what the key must be good for
     */
    public static CompletionStage<Endpoint> open(
            ClassicActorSystemProvider system,
            EndpointSettings settings,
            Optional<ServerTls> tls,
            Gate gate,
            Scope needed,
            Handler handler) {
        Materializer materializer = Materializer.matFromSystem(system);
        return open(
                system,
                settings.bind(),
                tls,
                small(ServerSettings.create(system.classicSystem())),
                request -> answered(gate, needed, handler, request, materializer));
    }

    /** For operators: what is held of requests that are still coming in is 60 MiB at the worst. */
    private static ServerSettings small(ServerSettings defaults) {
        return defaults.withMaxConnections(100)
                .withParserSettings(defaults.getParserSettings().withMaxChunkSize(64 * 1024));
    }

    /**
     * As above for a handler that answers everybody.
     *
     * @param handler must not throw and must not fail
     */
    public static CompletionStage<Endpoint> open(
            ClassicActorSystemProvider system,
            InetSocketAddress bind,
            Optional<ServerTls> tls,
            ServerSettings server,
            Handler handler) {
        ServerSettings settings = server.withRemoteAddressAttribute(true)
                .withServerHeader(Optional.empty())
                // HEAD wherever GET is (RFC 9110 §9.1): balancers look at health with it.
                .withTransparentHeadRequests(true)
                .withParsingErrorHandler(UnreadableRequest.class.getName())
                .withTerminationDeadlineExceededResponse(Answers.problem(Problem.stopping()));
        ServerBuilder builder = Http.get(system)
                .newServerAt(bind.getAddress().getHostAddress(), bind.getPort())
                .withSettings(settings)
                .logTo(Logging.getLogger(system.classicSystem(), Http.class));
        return tls.map(Endpoint::https)
                .map(builder::enableHttps)
                .orElse(builder)
                .bindFlow(connection(settings, handler))
                .thenApply(Endpoint::new);
    }

    /** Each connection asks for an engine of its own, so that it gets the certificates of the moment. */
    private static HttpsConnectionContext https(ServerTls tls) {
        return ConnectionContext.httpsServer(tls::engine);
    }

    private static Flow<HttpRequest, HttpResponse, NotUsed> connection(ServerSettings settings, Handler handler) {
        Flow<HttpRequest, HttpResponse, NotUsed> answers = Flow.of(HttpRequest.class)
                .mapAsync(settings.getPipeliningLimit(), request -> {
                    request.getHeader(TimeoutAccess.class)
                            .ifPresent(late -> late.timeoutAccess().updateHandler(Endpoint::late));
                    return handler.answer(request);
                });
        return settings.getTimeouts().idleTimeout() instanceof FiniteDuration patience
                ? BidiFlow.fromGraph(new RequestPatience(Duration.ofMillis(patience.toMillis())))
                        .join(answers)
                : answers;
    }

    private static HttpResponse late(HttpRequest request) {
        return Answers.problem(Answers.toProblem(request, new TimeoutException()));
    }

    /** The port that was bound, also where the settings say 0. */
    public int port() {
        return binding.localAddress().getPort();
    }

    /** Takes no new request, and cuts those that are not answered by then. */
    public CompletionStage<?> close(Duration within) {
        return binding.terminate(within);
    }

    private static CompletionStage<HttpResponse> answered(
            Gate gate, Scope needed, Handler handler, HttpRequest request, Materializer materializer) {
        CompletionStage<HttpResponse> answer;
        try {
            gate.admit(request, needed);
            answer = handler.answer(request);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedStage(e);
        }
        return answer.exceptionally(failure -> {
            request.discardEntityBytes(materializer);
            return Answers.problem(Answers.toProblem(request, failure));
        });
    }
}
