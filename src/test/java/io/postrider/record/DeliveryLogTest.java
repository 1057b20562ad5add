package io.postrider.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryLogTest {

    @TempDir
    private Path folder;

    private final HandClock clock = new HandClock(Instant.parse("2026-05-17T23:59:00Z"));

    private DeliveryLog open() {
        return new DeliveryLog(folder, new LogSettings(64 * 1024, Duration.ofDays(3), 4, 1), clock, true);
    }

    private static void append(DeliveryLog log, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        log.append(bytes, bytes.length);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void goesOnInTodaysFileAfterARestart() throws IOException {
        try (DeliveryLog log = open()) {
            append(log, "{}\n");
        }
        try (DeliveryLog log = open()) {
            append(log, "{}\n");
        }

        assertThat(files()).containsExactly("delivery-2026-05-17-000001.jsonl");
        assertThat(folder.resolve("delivery-2026-05-17-000001.jsonl")).hasContent("{}\n{}");
    }

    @Test
    void beginsANewFileWithTheDayAndWhenOneIsFull() throws IOException {
        try (DeliveryLog log = open()) {
            append(log, "x".repeat(64 * 1024) + "\n");
            append(log, "{}\n");
            clock.pass(Duration.ofMinutes(2));
            append(log, "{}\n");
        }

        assertThat(files())
                .containsExactly(
                        "delivery-2026-05-17-000001.jsonl",
                        "delivery-2026-05-17-000002.jsonl",
                        "delivery-2026-05-18-000001.jsonl");
    }

    @Test
    void cutsOffWhatACrashLeftOfALine() throws IOException {
        open().close();
        Path file = folder.resolve("delivery-2026-05-17-000001.jsonl");
        Files.writeString(file, "{\"a\":1}\n{\"b\":" + "2".repeat(200_000), StandardOpenOption.APPEND);

        try (DeliveryLog log = open()) {
            append(log, "{}\n");
        }

        assertThat(file).hasContent("{\"a\":1}\n{}");
    }

    @Test
    void cutsOffAFileWithoutAnyWholeLine() throws IOException {
        Path file = folder.resolve("delivery-2026-05-16-000007.jsonl");
        Files.writeString(file, "{\"torn");

        open().close();

        assertThat(file).isEmptyFile();
        assertThat(files()).contains("delivery-2026-05-17-000001.jsonl");
    }

    @Test
    void deletesFilesThatAreOldOrTooManyAndNoOthers() throws IOException {
        for (String name :
                List.of("2026-05-13-000001", "2026-05-14-000001", "2026-05-16-000001", "2026-05-16-000002")) {
            Files.writeString(folder.resolve("delivery-" + name + ".jsonl"), "");
        }
        Files.writeString(folder.resolve("delivery-notes.jsonl"), "");

        open().close();

        assertThat(files())
                .containsExactly(
                        "delivery-2026-05-14-000001.jsonl",
                        "delivery-2026-05-16-000001.jsonl",
                        "delivery-2026-05-16-000002.jsonl",
                        "delivery-2026-05-17-000001.jsonl",
                        "delivery-notes.jsonl");
    }
}
