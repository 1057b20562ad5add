package io.postrider.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.postrider.http.ApiKey;
import io.postrider.http.Scope;
import io.postrider.mail.Identity;
import io.postrider.mail.SenderDomains;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(30)
class WatchedKeysTest {

    private static final Duration OFTEN = Duration.ofMillis(5);

    @TempDir
    Path directory;

    private static final Instant END = Instant.parse("2026-02-03T04:05:06Z");

    private static final StoredKey.Rights RIGHTS = new StoredKey.Rights(
            Set.of(Scope.READ), SenderDomains.parse(List.of("example.com")), "acme", Optional.of(END));

    private final AtomicReference<Instant> clock = new AtomicReference<>(END.minusSeconds(1));

    private KeyFile file() {
        return new KeyFile(directory.resolve("keys"));
    }

    private KeyFile.Created create() throws IOException {
        return file().create("a", RIGHTS, Instant.EPOCH, new SecureRandom());
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void knowsTheKeysOfTheFileAndNoOthers() throws IOException {
        KeyFile.Created first = create();
        KeyFile.Created second = create();

        try (WatchedKeys keys = WatchedKeys.open(file(), "postrider.http.api-keys-file", OFTEN, clock::get)) {
            assertThat(keys.find(first.secret()))
                    .contains(new ApiKey(
                            Identity.key(first.key().id(), "acme", SenderDomains.parse(List.of("example.com"))),
                            Set.of(Scope.READ)));
            assertThat(keys.find(second.secret())).isPresent();
            assertThat(keys.find(first.secret() + "=")).isEmpty();
            assertThat(keys.find(first.key().sha256())).isEmpty();
            assertThat(keys.find("")).isEmpty();
            assertThat(keys.find("é")).isEmpty();
        }
    }

    @Test
    void knowsNoKeyBehindItsEnd() throws IOException {
        KeyFile.Created key = create();
        try (WatchedKeys keys = WatchedKeys.open(file(), "postrider.http.api-keys-file", OFTEN, clock::get)) {
            assertThat(keys.find(key.secret())).isPresent();

            clock.set(END);

            assertThat(keys.find(key.secret())).isEmpty();
        }
    }

    @Test
    void followsTheFile() throws IOException {
        try (WatchedKeys keys = WatchedKeys.open(file(), "postrider.http.api-keys-file", OFTEN, clock::get)) {
            assertThat(keys.isEmpty()).isTrue();

            KeyFile.Created created = create();
            until(() -> keys.find(created.secret()).isPresent());

            file().revoke(created.key().id());
            until(() -> keys.find(created.secret()).isEmpty());

            KeyFile.Created again = create();
            until(() -> keys.find(again.secret()).isPresent());
            Files.delete(file().path());
            until(keys::isEmpty);
        }
    }

    @Test
    void keepsWhatItKnowsWhileTheFileCannotBeRead() throws IOException {
        KeyFile.Created created = create();
        Path aside = directory.resolve("aside");
        try (WatchedKeys keys = WatchedKeys.open(file(), "postrider.http.api-keys-file", OFTEN, clock::get)) {
            ListAppender<ILoggingEvent> lines = listen();
            Files.move(file().path(), aside);
            Files.createDirectory(directory.resolve("tmp"));
            Files.move(directory.resolve("tmp"), file().path());
            until(() -> lines.list.stream()
                    .anyMatch(line -> line.getFormattedMessage().contains("cannot be read")));

            Files.delete(file().path());
            Files.move(aside, file().path());
            until(() -> keys.find(created.secret()).isPresent());
        }
    }

    @Test
    void doesNotStartOverAFileThatCannotBeRead() throws IOException {
        Files.createDirectory(file().path());

        assertThatThrownBy(() -> WatchedKeys.open(file(), "postrider.http.api-keys-file", OFTEN, clock::get))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("postrider.http.api-keys-file: cannot read");
    }

    @Test
    void neverLogsWhatWasPresented() throws IOException {
        create();
        try (WatchedKeys keys = WatchedKeys.open(file(), "postrider.http.api-keys-file", OFTEN, clock::get)) {
            ListAppender<ILoggingEvent> lines = listen();

            keys.find("prk_wrong");

            assertThat(lines.list).noneMatch(line -> line.getFormattedMessage().contains("wrong"));
        }
    }

    private static ListAppender<ILoggingEvent> listen() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        ((Logger) LoggerFactory.getLogger(WatchedKeys.class)).addAppender(lines);
        return lines;
    }
}
