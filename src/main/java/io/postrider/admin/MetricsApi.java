package io.postrider.admin;

import io.postrider.http.Endpoint;
import io.postrider.http.EndpointSettings;
import io.postrider.http.Json;
import io.postrider.http.Problem;
import io.postrider.http.Queries;
import io.postrider.metrics.Meters;
import io.postrider.tls.ServerTls;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Metrics and health: read-only, for machines. */
public final class MetricsApi {

    private final Meters meters;
    private final Supplier<Optional<String>> whyNotReady;

    private MetricsApi(Meters meters, Supplier<Optional<String>> whyNotReady) {
        this.meters = meters;
        this.whyNotReady = whyNotReady;
    }

    /**
     * Completes when the listener is bound; fails when the address is taken.
     *
     * @param whyNotReady empty while the node takes mail; asked on a Pekko thread, so it must not block
     */
    public static CompletionStage<Endpoint> open(
            ClassicActorSystemProvider system,
            EndpointSettings settings,
            Optional<ServerTls> tls,
            Meters meters,
            Supplier<Optional<String>> whyNotReady) {
        MetricsApi api = new MetricsApi(meters, whyNotReady);
        return Endpoint.open(system, settings, tls, api::answer);
    }

    private CompletionStage<HttpResponse> answer(HttpRequest request) {
        HttpResponse response =
                switch (request.getUri().path()) {
                    case "/metrics" -> metrics();
                    case "/health/live" -> health(Optional.empty());
                    case "/health/ready" -> health(whyNotReady.get());
                    default ->
                        throw Problem.of(
                                404,
                                "unknown_path",
                                "nothing is at " + request.getUri().path());
                };
        if (!request.method().equals(HttpMethods.GET)) {
            throw Problem.of(405, "method_not_allowed", "expected GET");
        }
        Queries.of(request, Set.of());
        return CompletableFuture.completedStage(response);
    }

    private HttpResponse metrics() {
        return HttpResponse.create()
                .withEntity(HttpEntities.create(
                        ContentTypes.TEXT_PLAIN_UTF8, meters.expose().getBytes(StandardCharsets.UTF_8)));
    }

    private static HttpResponse health(Optional<String> whyNot) {
        byte[] body = Json.write(
                Json.object().put("status", whyNot.isEmpty() ? "up" : "down").put("reason", whyNot.orElse(null)));
        return HttpResponse.create()
                .withStatus(whyNot.isEmpty() ? 200 : 503)
                .withEntity(ContentTypes.APPLICATION_JSON, body);
    }
}
