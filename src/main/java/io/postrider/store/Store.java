package io.postrider.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * The one embedded database of a node: {@code store} in the data directory, which it locks for this process. Rows of
 * bytes in named families; many callers' writes share one synced write.
 *
 * <p>Writes return at once and are applied in the order of the calls, over all families: what a crash leaves is a prefix
 * of that order which holds everything that completed. Their stages complete on the thread {@code postrider-store-done},
 * one after another, so whatever hangs on a stage must be quick and must not block: tell an actor, start a task.
 *
 * <p>Reads block on the disk: call them inside {@link #reading} or on a dispatcher meant for the disk, never on an actor's
 * or stream's thread. They see what was applied, which a write is before its stage completes.
 */
public final class Store implements AutoCloseable {

    private final DataDirectoryLock lock;
    private final Rocks rocks;
    private final Writer writer;
    private final ExecutorService completions =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "postrider-store-done"));
    private final ThreadPoolExecutor readers;

    /** Held for reading by every access to native memory, and for writing while that goes away. */
    private final ReadWriteLock life = new ReentrantReadWriteLock();

    private boolean closed;

    private Store(DataDirectoryLock lock, Rocks rocks, StoreSettings settings, StoreListener listener) {
        this.lock = lock;
        this.rocks = rocks;
        this.writer = new Writer(rocks, settings, listener, completions);
        this.readers = new ThreadPoolExecutor(
                settings.readThreads(),
                settings.readThreads(),
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(settings.readQueue()),
                task -> new Thread(task, "postrider-store-reader"));
    }

    /**
     * Opens the store, recovers it and starts its writer.
     *
     * @param families all that anybody will ask {@link #table} for
     * @throws IllegalStateException when another process uses the data directory
     * @throws StoreFailed when the database cannot be opened
     */
    public static Store open(Path dataDir, StoreSettings settings, List<Family> families, StoreListener listener) {
        DataDirectoryLock lock = DataDirectoryLock.take(dataDir);
        try {
            Store store = new Store(lock, Rocks.open(dataDir.resolve("store"), settings, families), settings, listener);
            store.writer.start();
            return store;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** @throws IllegalArgumentException when the store was opened without this family */
    public Table table(Family family) {
        return rocks.table(family);
    }

    /**
     * For new mail: completes when the writes are on stable storage. Fails with {@link Overloaded}, at once and with
     * nothing written, when too much waits or the disk has been failing; with {@link StoreFailed} when the disk refused
     * for longer than {@code store.unhealthy-after}.
     */
    public CompletionStage<Void> offer(Writes writes) {
        return writer.offer(writes);
    }

    /**
     * Always taken, so the number of callers must bound it. Completes when the writes are on stable storage, by the sync of
     * the next new mail or {@code store.sync-within} later; while the disk fails it is tried again for as long as the store
     * is open.
     */
    public CompletionStage<Void> write(Writes writes) {
        return writer.write(writes);
    }

    /**
     * As {@link #write}, in the same order, but causes no sync: completes when the next one covers it, which comes at the
     * latest {@code store.lazy-sync-after} later. A crash before that may forget it, but never anything before it.
     */
    public CompletionStage<Void> writeLazily(Writes writes) {
        return writer.writeLazily(writes);
    }

    /** False while the disk has been failing for longer than {@code store.unhealthy-after}. */
    public boolean isHealthy() {
        return writer.isHealthy();
    }

    /** Runs a task that reads on the store's reading threads. Fails with {@link Overloaded} when too many wait. */
    public <T> CompletionStage<T> reading(Callable<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            readers.execute(() -> {
                try {
                    done.complete(task.call());
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(
                    readers.isShutdown()
                            ? new StoreFailed("the store is closed")
                            : new Overloaded("too many reads wait for the disk"));
        }
        return done;
    }

    public Optional<byte[]> get(Table table, byte[] key) {
        return access(() -> Optional.ofNullable(rocks.db().get(table.handle(), key)));
    }

    /** The values of these keys in their order. Cheaper than one by one. */
    public List<Optional<byte[]>> multiGet(Table table, List<byte[]> keys) {
        if (keys.isEmpty()) {
            return List.of();
        }
        return access(() -> {
            List<ColumnFamilyHandle> handles = new ArrayList<>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                handles.add(table.handle());
            }
            List<Optional<byte[]>> values = new ArrayList<>(keys.size());
            for (byte[] value : rocks.db().multiGetAsList(handles, keys)) {
                values.add(Optional.ofNullable(value));
            }
            return values;
        });
    }

    /** What is called for each row of a scan. */
    public interface RowVisitor {
        /** @return whether to go on */
        boolean row(byte[] key, byte[] value);
    }

    /** Rows from {@code from} to before {@code to} in the order of their keys. */
    public void scan(Table table, byte[] from, byte[] to, RowVisitor visitor) {
        iterate(table, to, rows -> {
            rows.seek(from);
            while (rows.isValid() && visitor.row(rows.key(), rows.value())) {
                rows.next();
            }
        });
    }

    /** As {@link #scan}, without reading the values. */
    public void scanKeys(Table table, byte[] from, byte[] to, Predicate<byte[]> visitor) {
        iterate(table, to, rows -> {
            rows.seek(from);
            while (rows.isValid() && visitor.test(rows.key())) {
                rows.next();
            }
        });
    }

    /** The last key from {@code from} to before {@code to}; empty when there is none. */
    public Optional<byte[]> lastKey(Table table, byte[] from, byte[] to) {
        List<byte[]> last = new ArrayList<>(1);
        iterate(table, to, rows -> {
            rows.seekToLast();
            if (rows.isValid() && Arrays.compareUnsigned(rows.key(), from) >= 0) {
                last.add(rows.key());
            }
        });
        return last.stream().findFirst();
    }

    /** As {@link #scan}, from the last row before {@code to} down to {@code from}. */
    public void scanBack(Table table, byte[] from, byte[] to, RowVisitor visitor) {
        iterate(table, to, rows -> {
            rows.seekToLast();
            while (rows.isValid()) {
                byte[] key = rows.key();
                if (Arrays.compareUnsigned(key, from) < 0 || !visitor.row(key, rows.value())) {
                    return;
                }
                rows.prev();
            }
        });
    }

    private interface Walk {
        void over(RocksIterator rows) throws RocksDBException;
    }

    private void iterate(Table table, byte[] to, Walk walk) {
        access(() -> {
            try (Slice end = new Slice(to);
                    ReadOptions options = new ReadOptions().setIterateUpperBound(end);
                    RocksIterator rows = rocks.db().newIterator(table.handle(), options)) {
                walk.over(rows);
                rows.status();
            }
            return true;
        });
    }

    private interface Access<T> {
        T run() throws RocksDBException;
    }

    private <T> T access(Access<T> access) {
        life.readLock().lock();
        try {
            if (closed) {
                throw new StoreFailed("the store is closed");
            }
            return access.run();
        } catch (RocksDBException e) {
            throw new StoreFailed("the store could not be read: " + e.getMessage(), e);
        } finally {
            life.readLock().unlock();
        }
    }

    /** Takes nothing more, writes and syncs what waits, completes its stages, and frees everything. Twice is harmless. */
    @Override
    public void close() {
        writer.close();
        readers.shutdown();
        completions.close();
        life.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                rocks.close();
                lock.close();
            }
        } finally {
            life.writeLock().unlock();
        }
    }
}
