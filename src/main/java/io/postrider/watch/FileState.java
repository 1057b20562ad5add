package io.postrider.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What tells one state of a file from another: a replaced file is another one, also within a tick of the clock.
 *
 * @param file names the file itself, not its path
 * @param size bytes
 */
public record FileState(boolean exists, Object file, long modifiedNanos, long size) {

    /** There is no such file. */
    public static final FileState GONE = new FileState(false, "", 0, 0);

    /** As it is now. Blocks briefly. */
    public static FileState of(Path path) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new FileState(
                    true,
                    Optional.ofNullable(attributes.fileKey()).orElse(""),
                    attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                    attributes.size());
        } catch (NoSuchFileException gone) {
            return GONE;
        }
    }

    /** Whether anybody on the machine may read it. False where files have no such permissions. */
    public static boolean isWorldReadable(Path path) throws IOException {
        try {
            return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
        } catch (UnsupportedOperationException otherSystem) {
            return false;
        }
    }
}
