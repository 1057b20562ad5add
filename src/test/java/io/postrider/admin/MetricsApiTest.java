package io.postrider.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.http.Endpoint;
import io.postrider.http.EndpointSettings;
import io.postrider.http.Trust;
import io.postrider.mail.Cidr;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsApiTest {

    private final ActorTestKit kit = ActorTestKit.create();
    private final Meters meters = new Meters(new MetricsSettings(1));
    private volatile Optional<String> whyNotReady = Optional.empty();
    private final Endpoint endpoint = MetricsApi.open(
                    kit.system(),
                    new EndpointSettings(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            new Trust(List.of(Cidr.parse("127.0.0.1")), List.of())),
                    Optional.empty(),
                    meters,
                    () -> whyNotReady)
            .toCompletableFuture()
            .join();

    @AfterEach
    void close() {
        endpoint.close(Duration.ofSeconds(1)).toCompletableFuture().join();
        kit.shutdownTestKit();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return ask("GET", path);
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void exposesMetricsAsText() throws Exception {
        meters.accepted(2, 1000);

        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(response.body()).contains("postrider_accepted_total 2.0");
    }

    @Test
    void isAliveAlsoWhenItIsNotReady() throws Exception {
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);

        whyNotReady = Optional.of("draining");

        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready").body()).isEqualTo("{\"status\":\"down\",\"reason\":\"draining\"}");
        assertThat(get("/other").statusCode()).isEqualTo(404);
        assertThat(get("/metrics?x=1").statusCode()).isEqualTo(422);
    }

    @Test
    void answersABalancerThatAsksByHead() throws Exception {
        HttpResponse<String> ready = ask("HEAD", "/health/ready");
        whyNotReady = Optional.of("draining");

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).isEmpty();
        assertThat(ask("HEAD", "/health/ready").statusCode()).isEqualTo(503);
        assertThat(ask("POST", "/health/ready").statusCode()).isEqualTo(405);
    }
}
