package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.http.Json;
import io.postrider.ingress.http.InjectionFixture.Answer;
import io.postrider.spool.Spool;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostBatchTest {

    private final InjectionFixture api =
            new InjectionFixture("http { batch { max-items = 100, max-line-size = 2 KiB, parallelism = 16 } }");

    @AfterEach
    void close() {
        api.close();
    }

    private static String message(String subject) {
        return InjectionFixture.MINIMAL.replace("\"s\"", "\"" + subject + "\"");
    }

    private Answer json(String body, String... headers) throws Exception {
        return api.post("/v1/message/batch", "application/json", BodyPublishers.ofString(body), headers);
    }

    private List<JsonNode> lines(String body) throws Exception {
        Answer answer = api.post("/v1/message/batch", "application/x-ndjson", BodyPublishers.ofString(body));
        assertThat(answer.status()).isEqualTo(200);
        return Arrays.stream(answer.response().body().split("\n", -1))
                .filter(line -> !line.isEmpty())
                .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Test
    void takesEachItemByItselfAndAnswersInOrder() throws Exception {
        Answer answer =
                json("{ \"messages\" : [ " + message("one") + ",\n {\"from\":\"nobody\",\"to\":\"b@y.example\"}, "
                        + message("zwei ü").replace("y.example", "nowhere at all") + " , " + message("four") + " ] }");
        JsonNode results = answer.json().path("results");

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(answer.json().path("accepted").asInt()).isEqualTo(2);
        assertThat(answer.json().path("refused").asInt()).isEqualTo(2);
        assertThat(results.findValuesAsText("index")).containsExactly("0", "1", "2", "3");
        assertThat(results.path(0).path("message").path("status").asText()).isEqualTo("queued");
        assertThat(results.path(1)
                        .path("problem")
                        .path("errors")
                        .path(0)
                        .path("pointer")
                        .asText())
                .isEqualTo("/from");
        assertThat(results.path(2).path("problem").path("code").asText()).isEqualTo("all_recipients_rejected");
        List<Spool.Message> messages = api.spool.all();
        assertThat(messages).hasSize(2);
        assertThat(results.path(3).path("message").path("id").asText())
                .isEqualTo(messages.get(1).id().toString());
        assertThat(new String(messages.get(1).body(), StandardCharsets.US_ASCII))
                .contains("Subject: four");
    }

    @Test
    void takesAnArrayAsWell() throws Exception {
        assertThat(json("[" + message("a") + "]").json().path("accepted").asInt())
                .isEqualTo(1);
    }

    @Test
    void takesNothingOfABatchThatIsMalformedOrTooLong() throws Exception {
        Answer cut = json("{\"messages\":[" + message("a") + "," + message("b"));
        Answer many = json("[" + String.join(",", java.util.Collections.nCopies(101, message("a"))) + "]");
        Answer empty = json("{\"messages\":[]}");
        Answer field = json("{\"messages\":[" + message("a") + "],\"x\":1}");

        assertThat(cut.code()).isEqualTo("malformed_json");
        assertThat(many.status()).isEqualTo(413);
        assertThat(many.code()).isEqualTo("too_many_messages");
        assertThat(empty.pointer()).isEqualTo("/messages");
        assertThat(field.pointer()).isEqualTo("/x");
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void bringsItemsToTheSpoolTogether() throws Exception {
        CompletableFuture<Void> safe = new CompletableFuture<>();
        api.spool.answerWith(() -> safe);
        String items = IntStream.range(0, 20).mapToObj(i -> message("m" + i)).collect(Collectors.joining(","));

        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return json("[" + items + "]");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        for (int i = 0; i < 16; i++) {
            api.spool.taken();
        }

        assertThat(answer).isNotDone();
        safe.complete(null);
        assertThat(answer.join().json().path("accepted").asInt()).isEqualTo(20);
    }

    @Test
    void givesEachItemAKeyOfItsOwn() throws Exception {
        String own = message("b").replace("}", ",\"idempotency_key\":\"mine\"}");
        json("[" + message("a") + "," + own + "]", "Idempotency-Key", "k");
        JsonNode again = json("[" + message("a") + "," + own + "," + message("c") + "]", "Idempotency-Key", "k")
                .json();
        JsonNode alone = json("[" + own + "]").json();

        assertThat(again.path("results").path(0).path("replayed").asBoolean()).isTrue();
        assertThat(again.path("results").path(1).path("replayed").asBoolean()).isTrue();
        assertThat(again.path("results").path(2).has("replayed")).isFalse();
        assertThat(alone.path("results").path(0).path("replayed").asBoolean()).isTrue();
        assertThat(api.spool.all()).hasSize(3);
    }

    @Test
    void answersEachLineOfAStreamWithALine() throws Exception {
        List<JsonNode> results =
                lines(message("a") + "\n\n" + "{\n" + " ".repeat(3000) + "\n" + message("b") + "\r\n" + message("c"));

        assertThat(results).extracting(result -> result.path("index").asInt()).containsExactly(0, 1, 2, 3, 4);
        assertThat(results.get(1).path("problem").path("code").asText()).isEqualTo("malformed_json");
        assertThat(results.get(2).path("problem").path("status").asInt()).isEqualTo(413);
        assertThat(results.get(3).path("message").path("status").asText()).isEqualTo("queued");
        assertThat(results.get(4).path("message").path("status").asText()).isEqualTo("queued");
        assertThat(api.spool.all()).hasSize(3);
    }

    @Test
    void answersALineBeforeTheNextOneCame() throws Exception {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), api.listener.address().getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/message/batch HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));

            for (int i = 0; i < 3; i++) {
                String line = message("m" + i) + "\n";
                out.write((Integer.toHexString(line.length()) + "\r\n" + line + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                String result = in.readLine();
                while (!result.startsWith("{")) {
                    result = in.readLine();
                }
                assertThat(result).startsWith("{\"index\":" + i + ",\"message\":{");
            }
        }
    }

    @Test
    void refusesOtherTypes() throws Exception {
        Answer answer = api.post("/v1/message/batch", "message/rfc822", BodyPublishers.ofString("x"));

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.code()).isEqualTo("unsupported_media_type");
    }
}
