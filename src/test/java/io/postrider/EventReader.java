package io.postrider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.postrider.ingress.http.contract.ContractClient;
import io.postrider.ingress.http.contract.Exchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Follows {@code text/event-stream} as a browser does: remembers the last id, and comes again with it whenever the stream
 * ends or breaks.
 */
final class EventReader implements AutoCloseable {

    private static final ContractClient CONTRACT = ContractClient.create();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI events;
    private final List<JsonNode> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger streams = new AtomicInteger();
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private volatile Optional<String> lastId = Optional.empty();
    private volatile boolean closed;

    private EventReader(URI events) {
        this.events = events;
    }

    static EventReader follow(URI events) {
        EventReader reader = new EventReader(events);
        reader.thread.start();
        return reader;
    }

    /** In the order in which they came. */
    List<String> eventIds() {
        return seen.stream().map(event -> event.path("event_id").asText()).toList();
    }

    /** How many streams were opened. */
    int streams() {
        return streams.get();
    }

    private void run() {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            while (!closed) {
                try {
                    read(client);
                } catch (IOException broken) {
                    Thread.onSpinWait();
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(HttpClient client) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(events).header("Accept", "text/event-stream");
        lastId.ifPresent(id -> request.header("Last-Event-ID", id));
        HttpResponse<Stream<String>> response = client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode());
        }
        streams.incrementAndGet();
        String[] id = {""};
        String[] data = {""};
        try (Stream<String> lines = response.body()) {
            lines.takeWhile(line -> !closed).forEach(line -> line(line, id, data));
        } catch (java.io.UncheckedIOException broken) {
            throw new IOException(broken);
        }
    }

    /** An event counts when its empty line is there, as the specification of server-sent events says. */
    private void line(String line, String[] id, String[] data) {
        if (line.startsWith("id: ")) {
            id[0] = line.substring(4);
        } else if (line.startsWith("data: ")) {
            data[0] = line.substring(6);
        } else if (line.isEmpty()) {
            if (!id[0].isEmpty()) {
                lastId = Optional.of(id[0]);
            }
            if (!data[0].isEmpty()) {
                seen.add(parsed(data[0]));
                data[0] = "";
            }
        }
    }

    private static JsonNode parsed(String json) {
        Map<String, List<String>> stream = Map.of("Content-Type", List.of("text/event-stream"));
        CONTRACT.check(new Exchange("GET", "/v1/events", Map.of(), "", 200, stream, Optional.of("data:" + json)));
        try {
            return JSON.readTree(json);
        } catch (IOException wrong) {
            throw new IllegalStateException("expected JSON in an event, but got " + json, wrong);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
