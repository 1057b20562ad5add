package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.postrider.cli.inject.Injection;
import io.postrider.cli.inject.Injector;
import io.postrider.cli.inject.Report;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node is killed with -9 while mail flows and a client follows its events; the client comes again with its last id. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class NodeDiesDuringAnEventStreamTest {

    private static final int MESSAGES = 800;
    private static final int KILLS = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @Test
    void theReaderSeesEveryEventOfTheDeliveryLogOnce() throws Exception {
        SinkScript failing = SinkScript.parse("d3.test RCPT defer not now");
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withScript(failing));
                ForkedNode node = new ForkedNode(directory, settings(sink));
                EventReader reader = EventReader.follow(node.http("/v1/events"))) {
            for (int kill = 1; kill <= KILLS; kill++) {
                CompletableFuture<Report> mail = inject(node);
                int before = reader.eventIds().size();
                while (reader.streams() < kill || reader.eventIds().size() < before + MESSAGES / 2) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
                node.killHard();
                node.start();
                mail.join();
            }
            sink.script(SinkScript.friendly());
            inject(node).join();
            while (!node.ask("/v1/totals").contains("\"queued\":0")) {
                TimeUnit.MILLISECONDS.sleep(200);
            }

            Set<String> logged = awaitAll(reader);
            List<String> seen = reader.eventIds();
            assertThat(reader.streams()).isGreaterThan(KILLS);
            assertThat(seen).doesNotHaveDuplicates();
            assertThat(new TreeSet<>(seen)).isEqualTo(new TreeSet<>(logged));
            assertThat(logged).hasSizeGreaterThan(MESSAGES);
            assertThat(node.endsWithin(Duration.ofSeconds(30))).isTrue();
        }
    }

    /** The log's event ids once the reader has as many; the test's time limit ends a wait in vain. */
    private Set<String> awaitAll(EventReader reader) throws Exception {
        while (true) {
            Set<String> logged = logged();
            if (reader.eventIds().size() >= logged.size()) {
                return logged;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private Set<String> logged() throws IOException {
        Set<String> ids = new HashSet<>();
        try (Stream<Path> files = Files.list(directory.resolve("data/log"))) {
            for (Path file : files.toList()) {
                for (String line : Files.readAllLines(file)) {
                    ids.add(JSON.readTree(line).path("event_id").asText());
                }
            }
        }
        return ids;
    }

    private static String settings(Sink sink) {
        return """
                egress {
                  routes { "*" = "%s" }
                  per-site { default { connections = 8 } }
                }
                retry { first = 2s }
                """
                .formatted(sink.address());
    }

    /** Sessions that a kill breaks are not taken up again, so there is new mail for each kill. */
    private static CompletableFuture<Report> inject(ForkedNode node) {
        Injector injector =
                new Injector(Injection.of(node.smtp(), MESSAGES).domains(10).sessions(8));
        return CompletableFuture.supplyAsync(() -> run(injector), Executors.newVirtualThreadPerTaskExecutor());
    }

    private static Report run(Injector injector) {
        try {
            return injector.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
