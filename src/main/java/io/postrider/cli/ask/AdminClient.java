package io.postrider.cli.ask;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** The management API of one node. Every failure is an {@link IOException} whose message says what to do. */
public final class AdminClient {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    private final URI base;
    private final Optional<String> key;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_WITHIN).build();

    /**
     * Without a key.
     *
     * @param base such as {@code http://127.0.0.1:2001}, without a path
     */
    public AdminClient(URI base) {
        this(base, Optional.empty());
    }

    /** @param key of scope admin */
    public AdminClient(URI base, Optional<String> key) {
        this.base = base;
        this.key = key;
    }

    /** @param path with its leading slash and query, already encoded */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return ask(request(path).GET().build());
    }

    public JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return ask(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    }

    /** For one segment of a path or one value of a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(ANSWER_WITHIN)
                .header("Accept", "application/json, application/problem+json");
        key.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request;
    }

    private JsonNode ask(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException | HttpConnectTimeoutException nobody) {
            throw new IOException(
                    "no node answers at " + base + ". Is one running (postrider run), and is this its admin.bind?"
                            + " Another one is named by --admin http://HOST:PORT.",
                    nobody);
        } catch (HttpTimeoutException slow) {
            throw new IOException(base + " did not answer within " + ANSWER_WITHIN.toSeconds() + " s", slow);
        }
        if (response.statusCode() / 100 != 2) {
            throw new IOException(problem(response.statusCode(), response.body()));
        }
        return parsed(response.body());
    }

    private JsonNode parsed(String body) throws IOException {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException wrong) {
            throw new IOException("expected JSON from " + base + ", but got something else: is that a node?", wrong);
        }
    }

    /** The title and detail of a problem (RFC 9457), or the status when the body is none. */
    static String problem(int code, String body) {
        String status = "the node answered " + code;
        try {
            JsonNode problem = JSON.readTree(body);
            String title = problem.path("title").asText();
            String detail = problem.path("detail").asText();
            StringBuilder text =
                    new StringBuilder(detail.isEmpty() || detail.equals(title) ? title : title + ": " + detail);
            for (JsonNode field : problem.path("errors")) {
                text.append("; ")
                        .append(field.path("pointer").asText())
                        .append(": ")
                        .append(field.path("detail").asText());
            }
            return text.isEmpty() ? status : status + ": " + text;
        } catch (JsonProcessingException noProblem) {
            return body.isBlank() ? status : status + ": " + body.strip();
        }
    }
}
