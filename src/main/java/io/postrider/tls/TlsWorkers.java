package io.postrider.tls;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that compute the milliseconds of a handshake, so that no socket's and no stream's thread does. */
public final class TlsWorkers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TlsWorkers.class);
    private static final int IDLE_SECONDS = 30;

    private final ThreadPoolExecutor threads;
    private final int maxWaiting;

    /**
     * @param threads at least 1
     * @param maxWaiting pieces of work that wait for a thread, at most
     */
    public TlsWorkers(int threads, int maxWaiting) {
        this.maxWaiting = maxWaiting;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(maxWaiting), task -> {
                    Thread thread = new Thread(task, "tls-handshakes-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        this.threads.allowCoreThreadTimeOut(true);
    }

    /** Whether half of the places are taken: no new handshake should begin, for each takes a place more than once. */
    public boolean isBusy() {
        return threads.getQueue().size() * 2 > maxWaiting;
    }

    /**
     * Does the work and then calls {@code done}, on the thread that worked.
     *
     * @return false when too much work waits; then neither is done
     */
    public boolean run(Runnable work, Runnable done) {
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException bug) {
                    // The engine tells its owner at the next step.
                    log.error("a part of a handshake failed", bug);
                } finally {
                    done.run();
                }
            });
            return true;
        } catch (RejectedExecutionException tooMuch) {
            return false;
        }
    }

    /** What waits is given up. Harmless to repeat. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
