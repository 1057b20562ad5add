package io.postrider.cli.sink;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Keeps received messages as files, numbered on from those that are there. Safe for all threads. */
final class Store {

    private static final String MESSAGE = ".eml";

    private final Path directory;
    private final AtomicLong last;

    private Store(Path directory, long last) {
        this.directory = directory;
        this.last = new AtomicLong(last);
    }

    static Store open(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            long last = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(MESSAGE))
                    .mapToLong(name -> numberOf(name.substring(0, name.length() - MESSAGE.length())))
                    .max()
                    .orElse(0);
            return new Store(directory, last);
        }
    }

    /** The envelope comes first and the message appears whole, so whoever waits for it finds both. */
    void keep(String sender, List<String> recipients, byte[] message) throws IOException {
        String name = String.format("%06d", last.incrementAndGet());
        StringBuilder envelope = new StringBuilder("MAIL FROM:<" + sender + ">\n");
        for (String recipient : recipients) {
            envelope.append("RCPT TO:<").append(recipient).append(">\n");
        }
        Files.writeString(directory.resolve(name + ".env"), envelope, StandardCharsets.UTF_8);
        Path unfinished = directory.resolve(name + ".tmp");
        Files.write(unfinished, message);
        Files.move(unfinished, directory.resolve(name + MESSAGE), StandardCopyOption.ATOMIC_MOVE);
    }

    private static long numberOf(String name) {
        try {
            return Long.parseLong(name);
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }
}
