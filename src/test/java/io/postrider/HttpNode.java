package io.postrider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkSettings;
import io.postrider.ingress.http.contract.ContractClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A whole node in this process that sends everything to a sink, with a client that holds all it sees to the contract. */
final class HttpNode implements AutoCloseable {

    static final JsonMapper JSON = new JsonMapper();

    private final Path directory;
    private final Sink sink;
    private final Node node;
    private final ContractClient client = ContractClient.create();

    HttpNode(Path directory, Map<String, String> settings) throws IOException {
        this.directory = directory;
        this.sink = Sink.start(SinkSettings.onLoopback().withStore(directory.resolve("received")));
        Map<String, String> all = new HashMap<>(Map.of(
                "postrider.data-dir", '"' + directory.resolve("data").toString() + '"',
                "postrider.smtp.listeners", "[{ name = test, bind = \"127.0.0.1:0\" }]",
                "postrider.http.bind", "\"127.0.0.1:0\"",
                "postrider.metrics.bind", "\"127.0.0.1:0\"",
                "postrider.admin.bind", "\"127.0.0.1:0\"",
                "postrider.egress.routes", "{ \"*\" = \"" + sink.address() + "\" }"));
        all.putAll(settings);
        this.node = Node.start(Configuration.load(Optional.empty(), all));
    }

    int port() {
        return node.http().getPort();
    }

    /** Of its listeners, in the order of the settings. */
    int smtpPort(int listener) {
        return node.smtp().get(listener).getPort();
    }

    Sink sink() {
        return sink;
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** @param headers names and values in turn; without any the body is JSON */
    HttpResponse<String> post(String path, byte[] body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).POST(BodyPublishers.ofByteArray(body));
        String[] given = headers.length == 0 ? new String[] {"Content-Type", "application/json"} : headers;
        return client.send(request.headers(given).build(), BodyHandlers.ofString());
    }

    /** @param body JSON */
    HttpResponse<String> ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).method(method, BodyPublishers.ofString(body));
        return client.send(request.header("Content-Type", "application/json").build(), BodyHandlers.ofString());
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** Empty when it is no problem. */
    static String code(HttpResponse<String> response) throws IOException {
        return response.statusCode() < 300 ? "" : json(response).path("code").asText();
    }

    /** What the management API says of a queue. */
    String queue(String domain) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + node.admin().getPort() + "/v1/queues/" + domain);
        try (HttpClient admin = HttpClient.newHttpClient()) {
            return admin.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    /** All messages that the sink has taken so far. */
    List<String> received() {
        return received(".eml");
    }

    /** The envelopes of all messages that the sink has begun to take so far. */
    List<String> envelopes() {
        return received(".env");
    }

    private List<String> received(String ending) {
        try (Stream<Path> files = Files.list(directory.resolve("received"))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .map(HttpNode::text)
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    @Override
    public void close() throws IOException {
        node.stop().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        sink.close();
    }
}
