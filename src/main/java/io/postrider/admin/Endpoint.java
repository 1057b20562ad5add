package io.postrider.admin;

import io.postrider.store.Overloaded;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener that answers trusted hosts only. Trust by address is void for what came through a proxy or from a page in a
 * browser: whoever speaks there is somebody else.
 */
public final class Endpoint {

    /** Answers a request of a trusted host, or fails with {@link Problem}. */
    interface Handler {
        CompletionStage<HttpResponse> answer(HttpRequest request);
    }

    private static final Logger log = LoggerFactory.getLogger(Endpoint.class);
    private static final List<String> SPEAKS_FOR_OTHERS = List.of("Forwarded", "X-Forwarded-For", "Origin");
    private static final ContentType.NonBinary PROBLEM = ContentTypes.create(
            MediaTypes.customWithFixedCharset("application", "problem+json", HttpCharsets.UTF_8, Map.of(), false));

    private final ServerBinding binding;

    private Endpoint(ServerBinding binding) {
        this.binding = binding;
    }

    /** Completes when the address is bound; fails when it is taken. */
    static CompletionStage<Endpoint> open(
            ClassicActorSystemProvider system, EndpointSettings settings, Handler handler) {
        Materializer materializer = Materializer.matFromSystem(system);
        ServerSettings server = ServerSettings.create(system.classicSystem()).withRemoteAddressAttribute(true);
        Function<HttpRequest, CompletionStage<HttpResponse>> answered =
                request -> answered(settings, handler, request, materializer);
        return Http.get(system)
                .newServerAt(
                        settings.bind().getAddress().getHostAddress(),
                        settings.bind().getPort())
                .withSettings(server)
                .bind(answered)
                .thenApply(Endpoint::new);
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
            EndpointSettings settings, Handler handler, HttpRequest request, Materializer materializer) {
        CompletionStage<HttpResponse> answer;
        try {
            checkTrust(settings, request);
            answer = handler.answer(request);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedStage(e);
        }
        return answer.exceptionally(failure -> {
            request.discardEntityBytes(materializer);
            return response(problem(request, failure));
        });
    }

    private static void checkTrust(EndpointSettings settings, HttpRequest request) {
        boolean trusted = request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(remote -> remote.getAddress())
                .filter(settings::trusts)
                .isPresent();
        if (!trusted) {
            throw Problem.of(403, "untrusted_host", "this address is not in trusted-hosts");
        }
        for (String header : SPEAKS_FOR_OTHERS) {
            if (request.getHeader(header).isPresent()) {
                throw Problem.of(
                        403, "untrusted_host", "requests through a proxy or from a browser are not taken: " + header);
            }
        }
    }

    private static Problem problem(HttpRequest request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Problem problem) {
            return problem;
        }
        if (cause instanceof TimeoutException) {
            return Problem.of(504, "no_answer_in_time", "the queue did not answer in time; it may still do it");
        }
        if (cause instanceof Overloaded) {
            return Problem.of(503, "overloaded", "too much waits for the disk; try again later");
        }
        log.error("{} {} failed", request.method().value(), request.getUri().path(), cause);
        return Problem.of(500, "internal_error", "the node failed to answer; its log tells why");
    }

    private static HttpResponse response(Problem problem) {
        return HttpResponse.create()
                .withStatus(problem.status())
                .withEntity(HttpEntities.create(PROBLEM, Json.write(problem.toJson())));
    }
}
