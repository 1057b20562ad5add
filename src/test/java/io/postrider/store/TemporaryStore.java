package io.postrider.store;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A store in a directory of its own, with small buffers; both go with {@link #close}. */
public final class TemporaryStore implements AutoCloseable {

    private final Path directory;
    private final List<Family> families;
    private final StoreSettings settings;
    private Store store;

    private TemporaryStore(List<Family> families, StoreSettings settings) {
        try {
            this.directory = Files.createTempDirectory("postrider-store");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.families = families;
        this.settings = settings;
        this.store = Store.open(directory, settings, families, StoreListener.NONE);
    }

    public static TemporaryStore with(List<Family> families) {
        return new TemporaryStore(families, settings());
    }

    /** @param lazySync the longest that a lazy write stays unsynced */
    public static TemporaryStore with(List<Family> families, Duration lazySync) {
        return new TemporaryStore(families, settings(lazySync));
    }

    public Store store() {
        return store;
    }

    public Path directory() {
        return directory;
    }

    /** As after a restart of the process. */
    public Store reopen() {
        store.close();
        store = Store.open(directory, settings, families, StoreListener.NONE);
        return store;
    }

    /** The defaults with little memory and quick lazy syncs. */
    public static StoreSettings settings() {
        return settings(Duration.ofMillis(20));
    }

    private static StoreSettings settings(Duration lazySync) {
        StoreSettings defaults = StoreSettings.from(ConfigFactory.load().getConfig("postrider"));
        return new StoreSettings(
                true,
                16 << 20,
                32 << 20,
                4 << 20,
                32 << 20,
                2,
                defaults.batchBytes(),
                defaults.queueBytes(),
                defaults.queueWrites(),
                defaults.syncWithin(),
                lazySync,
                Duration.ofMillis(20),
                Duration.ofMillis(50),
                2,
                1000);
    }

    @Override
    public void close() {
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
