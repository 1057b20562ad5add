package io.postrider.ingress.key;

import io.postrider.ingress.http.ApiKey;
import io.postrider.ingress.http.ApiKeys;
import io.postrider.spool.Fingerprint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys in a file as it is now: a thread of its own looks every second whether the file was replaced. A file that is
 * gone holds no keys; one that cannot be read changes nothing until it can, and the log says why.
 *
 * <p>A key is looked up by its hash, over a table of hashes and in one comparison that takes the same time whatever it
 * finds. A wrong key costs the same as a right one and appears nowhere.
 */
public final class WatchedKeys implements ApiKeys, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WatchedKeys.class);
    private static final StoredKey NOBODY = new StoredKey("", "", Instant.EPOCH, "0".repeat(64));

    /** What tells one state of a file from another: a replaced file is another one, also within a tick of the clock. */
    private record State(boolean exists, Object file, long modifiedNanos, long size) {
        private static final State GONE = new State(false, "", 0, 0);
    }

    private final KeyFile file;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "api-keys");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Map<Fingerprint, StoredKey> keys = Map.of();

    /** Touched by the watching thread, and before it starts. */
    private State seen = State.GONE;

    private String lastProblem = "";

    private WatchedKeys(KeyFile file) {
        this.file = file;
    }

    /**
     * Reads the file and watches it: blocks briefly.
     *
     * @param every how often to look
     * @throws UncheckedIOException when the file is there and cannot be read
     */
    public static WatchedKeys open(KeyFile file, Duration every) {
        WatchedKeys keys = new WatchedKeys(file);
        try {
            keys.load(keys.look());
        } catch (IOException e) {
            keys.watch.shutdown();
            throw new UncheckedIOException(
                    "postrider.http.api-keys-file: cannot read " + file.path() + ": " + e.getMessage(), e);
        }
        // It ends with the executor; check() throws nothing.
        Future<?> unused = keys.watch.scheduleWithFixedDelay(
                keys::check, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        return keys;
    }

    @Override
    public boolean isEmpty() {
        return keys.isEmpty();
    }

    @Override
    public Optional<ApiKey> find(String presented) {
        Fingerprint hash = Secret.hash(presented);
        StoredKey found = keys.getOrDefault(hash, NOBODY);
        boolean same = MessageDigest.isEqual(ascii(KeyFile.hex(hash)), ascii(found.sha256()));
        return same ? Optional.of(new ApiKey(found.id())) : Optional.empty();
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }

    private void check() {
        try {
            State now = look();
            if (!now.equals(seen)) {
                load(now);
                lastProblem = "";
            }
        } catch (IOException | RuntimeException e) {
            String problem = String.valueOf(e.getMessage());
            if (!problem.equals(lastProblem)) {
                lastProblem = problem;
                log.error("the keys in {} stay as they were, for the file cannot be read: {}", file.path(), problem);
            }
        }
    }

    private State look() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file.path(), BasicFileAttributes.class);
            return new State(
                    true,
                    Optional.ofNullable(attributes.fileKey()).orElse(""),
                    attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                    attributes.size());
        } catch (NoSuchFileException gone) {
            return State.GONE;
        }
    }

    /** @param state seen before the reading: what changes meanwhile is seen the next time */
    private void load(State state) throws IOException {
        KeyFile.Content content = file.read();
        Map<Fingerprint, StoredKey> byHash = new HashMap<>();
        for (StoredKey key : content.keys()) {
            byHash.put(fingerprint(key.sha256()), key);
        }
        keys = Map.copyOf(byHash);
        seen = state;
        content.problems().forEach(problem -> log.error("a line that is no key: {}", problem));
        if (state.exists()) {
            log.info("{} keys are valid, by {}", byHash.size(), file.path());
        } else {
            log.warn("no key is valid: there is no file {}; bin/postrider key create makes one", file.path());
        }
    }

    private static Fingerprint fingerprint(String hex) {
        return new Fingerprint(bits(hex, 0), bits(hex, 16), bits(hex, 32), bits(hex, 48));
    }

    private static long bits(String hex, int from) {
        return Long.parseUnsignedLong(hex, from, from + 16, 16);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
