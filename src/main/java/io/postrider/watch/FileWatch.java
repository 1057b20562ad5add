package io.postrider.watch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks again and again, on a thread of its own, whether files were replaced, and has them read then. What cannot be read
 * is tried again at each look, and its problem is told once, until it changes.
 */
public final class FileWatch implements AutoCloseable {

    /** Reads what was replaced and takes it into use; on an exception the reader keeps what it had. */
    public interface Reading {
        void read() throws IOException;
    }

    private static final class Watched {
        private final List<Path> files;
        private final Reading reading;
        private final Consumer<String> problem;
        private List<FileState> seen;
        private String lastProblem = "";

        private Watched(List<Path> files, Reading reading, Consumer<String> problem, List<FileState> seen) {
            this.files = files;
            this.reading = reading;
            this.problem = problem;
            this.seen = seen;
        }

        private void check() {
            try {
                List<FileState> now = states(files);
                if (!now.equals(seen)) {
                    reading.read();
                    seen = now;
                    lastProblem = "";
                }
            } catch (IOException | RuntimeException e) {
                String what = String.valueOf(e.getMessage());
                if (!what.equals(lastProblem)) {
                    lastProblem = what;
                    problem.accept(what);
                }
            }
        }
    }

    private final List<Watched> all = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService thread;

    /**
     * @param name of the thread
     * @param every how often to look
     */
    public FileWatch(String name, Duration every) {
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread watching = new Thread(task, name);
            watching.setDaemon(true);
            return watching;
        });
        // It ends with the executor; check() throws nothing.
        Future<?> unused = thread.scheduleWithFixedDelay(
                () -> all.forEach(Watched::check), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Reads now, on the caller's thread, and later whenever one of the files is another than when it was last read.
     *
     * @param files that belong together: a key and its certificate
     * @param problem is told in words why what was replaced cannot be read
     * @throws IOException of the first reading; nothing is watched then
     */
    public void add(List<Path> files, Reading reading, Consumer<String> problem) throws IOException {
        // Seen before the reading: what changes meanwhile is seen the next time.
        List<FileState> before = states(files);
        reading.read();
        all.add(new Watched(List.copyOf(files), reading, problem, before));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private static List<FileState> states(List<Path> files) throws IOException {
        List<FileState> states = new ArrayList<>(files.size());
        for (Path file : files) {
            states.add(FileState.of(file));
        }
        return states;
    }
}
