package io.postrider.store;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit: one thread writes what waits as one batch with one sync, while the next batch gathers. No timer adds
 * latency to new mail: it is written and synced at once, and batches grow with load. All else is written at once as well,
 * and waits a little for a sync that comes anyway.
 *
 * <p>A batch that fails is tried again, in its order, until it works or the store is closed, so that queues need not
 * restart over a full disk. When it has failed for {@code unhealthy-after}, the new mail in it and behind it is given
 * back as failed; what the journal and the recorder wrote stays and is tried on.
 */
final class Writer {

    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

    /** What the caller was promised about a write. */
    private enum Promise {
        /** A client waits for it: synced at once. */
        NEW_MAIL,
        /** Synced within {@code store.sync-within}. */
        SYNCED,
        /** Synced within {@code store.lazy-sync-after}. */
        LAZY
    }

    private record Pending(Writes writes, Promise promise, CompletableFuture<Void> done) {}

    private final Disk disk;
    private final StoreSettings settings;
    private final StoreListener listener;
    private final Executor completions;
    private final Thread thread = new Thread(this::run, "postrider-store-writer");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Pending> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean closing;
    private boolean idle;
    private long probeAtNanos = System.nanoTime();

    private volatile boolean healthy = true;

    /** Written but not yet covered by a sync; touched by the writer's thread only. */
    private List<CompletableFuture<Void>> unsynced = new ArrayList<>();

    private long syncAtNanos;

    Writer(Disk disk, StoreSettings settings, StoreListener listener, Executor completions) {
        this.disk = disk;
        this.settings = settings;
        this.listener = listener;
        this.completions = completions;
    }

    void start() {
        thread.start();
    }

    /** As {@link #write}, but refused when too much waits or the disk has been failing. */
    CompletionStage<Void> offer(Writes writes) {
        return enqueue(writes, Promise.NEW_MAIL);
    }

    CompletionStage<Void> write(Writes writes) {
        return enqueue(writes, Promise.SYNCED);
    }

    CompletionStage<Void> writeLazily(Writes writes) {
        return enqueue(writes, Promise.LAZY);
    }

    boolean isHealthy() {
        return healthy;
    }

    /** Writes what waits, syncs, and ends the thread; what still fails then is given up. */
    void close() {
        lock.lock();
        try {
            closing = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private CompletionStage<Void> enqueue(Writes writes, Promise promise) {
        Pending pending = new Pending(writes, promise, new CompletableFuture<>());
        lock.lock();
        try {
            if (closing) {
                return CompletableFuture.failedFuture(new StoreFailed("the store is closed"));
            }
            if (promise == Promise.NEW_MAIL && !healthy && !mayProbe()) {
                return CompletableFuture.failedFuture(new Overloaded("the disk has been refusing writes"));
            }
            boolean full = queue.size() >= settings.queueWrites()
                    || (queuedBytes > 0 && queuedBytes + writes.sizeBytes() > settings.queueBytes());
            if (full && promise == Promise.NEW_MAIL) {
                return CompletableFuture.failedFuture(
                        new Overloaded(queuedBytes + " bytes in " + queue.size() + " writes wait for the disk"));
            }
            queue.addLast(pending);
            queuedBytes += writes.sizeBytes();
            if (idle) {
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
        return pending.done;
    }

    /** One new message at a time finds out whether the disk works again: without it, nothing might ever be tried. */
    private boolean mayProbe() {
        long now = System.nanoTime();
        if (now - probeAtNanos < 0) {
            return false;
        }
        probeAtNanos = now + settings.retryAtMost().toNanos();
        return true;
    }

    private void run() {
        List<Pending> batch = new ArrayList<>();
        while (gather(batch)) {
            if (!batch.isEmpty()) {
                writeUntilItWorks(batch);
                batch = new ArrayList<>();
            }
            if (!unsynced.isEmpty() && syncAtNanos - System.nanoTime() <= 0) {
                syncUntilItWorks();
            }
        }
        if (!unsynced.isEmpty()) {
            syncUntilItWorks();
        }
    }

    /** Waits for work, or for the time to sync. False when the store closes and nothing is left. */
    private boolean gather(List<Pending> batch) {
        lock.lock();
        try {
            while (queue.isEmpty()) {
                if (closing) {
                    return false;
                }
                long left = unsynced.isEmpty() ? Long.MAX_VALUE : syncAtNanos - System.nanoTime();
                if (left <= 0) {
                    return true;
                }
                idle = true;
                arrived.awaitNanos(left);
                idle = false;
            }
            long bytes = 0;
            while (!queue.isEmpty()) {
                long next = queue.getFirst().writes.sizeBytes();
                if (!batch.isEmpty() && bytes + next > settings.batchBytes()) {
                    break;
                }
                bytes += next;
                batch.add(queue.removeFirst());
            }
            queuedBytes -= bytes;
            return true;
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt this thread; going on is safer than leaving writes behind.
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void writeUntilItWorks(List<Pending> batch) {
        Failing failing = new Failing();
        while (!batch.isEmpty()) {
            List<Writes> writes = new ArrayList<>(batch.size());
            long bytes = 0;
            boolean sync = false;
            for (Pending pending : batch) {
                writes.add(pending.writes);
                bytes += pending.writes.sizeBytes();
                sync |= patience(pending.promise).isZero();
            }
            sync &= settings.sync();
            long start = System.nanoTime();
            try {
                disk.write(writes, sync);
                long took = System.nanoTime() - start;
                healthy = true;
                written(batch, sync);
                listener.wrote(batch.size(), bytes, sync, Duration.ofNanos(took), waiting());
                return;
            } catch (IOException | RuntimeException e) {
                if (failing.pauseAfter(e)) {
                    giveBackNewMail(batch, e);
                } else {
                    giveUp(batch, e);
                    return;
                }
            }
        }
    }

    /** How long it may stay unsynced. */
    private Duration patience(Promise promise) {
        return switch (promise) {
            case NEW_MAIL -> Duration.ZERO;
            case SYNCED -> settings.syncWithin();
            case LAZY -> settings.lazySyncAfter();
        };
    }

    private void written(List<Pending> batch, boolean synced) {
        boolean durable = synced || !settings.sync();
        List<CompletableFuture<Void>> done = new ArrayList<>(batch.size());
        if (durable && !unsynced.isEmpty()) {
            done.addAll(unsynced);
            unsynced = new ArrayList<>();
        }
        long now = System.nanoTime();
        for (Pending pending : batch) {
            if (durable) {
                done.add(pending.done);
            } else {
                long due = now + patience(pending.promise).toNanos();
                syncAtNanos = unsynced.isEmpty() || due - syncAtNanos < 0 ? due : syncAtNanos;
                unsynced.add(pending.done);
            }
        }
        completions.execute(() -> {
            for (Pending pending : batch) {
                pending.writes.becameVisible();
            }
            for (CompletableFuture<Void> one : done) {
                one.complete(null);
            }
        });
    }

    private void syncUntilItWorks() {
        Failing failing = new Failing();
        List<CompletableFuture<Void>> done = unsynced;
        unsynced = new ArrayList<>();
        while (true) {
            long start = System.nanoTime();
            try {
                disk.sync();
                healthy = true;
                listener.wrote(0, 0, true, Duration.ofNanos(System.nanoTime() - start), waiting());
                completions.execute(() -> done.forEach(one -> one.complete(null)));
                return;
            } catch (IOException | RuntimeException e) {
                if (!failing.pauseAfter(e)) {
                    StoreFailed failure = new StoreFailed("the store was closed while its disk refused to sync", e);
                    completions.execute(() -> done.forEach(one -> one.completeExceptionally(failure)));
                    return;
                }
            }
        }
    }

    private void giveBackNewMail(List<Pending> batch, Exception cause) {
        if (healthy) {
            return;
        }
        List<Pending> newMail = new ArrayList<>();
        batch.removeIf(pending -> pending.promise == Promise.NEW_MAIL && newMail.add(pending));
        giveUp(newMail, cause);
    }

    private void giveUp(List<Pending> pendings, Exception cause) {
        if (!pendings.isEmpty()) {
            List<Pending> all = List.copyOf(pendings);
            StoreFailed failure = new StoreFailed("the disk refused the write: " + cause.getMessage(), cause);
            completions.execute(() -> all.forEach(pending -> pending.done.completeExceptionally(failure)));
        }
    }

    private int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** One run of failures: pauses between tries, and the moment at which the store is no longer healthy. */
    private final class Failing {
        private final long since = System.nanoTime();
        private long pauseNanos = FIRST_PAUSE.toNanos();

        /** False when the store is closing and there is no use in another try. */
        boolean pauseAfter(Exception failure) {
            listener.failed(String.valueOf(failure.getMessage()));
            if (System.nanoTime() - since >= settings.unhealthyAfter().toNanos() && healthy) {
                healthy = false;
                LOG.error("the store refuses new mail: its disk has been failing: {}", failure.getMessage());
            } else {
                LOG.warn("a write to the store failed and will be tried again: {}", failure.getMessage());
            }
            lock.lock();
            try {
                long left = pauseNanos;
                while (!closing && left > 0) {
                    left = arrived.awaitNanos(left);
                }
                pauseNanos = Math.min(2 * pauseNanos, settings.retryAtMost().toNanos());
                return !closing;
            } catch (InterruptedException e) {
                return true;
            } finally {
                lock.unlock();
            }
        }
    }
}
