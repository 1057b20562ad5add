package io.postrider.cli.ask;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the events of one node over its HTTP API. A stream that breaks is taken up where it broke, so that nothing is
 * missed and nothing comes twice, for as long as the node comes back within {@code patience}.
 */
public final class EventsClient {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final JsonMapper JSON = new JsonMapper();

    private final URI base;
    private final Optional<String> key;
    private final Duration patience;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_WITHIN).build();

    /** @param base such as {@code http://127.0.0.1:8080}, without a path */
    public EventsClient(URI base, Optional<String> key, Duration patience) {
        this.base = base;
        this.key = key;
        this.patience = patience;
    }

    /**
     * Shows what is kept behind a cursor, and returns.
     *
     * @param filter parameters of the request besides the cursor, encoded; may be empty
     */
    public void read(Optional<String> after, String filter, Consumer<JsonNode> to)
            throws IOException, InterruptedException {
        Optional<String> cursor = after;
        boolean more = true;
        while (more) {
            HttpResponse<String> response = http.send(
                    request(cursor, filter, "application/json")
                            .timeout(ANSWER_WITHIN)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(refusal(response.statusCode(), response.body()));
            }
            JsonNode page = JSON.readTree(response.body());
            page.path("events").forEach(to);
            cursor = Optional.of(page.path("next").asText());
            more = page.path("more").asBoolean();
        }
    }

    /** Shows what is kept behind a cursor and then what comes. Ends only by a failure: no node for too long, or a refusal. */
    public void follow(Optional<String> after, String filter, Consumer<JsonNode> to)
            throws IOException, InterruptedException {
        Follower follower = new Follower(after, to);
        long givingUp = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                HttpResponse<Stream<String>> response = http.send(
                        request(follower.cursor, filter, "text/event-stream").build(),
                        HttpResponse.BodyHandlers.ofLines());
                try (Stream<String> lines = response.body()) {
                    int status = response.statusCode();
                    if (status != 200 && status != 503) {
                        throw new Refused(refusal(status, lines.collect(Collectors.joining())));
                    }
                    if (status == 200) {
                        lines.forEach(follower::line);
                        givingUp = System.nanoTime() + patience.toNanos();
                    }
                }
            } catch (Refused refused) {
                throw refused;
            } catch (IOException | UncheckedIOException broken) {
                if (System.nanoTime() > givingUp) {
                    throw new IOException("no node answers at " + base + " (is this its http.bind?)", broken);
                }
            }
            Thread.sleep(PAUSE);
        }
    }

    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private HttpRequest.Builder request(Optional<String> after, String filter, String accept) {
        StringBuilder query = new StringBuilder(filter);
        after.ifPresent(cursor ->
                query.append(query.isEmpty() ? "" : "&").append("after=").append(encoded(cursor)));
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        base.resolve("/v1/events" + (query.isEmpty() ? "" : "?" + query)))
                .header("Accept", accept);
        key.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request;
    }

    private static String encoded(String text) {
        return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String refusal(int status, String body) {
        try {
            JsonNode problem = JSON.readTree(body);
            StringBuilder text = new StringBuilder("the node answered " + status + ": "
                    + problem.path("detail").asText());
            problem.path("errors").forEach(fault -> text.append("; ")
                    .append(fault.path("pointer").asText())
                    .append(": ")
                    .append(fault.path("detail").asText()));
            return text.toString();
        } catch (JsonProcessingException noProblem) {
            return "the node answered " + status;
        }
    }

    /** Server-sent events, line by line: one counts when the empty line behind it is there. */
    private static final class Follower {
        private final Consumer<JsonNode> to;
        private Optional<String> cursor;
        private String id = "";
        private String data = "";

        Follower(Optional<String> cursor, Consumer<JsonNode> to) {
            this.cursor = cursor;
            this.to = to;
        }

        void line(String line) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            } else if (line.isEmpty()) {
                event();
            }
        }

        private void event() {
            if (!data.isEmpty()) {
                try {
                    to.accept(JSON.readTree(data));
                } catch (JsonProcessingException wrong) {
                    throw new UncheckedIOException(wrong);
                }
                data = "";
            }
            if (!id.isEmpty()) {
                cursor = Optional.of(id);
            }
        }
    }
}
