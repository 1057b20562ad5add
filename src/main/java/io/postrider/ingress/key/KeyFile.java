package io.postrider.ingress.key;

import io.postrider.spool.Fingerprint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file named by {@code postrider.http.api-keys-file}: a key a line, as JSON (decision 0045). Changes replace the file
 * in one step, mode 0600, owned as before; a lock beside it lets one writer at a time. Blocks: for the command line and for
 * threads of their own.
 */
public final class KeyFile {

    /** Bytes; some 20,000 keys. */
    static final long MOST_BYTES = 4L << 20;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path path;

    public KeyFile(Path path) {
        this.path = path;
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
        return path;
    }

    /** A file that is not there holds no keys. */
    public Content read() throws IOException {
        List<StoredKey> keys = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (String line : lines()) {
            number++;
            switch (KeyLine.read(line)) {
                case KeyLine.Valid valid -> keys.add(valid.key());
                case KeyLine.Blank blank -> {}
                case KeyLine.Invalid invalid -> problems.add(path + ":" + number + ": " + invalid.problem());
            }
        }
        return new Content(keys, problems);
    }

    /** Adds a key. Its name need not differ from others; its id does. */
    public Created create(String name, Instant at, SecureRandom random) throws IOException {
        if (!StoredKey.isName(name)) {
            throw new IllegalArgumentException(
                    "expected a name of 1 to " + StoredKey.LONGEST_NAME + " printable characters");
        }
        String secret = Secret.next(random);
        Fingerprint hash = Secret.hash(secret);
        String id = "key_" + hex(random.nextLong());
        StoredKey key = new StoredKey(id, name, at.truncatedTo(ChronoUnit.SECONDS), hex(hash));
        change(lines -> {
            lines.add(KeyLine.write(key));
            return true;
        });
        return new Created(key, secret);
    }

    /** Takes the key out. @return false when there is none with this id, and nothing was changed */
    public boolean revoke(String id) throws IOException {
        return change(lines -> lines.removeIf(line -> KeyLine.read(line) instanceof KeyLine.Valid valid
                && valid.key().id().equals(id)));
    }

    private interface Change {
        boolean make(List<String> lines);
    }

    private boolean change(Change change) throws IOException {
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Path directory = Optional.ofNullable(target.getParent()).orElse(target);
        Files.createDirectories(directory);
        Path lockFile = target.resolveSibling(target.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(
                        lockFile, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), mode());
                FileLock lock = channel.lock()) {
            List<String> lines = new ArrayList<>(lines());
            boolean changed = lock.isValid() && change.make(lines);
            if (changed) {
                replace(target, directory, lines);
            }
            return changed;
        }
    }

    private List<String> lines() throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        if (Files.size(path) > MOST_BYTES) {
            throw new IOException(path + ": expected at most " + MOST_BYTES + " bytes of keys");
        }
        return Files.readAllLines(path);
    }

    /** Readers see the old file or the new one, also after a power cut. */
    private static void replace(Path target, Path directory, List<String> lines) throws IOException {
        Path temporary = Files.createTempFile(directory, ".keys", ".new", mode());
        try {
            byte[] bytes = (String.join("\n", lines) + (lines.isEmpty() ? "" : "\n")).getBytes(StandardCharsets.UTF_8);
            Files.write(temporary, bytes, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
            keepOwner(temporary, Files.exists(target) ? target : directory);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel entry = FileChannel.open(directory)) {
            entry.force(true);
        }
    }

    /** The superuser makes keys for a node that runs as somebody else: that one must be able to read them. */
    private static void keepOwner(Path temporary, Path like) throws IOException {
        UserPrincipal owner = Files.getOwner(like);
        if (!owner.equals(Files.getOwner(temporary))
                && "root".equals(Files.getOwner(temporary).getName())) {
            Files.setOwner(temporary, owner);
        }
    }

    private static FileAttribute<?>[] mode() {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)};
    }

    static String hex(Fingerprint hash) {
        return hex(hash.first()) + hex(hash.second()) + hex(hash.third()) + hex(hash.fourth());
    }

    private static String hex(long bits) {
        String digits = Long.toHexString(bits);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
