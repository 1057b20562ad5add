package io.postrider.cli.inject;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpInjectorTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory;

    private final List<JsonNode> received = Collections.synchronizedList(new ArrayList<>());
    private final List<String> keys = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger toDrop = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/v1/message", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.close();
    }

    @ParameterizedTest(
            name = "{0} messages, {1} sessions, {2} recipients, {3} per connection, batches of {4}, lines {5}")
    @CsvSource({
        "100,5,1,0,1,false",
        "40,3,4,7,1,false",
        "1000,4,1,0,100,false",
        "1000,4,2,0,70,true",
        "30,1,1,10,5,false"
    })
    void sendsEveryMessageOnce(int count, int sessions, int recipients, int perConnection, int batch, boolean lines)
            throws Exception {
        Path answered = directory.resolve("answered");

        Report report = new Injector(
                        injection(count, sessions, recipients, perConnection, Optional.of(answered)),
                        new Door.Http(batch, lines, Optional.of("secret"), false))
                .run();

        assertThat(report.accepted()).isEqualTo(count);
        assertThat(report.recipients()).isEqualTo((long) count * recipients);
        assertThat(report.isComplete()).isTrue();
        assertThat(received).hasSize(count);
        assertThat(received.get(0).path("text").asText().replace("\n", "\r\n")).hasSize(4096);
        assertThat(received)
                .extracting(message -> message.path("subject").asText())
                .doesNotHaveDuplicates();
        assertThat(Files.readAllLines(answered)).hasSize(count * recipients);
    }

    @Test
    void countsRefusalsByTheirStatus() throws Exception {
        Report report = new Injector(
                        injection(10, 1, 1, 0, Optional.empty()).to(List.of("refused@x.test", "a@x.test")),
                        new Door.Http(5, false, Optional.of("secret"), false))
                .run();

        assertThat(report.accepted()).isEqualTo(5);
        assertThat(report.refused()).isEqualTo(5);
        assertThat(report.replies().get("422"))
                .isEqualTo(new Report.Refusal("422 invalid_request: no; /to that one", 5));
    }

    @Test
    void tellsAnAnswerToAllOfThem() throws Exception {
        Report report = new Injector(
                        injection(10, 2, 1, 0, Optional.empty()), new Door.Http(5, true, Optional.empty(), false))
                .run();

        assertThat(report.refused()).isEqualTo(10);
        assertThat(report.replies().get("401").example()).startsWith("401 no_problem: who are you?");
    }

    @Test
    void neverSendsAgainWhatMayHaveBeenTaken() throws Exception {
        toDrop.set(3);

        Report report = new Injector(
                        injection(20, 1, 1, 0, Optional.empty()), new Door.Http(1, false, Optional.of("secret"), false))
                .run();

        assertThat(report.unknown()).isEqualTo(3);
        assertThat(report.accepted()).isEqualTo(17);
        assertThat(requests.get()).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource({"1", "4"})
    void sendsAgainUnderTheSameKeyWhenAsked(int batch) throws Exception {
        toDrop.set(2);

        Report report = new Injector(
                        injection(20, 1, 1, 0, Optional.empty()),
                        new Door.Http(batch, false, Optional.of("secret"), true))
                .run();

        assertThat(report.accepted()).isEqualTo(20);
        assertThat(report.unknown()).isZero();
        assertThat(keys).hasSize(20 + 2 * batch);
        assertThat(keys.stream().distinct()).hasSize(20);
    }

    private Injection injection(int count, int sessions, int recipients, int perConnection, Optional<Path> record) {
        return new Injection(
                server.getAddress(),
                "s@x.test",
                List.of(),
                3,
                count,
                4096,
                sessions,
                recipients,
                perConnection,
                0,
                true,
                record);
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        byte[] body = exchange.getRequestBody().readAllBytes();
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Idempotency-Key"))
                .ifPresent(keys::add);
        List<JsonNode> messages = new ArrayList<>();
        boolean lines =
                "application/x-ndjson".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
        boolean batch = exchange.getRequestURI().getPath().endsWith("/batch");
        if (lines) {
            JSON.readerFor(JsonNode.class).<JsonNode>readValues(body).forEachRemaining(messages::add);
        } else if (batch) {
            JSON.readTree(body).path("messages").forEach(messages::add);
        } else {
            messages.add(JSON.readTree(body));
        }
        messages.forEach(message -> {
            if (message.has("idempotency_key")) {
                keys.add(message.path("idempotency_key").asText());
            }
        });
        if (!"Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 401, "who are you?", false);
        } else if (toDrop.getAndDecrement() > 0) {
            exchange.close();
        } else {
            received.addAll(messages);
            send(exchange, batch ? 200 : 202, answer(messages, batch, lines), lines);
        }
    }

    private static String answer(List<JsonNode> messages, boolean batch, boolean lines) {
        if (!batch) {
            return submission(messages.get(0)).toString();
        }
        StringBuilder text = new StringBuilder();
        ObjectNode whole = JSON.createObjectNode();
        for (JsonNode message : messages) {
            ObjectNode result = whole.withArray("results").addObject();
            if (message.path("to").asText().startsWith("refused@")) {
                ObjectNode problem = result.putObject("problem");
                problem.put("status", 422).put("code", "invalid_request").put("detail", "no");
                problem.putArray("errors").addObject().put("pointer", "/to").put("detail", "that one");
            } else {
                result.set("message", submission(message));
            }
            text.append(result).append('\n');
        }
        return lines ? text.toString() : whole.toString();
    }

    private static ObjectNode submission(JsonNode message) {
        ObjectNode answer = JSON.createObjectNode().put("id", "x").put("status", "queued");
        JsonNode to = message.path("to");
        if (to.isArray()) {
            to.forEach(one -> answer.withArray("recipients").addObject().put("email", one.asText()));
        } else {
            answer.withArray("recipients").addObject().put("email", to.asText());
        }
        answer.putArray("rejected");
        return answer;
    }

    private static void send(HttpExchange exchange, int status, String text, boolean chunked) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, chunked ? 0 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
