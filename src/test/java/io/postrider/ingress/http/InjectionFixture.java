package io.postrider.ingress.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.http.ApiKey;
import io.postrider.http.ApiKeys;
import io.postrider.http.Json;
import io.postrider.http.Scope;
import io.postrider.ingress.FakeHandOver;
import io.postrider.ingress.FakeSpool;
import io.postrider.ingress.Idempotency;
import io.postrider.ingress.IdempotencyFixture;
import io.postrider.ingress.Intake;
import io.postrider.ingress.IntakeSettings;
import io.postrider.ingress.RejectedLog;
import io.postrider.ingress.http.contract.ContractClient;
import io.postrider.mail.Identity;
import io.postrider.mail.MessageIds;
import io.postrider.mail.SenderDomains;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.mime.template.TemplateSettings;
import io.postrider.mime.template.Templates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** The HTTP listener with the routes that take mail, over a spool that only takes. */
final class InjectionFixture implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");
    static final String MINIMAL = "{\"from\":\"a@x.example\",\"to\":\"b@y.example\",\"subject\":\"s\",\"text\":\"t\"}";

    record Answer(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        JsonNode json() {
            return Json.read(response.body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        String code() {
            return json().path("code").asText();
        }

        String pointer() {
            return json().path("errors").path(0).path("pointer").asText();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    final ActorTestKit kit = ActorTestKit.create();
    final FakeSpool spool = new FakeSpool();
    final FakeHandOver handOver = new FakeHandOver();
    final List<RejectedLog.Rejection> rejections = new CopyOnWriteArrayList<>();
    final HttpClient client = ContractClient.create();
    final HttpListener listener;

    /** Set by hand. */
    volatile Instant now = NOW;

    InjectionFixture(String settings) {
        this(settings, ApiKeys.NONE);
    }

    InjectionFixture(String changes, ApiKeys keys) {
        InstantSource clock = () -> now;
        Idempotency idempotency = IdempotencyFixture.with(spool, clock);
        IntakeSettings limits =
                new IntakeSettings("relay.example", Duration.ofDays(5), 20_000, Duration.ofDays(90), 1 << 20, 10);
        Intake intake = new Intake(
                limits, new MessageIds(clock), spool, handOver, "bulk default"::contains, idempotency, clock);
        Config config = ConfigFactory.parseString("http.bind = \"127.0.0.1:0\"\n" + changes)
                .withFallback(ConfigFactory.load().getConfig("postrider"));
        HttpSettings settings = HttpSettings.from(config);
        List<Route> routes = InjectionRoutes.of(
                kit.system(),
                settings,
                new InjectionRoutes.Parts(
                        intake,
                        idempotency,
                        new Templates(
                                new TemplateSettings(2 << 20, 1 << 20, 200_000, Duration.ofSeconds(5), 100_000),
                                System::nanoTime),
                        rejections::add,
                        new Meters(new MetricsSettings(1)),
                        clock,
                        System::nanoTime));
        MessageIds requests = new MessageIds(clock);
        listener = HttpApi.open(kit.system(), settings, Optional.empty(), routes, keys, () -> requests.next()
                        .toString())
                .toCompletableFuture()
                .join();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.address().getPort() + path);
    }

    Answer post(String json, String... headers) throws Exception {
        return post("/v1/message", "application/json", BodyPublishers.ofString(json), headers);
    }

    Answer post(String path, String type, BodyPublisher body, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).header("Content-Type", type).POST(body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new Answer(client.send(request.build(), BodyHandlers.ofString()));
    }

    /** What the last answer to {@code post} left in the spool. */
    String message() throws InterruptedException {
        return new String(spool.taken().body(), java.nio.charset.StandardCharsets.UTF_8);
    }

    static ApiKeys keys(String known, String id) {
        return new ApiKeys() {
            @Override
            public boolean isEmpty() {
                return false;
            }

            @Override
            public Optional<ApiKey> find(String presented) {
                return presented.equals(known)
                        ? Optional.of(
                                new ApiKey(Identity.key(id, "", SenderDomains.ANY), Set.of(Scope.SEND, Scope.READ)))
                        : Optional.empty();
            }
        };
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }
}
