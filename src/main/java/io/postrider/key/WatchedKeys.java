package io.postrider.key;

import io.postrider.http.ApiKey;
import io.postrider.http.ApiKeys;
import io.postrider.spool.Fingerprint;
import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys in a file as it is now: a thread of its own looks now and then whether the file was replaced. A file that is
 * gone holds no keys; one that cannot be read changes nothing until it can, and the log says why.
 *
 * <p>A key is looked up by its hash, over a table of hashes and in one comparison that takes the same time whatever it
 * finds. A wrong key costs the same as a right one and appears nowhere.
 */
public final class WatchedKeys implements ApiKeys, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WatchedKeys.class);
    private static final StoredKey NOBODY =
            new StoredKey("", "", Instant.EPOCH, "0".repeat(64), StoredKey.Rights.OF_FORMAT_1);

    private final KeyFile file;
    private final String setting;
    private final InstantSource clock;
    private final FileWatch watch;
    private volatile Map<Fingerprint, StoredKey> keys = Map.of();

    private WatchedKeys(KeyFile file, String setting, Duration every, InstantSource clock) {
        this.file = file;
        this.setting = setting;
        this.clock = clock;
        this.watch = new FileWatch("api-keys", every);
    }

    /**
     * Reads the file and watches it: blocks briefly.
     *
     * @param setting that named the file
     * @param clock says which keys have expired
     * @param every how often to look
     * @throws UncheckedIOException when the file is there and cannot be read
     */
    public static WatchedKeys open(KeyFile file, String setting, Duration every, InstantSource clock) {
        WatchedKeys keys = new WatchedKeys(file, setting, every, clock);
        try {
            keys.watch.add(
                    List.of(file.path()),
                    keys::load,
                    problem -> log.error(
                            "the keys in {} stay as they were, for the file cannot be read: {}", file.path(), problem));
        } catch (IOException e) {
            keys.close();
            throw new UncheckedIOException(keys.setting + ": cannot read " + file.path() + ": " + e.getMessage(), e);
        }
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
        return same && !found.isExpired(clock.instant()) ? Optional.of(found.toApiKey()) : Optional.empty();
    }

    @Override
    public void close() {
        watch.close();
    }

    private void load() throws IOException {
        boolean exists = Files.exists(file.path());
        KeyFile.Content content = file.read();
        Map<Fingerprint, StoredKey> byHash = new HashMap<>();
        for (StoredKey key : content.keys()) {
            byHash.put(fingerprint(key.sha256()), key);
        }
        keys = Map.copyOf(byHash);
        content.problems().forEach(problem -> log.error("a line that is no key: {}", problem));
        if (exists) {
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
