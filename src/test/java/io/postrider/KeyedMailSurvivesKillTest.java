package io.postrider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import io.postrider.http.Json;
import io.postrider.ingress.http.contract.ContractClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several clients send each message under one key, again and again until they are answered, while the node is killed with
 * -9: every message arrives once, and all answers for it name one id.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class KeyedMailSurvivesKillTest {

    private static final int KEYS = 300;
    private static final int CLIENTS_PER_KEY = 4;
    private static final int CLIENTS = 12;
    private static final int KILLS = 2;

    @TempDir
    Path directory;

    /** One try to hand in the message with this number. */
    private interface Door {
        /** @return the id; empty when the answer was to come again, or there was none */
        String tryOnce(int number) throws IOException, InterruptedException;
    }

    @Test
    void overSmtp() throws Exception {
        everyMessageArrivesOnce(node -> number -> overSmtp(node, number));
    }

    @Test
    void overHttp() throws Exception {
        try (HttpClient client = ContractClient.create()) {
            everyMessageArrivesOnce(node -> number -> overHttp(client, node, number));
        }
    }

    private interface DoorOf {
        Door of(ForkedNode node);
    }

    private void everyMessageArrivesOnce(DoorOf doors) throws Exception {
        Path arrived = directory.resolve("arrived");
        SinkScript notYet = SinkScript.parse("* RCPT defer not now");
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withScript(notYet).withRecord(arrived));
                ForkedNode node = new ForkedNode(directory, settings(sink));
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            Door door = doors.of(node);
            ConcurrentMap<Integer, Set<String>> answers = new ConcurrentHashMap<>();
            AtomicInteger answered = new AtomicInteger();
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < KEYS * CLIENTS_PER_KEY; i++) {
                int number = i / CLIENTS_PER_KEY;
                all.add(CompletableFuture.runAsync(
                        () -> {
                            answers.computeIfAbsent(number, n -> ConcurrentHashMap.newKeySet())
                                    .add(untilAnswered(door, number));
                            answered.incrementAndGet();
                        },
                        clients));
            }

            for (int kill = 1; kill <= KILLS; kill++) {
                while (answered.get() < all.size() * kill / (KILLS + 1)) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                node.killHard();
                node.start();
            }
            all.forEach(CompletableFuture::join);
            // Not before: mail that was on the wire at a kill may arrive twice, which no key can prevent.
            sink.script(SinkScript.friendly());

            Set<String> ids = new HashSet<>();
            for (Map.Entry<Integer, Set<String>> answer : answers.entrySet()) {
                assertThat(answer.getValue())
                        .as("answers for %d", answer.getKey())
                        .hasSize(1);
                ids.addAll(answer.getValue());
            }
            assertThat(ids).hasSize(KEYS);
            awaitEmptyQueue(node);
            assertThat(node.ask("/v1/totals"))
                    .contains("\"accepted\":" + KEYS + ",", "\"delivered\":" + KEYS + ",", "\"queued\":0");
            assertThat(sink.recipients()).isEqualTo(KEYS);
            sink.flush();
            List<String> deliveries = Files.readAllLines(arrived);
            assertThat(deliveries).hasSize(KEYS).doesNotHaveDuplicates();
        }
    }

    /** Clients that came again at once would take the processor that the node needs to start. */
    private static String untilAnswered(Door door, int number) {
        while (true) {
            try {
                String id = door.tryOnce(number);
                if (!id.isEmpty()) {
                    return id;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (IOException nodeIsDown) {
                pause();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(200);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String overSmtp(ForkedNode node, int number) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", node.smtp().getPort())) {
            socket.setSoTimeout(30_000);
            String message =
                    """
                    EHLO client.test
                    MAIL FROM:<a@client.test>
                    RCPT TO:<b%1$d@d%2$d.test>
                    DATA
                    X-Postrider-Idempotency-Key: key-%1$d
                    Subject: number %1$d

                    Hello.
                    .
                    QUIT
                    """
                            .formatted(number, number % 5)
                            .replace("\n", "\r\n");
            socket.getOutputStream().write(message.getBytes(StandardCharsets.US_ASCII));
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = replies.readLine(); line != null; line = replies.readLine()) {
                if (line.startsWith("250 2.0.0 queued as ")) {
                    return line.substring("250 2.0.0 queued as ".length());
                }
                assertThat(line).doesNotStartWith("5");
            }
            return "";
        }
    }

    private static String overHttp(HttpClient client, ForkedNode node, int number)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(node.http("/v1/message"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "key-" + number)
                .POST(BodyPublishers.ofString(
                        """
                        {"from": "a@client.test", "to": "b%d@d%d.test", "subject": "number %d", "text": "Hello."}
                        """
                                .formatted(number, number % 5, number)))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isIn(202, 409, 503);
        return answer.statusCode() == 202
                ? Json.read(answer.body().getBytes(UTF_8)).path("id").asText()
                : "";
    }

    private static String settings(Sink sink) {
        return """
                egress.routes { "*" = "%s" }
                retry { first = 1s, longest = 1s }
                """
                .formatted(sink.address());
    }

    /** The test's time limit ends a wait in vain. */
    private static void awaitEmptyQueue(ForkedNode node) throws Exception {
        while (!node.ask("/v1/totals").contains("\"queued\":0")) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
