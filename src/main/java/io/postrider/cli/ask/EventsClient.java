package io.postrider.cli.ask;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
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
    private final Duration pause;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_WITHIN).build();

    /** @param base such as {@code http://127.0.0.1:8080}, without a path */
    public EventsClient(URI base, Optional<String> key, Duration patience) {
        this(base, key, patience, PAUSE);
    }

    /** @param pause between two tries */
    EventsClient(URI base, Optional<String> key, Duration patience, Duration pause) {
        this.base = base;
        this.key = key;
        this.patience = patience;
        this.pause = pause;
    }

    /**
     * Shows what is kept behind a cursor, and returns.
     *
     * @param filter parameters of the request besides the cursor, encoded; may be empty
     * @param to takes an event, and says whether it wants more
     */
    public void read(Optional<String> after, String filter, Predicate<JsonNode> to)
            throws IOException, InterruptedException {
        Optional<String> cursor = after;
        boolean more = true;
        while (more) {
            HttpRequest request = request(cursor, filter, "application/json")
                    .timeout(ANSWER_WITHIN)
                    .build();
            HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(AdminClient.problem(response.statusCode(), response.body()));
            }
            JsonNode page = JSON.readTree(response.body());
            for (JsonNode event : page.path("events")) {
                if (!to.test(event)) {
                    return;
                }
            }
            cursor = Optional.of(page.path("next").asText());
            more = page.path("more").asBoolean();
        }
    }

    /**
     * Shows what is kept behind a cursor and then what comes, until nothing more is wanted. Fails when no node answers at
     * first, or none for too long later, and when the node refuses.
     *
     * @param notice takes a line for a person when the stream breaks
     */
    public void follow(Optional<String> after, String filter, Predicate<JsonNode> to, Consumer<String> notice)
            throws IOException, InterruptedException {
        Follower follower = new Follower(after, to);
        long givingUp = System.nanoTime();
        boolean told = false;
        while (true) {
            String trouble;
            try {
                HttpResponse<Stream<String>> response = send(
                        request(follower.cursor, filter, "text/event-stream").build(),
                        HttpResponse.BodyHandlers.ofLines());
                try (Stream<String> lines = response.body()) {
                    if (response.statusCode() == 200) {
                        told = false;
                        boolean wanted = lines.allMatch(follower.stream());
                        givingUp = System.nanoTime() + patience.toNanos();
                        if (!wanted) {
                            return;
                        }
                        trouble = "the node has ended the stream";
                    } else {
                        String refusal =
                                AdminClient.problem(response.statusCode(), lines.collect(Collectors.joining()));
                        if (!mayPass(response.statusCode())) {
                            throw new Refused(refusal);
                        }
                        trouble = refusal;
                    }
                }
            } catch (Refused refused) {
                throw refused;
            } catch (IOException broken) {
                trouble = String.valueOf(broken.getMessage());
            } catch (UncheckedIOException broken) { // in the middle of the stream
                givingUp = System.nanoTime() + patience.toNanos();
                trouble = "the stream broke off";
            }
            if (System.nanoTime() >= givingUp) {
                throw new IOException(trouble);
            }
            if (!told) {
                notice.accept(trouble + "; trying again for " + patience.toSeconds() + " s");
                told = true;
            }
            Thread.sleep(pause);
        }
    }

    /** Too much at the moment, or something between us and the node that misses it. */
    private static boolean mayPass(int status) {
        return status == 429 || status >= 500;
    }

    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        try {
            return http.send(request, body);
        } catch (ConnectException | HttpConnectTimeoutException nobody) {
            throw new IOException(
                    "no node answers at " + base + ". Is one running (postrider run), and is this its http.bind?"
                            + " Another one is named by --http http://HOST:PORT.",
                    nobody);
        }
    }

    private HttpRequest.Builder request(Optional<String> after, String filter, String accept) {
        StringBuilder query = new StringBuilder(filter);
        after.ifPresent(cursor ->
                query.append(query.isEmpty() ? "" : "&").append("after=").append(AdminClient.encoded(cursor)));
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        base.resolve("/v1/events" + (query.isEmpty() ? "" : "?" + query)))
                .header("Accept", accept);
        key.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request;
    }

    /** Server-sent events, line by line: one counts when the empty line behind it is there. */
    private static final class Follower {
        private final Predicate<JsonNode> to;
        private Optional<String> cursor;
        private String id = "";
        private String data = "";

        Follower(Optional<String> cursor, Predicate<JsonNode> to) {
            this.cursor = cursor;
            this.to = to;
        }

        /** Takes the lines of a new stream; what the one before left unfinished comes again. */
        Predicate<String> stream() {
            id = "";
            data = "";
            return this::line;
        }

        private boolean line(String line) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            } else if (line.isEmpty()) {
                return event();
            }
            return true;
        }

        private boolean event() {
            boolean goOn = true;
            if (!data.isEmpty()) {
                try {
                    goOn = to.test(JSON.readTree(data));
                } catch (JsonProcessingException wrong) {
                    throw new UncheckedIOException(wrong);
                }
                data = "";
            }
            if (!id.isEmpty()) {
                cursor = Optional.of(id);
            }
            return goOn;
        }
    }
}
