package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.cli.inject.Injection;
import io.postrider.cli.inject.Injector;
import io.postrider.cli.inject.Report;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node is killed with -9 under load and started again; {@code bench/crash} does the same on a larger scale. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class NodeDiesTest {

    private static final int MESSAGES = 2_000;
    private static final int SESSIONS = 8;
    private static final int CONNECTIONS = 8;
    private static final int WINDOW = 16;
    private static final int KILLS = 2;

    @TempDir
    Path directory;

    @Test
    void losesNothingThatItAnsweredForAndRepeatsNoMoreThanWasOnTheWire() throws Exception {
        Path answered = directory.resolve("answered");
        Path arrived = directory.resolve("arrived");
        SinkScript failing = SinkScript.parse("d3.test RCPT defer not now");
        try (Sink sink =
                        Sink.start(SinkSettings.onLoopback().withScript(failing).withRecord(arrived));
                ForkedNode node = new ForkedNode(directory, settings(sink))) {
            Injector injector = new Injector(Injection.of(node.smtp(), MESSAGES)
                    .domains(10)
                    .sessions(SESSIONS)
                    .persisting(answered));
            CompletableFuture<Report> injection =
                    CompletableFuture.supplyAsync(() -> run(injector), Executors.newVirtualThreadPerTaskExecutor());

            for (int kill = 1; kill <= KILLS; kill++) {
                awaitAccepted(injector, injection, MESSAGES * kill / (KILLS + 1));
                node.killHard();
                node.start();
            }
            sink.script(SinkScript.friendly());
            injection.join();

            Set<String> promised = new HashSet<>(Files.readAllLines(answered));
            List<String> deliveries = awaitAll(promised, arrived);
            assertThat(promised).hasSizeGreaterThan(MESSAGES / 2);
            assertThat(deliveries).containsAll(promised);
            assertThat(deliveries.size() - new HashSet<>(deliveries).size())
                    .isLessThanOrEqualTo(KILLS * CONNECTIONS * WINDOW);
            assertThat(node.endsWithin(Duration.ofSeconds(30))).isTrue();
        }
    }

    private static String settings(Sink sink) {
        return """
                egress {
                  routes { "*" = "%s" }
                  window = %d
                  per-site { default { connections = %d } }
                }
                retry { first = 2s }
                """
                .formatted(sink.address(), WINDOW, CONNECTIONS);
    }

    private static Report run(Injector injector) {
        try {
            return injector.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitAccepted(Injector injector, CompletableFuture<Report> injection, int number) {
        while (injector.accepted() < number && !injection.isDone()) {
            Thread.onSpinWait();
        }
    }

    /** The deliveries once they hold everything promised; the test's time limit ends a wait in vain. */
    private static List<String> awaitAll(Set<String> promised, Path arrived) throws Exception {
        while (true) {
            List<String> deliveries = Files.readAllLines(arrived);
            if (new HashSet<>(deliveries).containsAll(promised)) {
                return deliveries;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
