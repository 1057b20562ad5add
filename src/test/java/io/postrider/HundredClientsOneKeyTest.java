package io.postrider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import io.postrider.http.Json;
import io.postrider.ingress.http.contract.ContractClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred clients send one message under one key at the same moment, each until it is answered: there is one message,
 * and everybody hears of that one. Also when the node is killed with -9 somewhere in between.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class HundredClientsOneKeyTest {

    private static final int CLIENTS = 100;
    private static final int ROUNDS_WITHOUT_KILL = 3;
    private static final int KILLS = 3;

    @TempDir
    Path directory;

    private Path arrived;
    private Sink sink;
    private ForkedNode node;

    private final HttpClient client = ContractClient.create();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** What the clients of one key were told, as far as they were. */
    private static final class Told {
        private final AtomicInteger tries = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final Set<String> bodies = ConcurrentHashMap.newKeySet();
        private final AtomicInteger replays = new AtomicInteger();

        String id() {
            assertThat(bodies).hasSize(1);
            return Json.read(bodies.iterator().next().getBytes(UTF_8))
                    .path("id")
                    .asText();
        }
    }

    @BeforeEach
    void start() throws IOException {
        arrived = directory.resolve("arrived");
        // What is on the wire at a kill may arrive twice, which no key can prevent: so nothing is until the end.
        SinkScript notYet = SinkScript.parse("* RCPT defer not now");
        sink = Sink.start(SinkSettings.onLoopback().withScript(notYet).withRecord(arrived));
        node = new ForkedNode(
                directory,
                """
                egress.routes { "*" = "%s" }
                retry { first = 1s, longest = 1s }
                http.max-requests-per-client = 200
                """
                        .formatted(sink.address()));
    }

    @AfterEach
    void stop() throws IOException {
        node.close();
        sink.close();
        threads.close();
        client.close();
    }

    @Test
    void makeOneMessage() throws Exception {
        Set<String> ids = new HashSet<>();
        for (int round = 0; round < ROUNDS_WITHOUT_KILL; round++) {
            Told told = new Told();
            CompletableFuture.allOf(send("key-" + round, told)).join();

            assertThat(told.replays).hasValue(CLIENTS - 1);
            ids.add(told.id());
        }

        assertThat(ids).hasSize(ROUNDS_WITHOUT_KILL);
        assertDelivered(ids);
    }

    @Test
    void makeOneMessageAlsoWhenTheNodeIsKilledInTheMiddle() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Set<String> ids = new HashSet<>();
        for (int kill = 0; kill < KILLS; kill++) {
            Told told = new Told();
            int when = random.nextInt(2 * CLIENTS);
            CompletableFuture<Void> all = CompletableFuture.allOf(send("key-" + kill, told));
            while (told.tries.get() < when && told.done.get() < CLIENTS) {
                Thread.onSpinWait();
            }
            node.killHard();
            node.start();
            all.join();

            assertThat(told.replays)
                    .as("seed %d, kill %d: the first answer may be lost, and is kept before it is given", seed, kill)
                    .hasValueGreaterThanOrEqualTo(CLIENTS - 1);
            ids.add(told.id());
        }

        assertThat(ids).as("seed %d", seed).hasSize(KILLS);
        assertDelivered(ids);
    }

    private CompletableFuture<?>[] send(String key, Told told) {
        CyclicBarrier together = new CyclicBarrier(CLIENTS);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            all.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            together.await();
                            untilAnswered(key, told);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    threads));
        }
        return all.toArray(new CompletableFuture<?>[0]);
    }

    private void untilAnswered(String key, Told told) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(node.http("/v1/message"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(
                        """
                        {"from": "a@client.test", "to": ["b@d1.test", "c@d1.test", "d@d2.test"],
                         "subject": "%s", "text": "Hello."}
                        """
                                .formatted(key)))
                .build();
        while (true) {
            told.tries.incrementAndGet();
            try {
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isIn(202, 409);
                if (answer.statusCode() == 202) {
                    told.bodies.add(answer.body());
                    answer.headers().firstValue("Idempotent-Replayed").ifPresent(replayed -> {
                        assertThat(replayed).isEqualTo("true");
                        told.replays.incrementAndGet();
                    });
                    told.done.incrementAndGet();
                    return;
                }
                assertThat(answer.body()).contains("\"code\":\"idempotency_in_flight\"");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (IOException nodeIsDown) {
                // As many clients as this, if they came again at once, would take the processor that the node needs.
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    /** Each message has three recipients at two domains: in the sink's file are three lines with its Message-ID. */
    private void assertDelivered(Set<String> ids) throws Exception {
        sink.script(SinkScript.friendly());
        while (!node.ask("/v1/totals").contains("\"queued\":0")) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        int recipients = 3 * ids.size();
        assertThat(node.ask("/v1/totals"))
                .contains("\"accepted\":" + recipients + ",", "\"delivered\":" + recipients + ",");
        sink.flush();
        List<String> lines = Files.readAllLines(arrived);
        assertThat(lines).hasSize(recipients);
        assertThat(new HashSet<>(lines)).hasSameSizeAs(ids);
    }
}
