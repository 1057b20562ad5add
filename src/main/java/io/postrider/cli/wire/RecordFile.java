package io.postrider.cli.wire;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A text file with one Message-ID a line, appended to, so that several runs add up. Lines are in the file at latest one
 * interval after {@link #add} and after {@link #close}. Safe for all threads.
 */
public final class RecordFile implements Closeable {

    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final ReentrantLock lock = new ReentrantLock();
    private final BufferedWriter writer;
    private final Thread flusher;

    private RecordFile(BufferedWriter writer) {
        this.writer = writer;
        this.flusher = Thread.ofPlatform().daemon().name("record-file").unstarted(this::flushNowAndThen);
    }

    public static RecordFile open(Path path) throws IOException {
        // Not a channel: an interrupt of a thread that writes would close it.
        FileOutputStream out = new FileOutputStream(path.toFile(), true);
        RecordFile file = new RecordFile(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)));
        file.flusher.start();
        return file;
    }

    /** Writes the line {@code times} times, one for each recipient. */
    public void add(String messageId, int times) throws IOException {
        lock.lock();
        try {
            for (int i = 0; i < times; i++) {
                writer.write(messageId);
                writer.write('\n');
            }
        } finally {
            lock.unlock();
        }
    }

    public void flush() throws IOException {
        lock.lock();
        try {
            writer.flush();
        } finally {
            lock.unlock();
        }
    }

    private void flushNowAndThen() {
        try {
            while (!Thread.interrupted()) {
                Thread.sleep(INTERVAL);
                flush();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() throws IOException {
        flusher.interrupt();
        lock.lock();
        try {
            writer.close();
        } finally {
            lock.unlock();
        }
    }
}
