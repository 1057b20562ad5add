package io.postrider.key;

import io.postrider.spool.Fingerprint;
import io.postrider.watch.LineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The file named by {@code postrider.http.api-keys-file}: a key a line, as JSON (decision 0045). Changes replace the file
 * in one step, mode 0600, owned as before; a lock beside it lets one writer at a time. Blocks: for the command line and for
 * threads of their own.
 */
public final class KeyFile {

    /** Bytes; some 20,000 keys. */
    static final long MOST_BYTES = 4L << 20;

    private final LineFile file;

    public KeyFile(Path path) {
        this.file = new LineFile(path, MOST_BYTES);
    }

    /**
     * What is in the file.
     *
     * @param keys valid ones, in their order
     * @param problems lines that are no key, each with its number
     */
    public record Content(List<StoredKey> keys, List<String> problems) {}

    /** A new key with its secret, which is not to be had again. */
    public record Created(StoredKey key, String secret) {}

    public Path path() {
        return file.path();
    }

    /** A file that is not there holds no keys. */
    public Content read() throws IOException {
        List<StoredKey> keys = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (String line : file.lines()) {
            number++;
            switch (KeyLine.read(line)) {
                case KeyLine.Valid valid -> keys.add(valid.key());
                case KeyLine.Blank blank -> {}
                case KeyLine.Invalid invalid -> problems.add(file.path() + ":" + number + ": " + invalid.problem());
            }
        }
        return new Content(keys, problems);
    }

    /** Adds a key. Its name need not differ from others; its id does. */
    public Created create(String name, StoredKey.Rights rights, Instant at, SecureRandom random) throws IOException {
        if (!StoredKey.isName(name)) {
            throw new IllegalArgumentException(
                    "expected a name of 1 to " + StoredKey.LONGEST_NAME + " printable characters");
        }
        String secret = Secret.next(random);
        Fingerprint hash = Secret.hash(secret);
        String id = "key_" + hex(random.nextLong());
        StoredKey key = new StoredKey(id, name, at.truncatedTo(ChronoUnit.SECONDS), hex(hash), rights);
        file.change(lines -> {
            lines.add(KeyLine.write(key));
            return true;
        });
        return new Created(key, secret);
    }

    /** Takes the key out. @return false when there is none with this id, and nothing was changed */
    public boolean revoke(String id) throws IOException {
        return file.change(lines -> lines.removeIf(line -> KeyLine.read(line) instanceof KeyLine.Valid valid
                && valid.key().id().equals(id)));
    }

    static String hex(Fingerprint hash) {
        return hex(hash.first()) + hex(hash.second()) + hex(hash.third()) + hex(hash.fourth());
    }

    private static String hex(long bits) {
        String digits = Long.toHexString(bits);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
