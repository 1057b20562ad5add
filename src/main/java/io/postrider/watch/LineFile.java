package io.postrider.watch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A file of secrets, a line each. Changes replace it in one step, mode 0600, owned as before; a lock beside it lets one
 * writer at a time. Blocks: for the command line and for threads of their own.
 *
 * @param mostBytes that are read
 */
public record LineFile(Path path, long mostBytes) {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** Changes the lines. @return whether anything was changed */
    public interface Change {
        boolean make(List<String> lines) throws IOException;
    }

    /** A file that is not there has no lines. */
    public List<String> lines() throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        if (Files.size(path) > mostBytes) {
            throw new IOException(path + ": expected at most " + mostBytes + " bytes");
        }
        try {
            return Files.readAllLines(path);
        } catch (CharacterCodingException notUtf8) {
            throw new IOException(path + ": expected UTF-8", notUtf8);
        }
    }

    /** @return what the change said; the file is as it was when that is false */
    public boolean change(Change change) throws IOException {
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

    /** Readers see the old file or the new one, also after a power cut. */
    private static void replace(Path target, Path directory, List<String> lines) throws IOException {
        Path temporary = Files.createTempFile(directory, ".lines", ".new", mode());
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

    /** The superuser writes for a node that runs as somebody else: that one must be able to read it. */
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
}
