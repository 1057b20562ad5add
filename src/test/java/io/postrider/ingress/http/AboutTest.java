package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.postrider.http.ApiKeys;
import io.postrider.ingress.http.contract.ContractClient;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AboutTest {

    private final ActorTestKit kit = ActorTestKit.create();
    private final ContractClient client = ContractClient.create();
    private final HttpListener listener = listen();

    private HttpListener listen() {
        HttpSettings settings =
                HttpSettings.from(ConfigFactory.parseString("http.bind = \"127.0.0.1:0\", http.trusted-hosts = []")
                        .withFallback(ConfigFactory.load().getConfig("postrider")));
        return HttpApi.open(kit.system(), settings, Optional.empty(), About.routes(), ApiKeys.NONE, () -> "1")
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void tellsEverybodyWhatThisApiIs() throws Exception {
        HttpResponse<String> document = get("/openapi.json");

        assertThat(document.statusCode()).isEqualTo(200);
        assertThat(document.body()).contains("\"openapi\": \"3.1.0\"");
    }

    @Test
    void showsAPageThatMayLoadNothing() throws Exception {
        HttpResponse<String> page = get("/docs");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=UTF-8");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.body()).startsWith("<!doctype html>").endsWith("</html>\n");
    }

    @Test
    void pointsToThePageWhereNothingIs() throws Exception {
        assertThat(get("/").body()).contains("see /docs");
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + listener.address().getPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
