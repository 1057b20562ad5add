package io.postrider.cli.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a server that gives prepared answers, one after the other, and closes the connection behind each. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EventsClientTest {

    private static final String OVERLOADED =
            "{\"title\":\"Service unavailable\",\"status\":503,\"detail\":\"too many streams\"}";

    private record Answer(int status, String body) {}

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> queries = new ArrayList<>();
    private final List<String> shown = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/events", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void goesOnWhereAStreamBrokeAndShowsAnEventOnlyWhenItIsWhole() throws Exception {
        answers.add(new Answer(200, event(1) + ":\n\n" + event(2) + "id: f-3\ndata: {\"n\":3}\n"));
        answers.add(new Answer(200, ":\n\n" + event(3) + "id: f-7\n\n"));
        answers.add(new Answer(200, event(8)));

        client().follow(Optional.of("latest"), "type=delivered", event -> show(event, 4), notices::add);

        assertThat(shown).containsExactly("1", "2", "3", "8");
        assertThat(queries)
                .containsExactly("type=delivered&after=latest", "type=delivered&after=f-2", "type=delivered&after=f-7");
    }

    @Test
    void saysOnceThatTheNodeIsAwayAndWaitsForIt() throws Exception {
        answers.add(new Answer(200, event(1)));
        answers.add(new Answer(503, OVERLOADED));
        answers.add(new Answer(502, ""));
        answers.add(new Answer(200, event(2)));

        client().follow(Optional.empty(), "", event -> show(event, 2), notices::add);

        assertThat(shown).containsExactly("1", "2");
        assertThat(notices).singleElement().asString().contains("trying again");
    }

    @Test
    void endsWhenTheCursorIsGone() {
        answers.add(new Answer(200, event(1)));
        answers.add(new Answer(410, "{\"title\":\"Gone\",\"detail\":\"events are no longer kept\"}"));

        assertThatThrownBy(() -> client().follow(Optional.empty(), "", event -> show(event, 9), notices::add))
                .hasMessageContaining("410")
                .hasMessageContaining("events are no longer kept");
    }

    @Test
    void doesNotWaitForANodeThatDoesNotTakeItAtFirst() {
        answers.add(new Answer(503, OVERLOADED));

        assertThatThrownBy(() -> client().follow(Optional.empty(), "", event -> show(event, 9), notices::add))
                .hasMessageContaining("too many streams");
    }

    @Test
    void namesTheNodeThatDoesNotAnswer() {
        server.stop(0);

        assertThatThrownBy(() -> client().follow(Optional.empty(), "", event -> show(event, 9), notices::add))
                .hasMessageContaining("no node answers at " + base())
                .hasMessageContaining("http.bind");
        assertThatThrownBy(() -> client().read(Optional.empty(), "", event -> show(event, 9)))
                .hasMessageContaining("no node answers at " + base());
    }

    @Test
    void readsPageAfterPageUntilNoMoreIsThereOrWanted() throws Exception {
        answers.add(new Answer(200, "{\"events\":[{\"n\":1},{\"n\":2}],\"next\":\"f-2\",\"more\":true}"));
        answers.add(new Answer(200, "{\"events\":[{\"n\":3}],\"next\":\"f-3\",\"more\":false}"));

        client().read(Optional.empty(), "", event -> show(event, 9));

        assertThat(shown).containsExactly("1", "2", "3");
        assertThat(queries).containsExactly("", "after=f-2");
    }

    private boolean show(JsonNode event, int most) {
        shown.add(event.path("n").asText());
        return shown.size() < most;
    }

    private static String event(int number) {
        return "id: f-" + number + "\nevent: delivered\ndata: {\"n\":" + number + "}\n\n";
    }

    private URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private EventsClient client() {
        return new EventsClient(base(), Optional.empty(), Duration.ofMinutes(1), Duration.ofMillis(1));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            queries.add(Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse(""));
            Answer answer = answers.remove();
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
