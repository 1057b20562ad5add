package io.postrider.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files {@code delivery-2026-05-17-000001.jsonl}, one JSON object a line, the day in UTC. A new file begins with a
 * new day and when one is full. Only whole lines are written; what a crash left of a last line is cut off when the log
 * is opened. For one thread.
 */
final class DeliveryLog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeliveryLog.class);
    private static final String PREFIX = "delivery-";
    private static final String SUFFIX = ".jsonl";
    private static final int DAY_LENGTH = 10;
    private static final int DIGITS = 6;

    private final Path directory;
    private final LogSettings settings;
    private final InstantSource clock;
    private final boolean synced;
    private final ArrayDeque<Path> files;
    private LocalDate day;
    private int number;
    private FileChannel channel;
    private long size;

    /**
     * Opens the newest file of today, or a new one.
     *
     * @param synced whether {@link #sync} reaches the disk
     */
    DeliveryLog(Path directory, LogSettings settings, InstantSource clock, boolean synced) {
        this.directory = directory;
        this.settings = settings;
        this.clock = clock;
        this.synced = synced;
        try {
            Files.createDirectories(directory);
            files = new ArrayDeque<>(existing(directory));
            day = today();
            Path newest = files.peekLast();
            if (newest != null) {
                repair(newest);
            }
            if (newest != null && newest.getFileName().toString().startsWith(PREFIX + day)) {
                number = numberOf(newest);
                channel = open(newest);
            } else {
                number = 1;
                channel = openNew();
            }
            size = channel.size();
            deleteOld();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the delivery log in " + directory, e);
        }
    }

    /** Writes whole lines. @throws UncheckedIOException when the disk refuses; some of the lines may be written */
    void append(byte[] lines, int length) {
        if (length == 0) {
            return;
        }
        try {
            rotateIfDue();
            ByteBuffer bytes = ByteBuffer.wrap(lines, 0, length);
            while (bytes.hasRemaining()) {
                size += channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the delivery log in " + directory, e);
        }
    }

    /** What was appended survives a crash of the machine when this returns. */
    void sync() {
        if (!synced) {
            return;
        }
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot sync the delivery log in " + directory, e);
        }
    }

    /** After a write that failed: cuts off what may be half a line, so that the next one starts a line of its own. */
    void repair() {
        try {
            channel.close();
            repair(files.getLast());
            channel = open(files.getLast());
            size = channel.size();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot repair the delivery log in " + directory, e);
        }
    }

    /** Twice is harmless. */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            sync();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the delivery log in " + directory, e);
        }
    }

    private void rotateIfDue() throws IOException {
        LocalDate now = today();
        boolean newDay = now.isAfter(day);
        if (!newDay && size < settings.maxFileBytes()) {
            return;
        }
        sync();
        channel.close();
        number = newDay ? 1 : number + 1;
        day = newDay ? now : day;
        channel = openNew();
        size = channel.size();
        deleteOld();
    }

    private FileChannel openNew() throws IOException {
        String digits = Integer.toString(number);
        String name = PREFIX + day + "-" + "0".repeat(Math.max(0, DIGITS - digits.length())) + digits + SUFFIX;
        Path file = directory.resolve(name);
        FileChannel opened = open(file);
        files.addLast(file);
        if (synced) {
            try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
                folder.force(true); // the name of a new file is in its folder
            }
        }
        return opened;
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void deleteOld() throws IOException {
        LocalDate oldest = today().minusDays(settings.keep().toDays());
        while (files.size() > 1) {
            Path file = files.getFirst();
            if (files.size() <= settings.maxFiles() && !dayOf(file).isBefore(oldest)) {
                return;
            }
            Files.deleteIfExists(file);
            files.removeFirst();
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static List<Path> existing(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(DeliveryLog::isOurs).sorted().toList();
        }
    }

    private static boolean isOurs(Path file) {
        String name = file.getFileName().toString();
        if (!name.startsWith(PREFIX)
                || !name.endsWith(SUFFIX)
                || name.length() < PREFIX.length() + DAY_LENGTH + 2 + SUFFIX.length()) {
            return false;
        }
        try {
            dayOf(file);
            return numberOf(file) > 0;
        } catch (DateTimeParseException | NumberFormatException notOurs) {
            return false;
        }
    }

    private static LocalDate dayOf(Path file) {
        String name = file.getFileName().toString();
        return LocalDate.parse(name.substring(PREFIX.length(), PREFIX.length() + DAY_LENGTH));
    }

    private static int numberOf(Path file) {
        String name = file.getFileName().toString();
        return Integer.parseInt(name.substring(PREFIX.length() + DAY_LENGTH + 1, name.length() - SUFFIX.length()));
    }

    /** Cuts the file behind its last line end. */
    private static void repair(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = channel.size();
            long whole = end;
            ByteBuffer block = ByteBuffer.allocate(64 * 1024);
            while (whole > 0) {
                long from = Math.max(0, whole - block.capacity());
                block.clear().limit((int) (whole - from));
                while (block.hasRemaining() && channel.read(block, from + block.position()) >= 0) {}
                int last = block.position() - 1;
                while (last >= 0 && block.get(last) != '\n') {
                    last--;
                }
                whole = from + last + 1;
                if (last >= 0) {
                    break;
                }
            }
            if (whole < end) {
                log.warn("cut {} bytes of an unfinished line off {}", end - whole, file);
                channel.truncate(whole);
                channel.force(true);
            }
        }
    }
}
