package io.postrider.store;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Changes that happen together or not at all. Collected on the caller's thread without touching native memory, given to
 * the store once, and not changed afterwards. Not safe for several threads. The arrays are not copied: leave them alone.
 */
public final class Writes {

    private sealed interface Change {}

    private record Put(Table table, byte[] key, byte[] value) implements Change {}

    private record Delete(Table table, byte[] key) implements Change {}

    private record DeleteRange(Table table, byte[] from, byte[] to) implements Change {}

    private static final int CHANGE_OVERHEAD_BYTES = 16;

    private final List<Change> changes = new ArrayList<>(4);
    private final List<Runnable> afterwards = new ArrayList<>(1);
    private long sizeBytes;

    public Writes put(Table table, byte[] key, byte[] value) {
        sizeBytes += CHANGE_OVERHEAD_BYTES + key.length + value.length;
        changes.add(new Put(table, key, value));
        return this;
    }

    /** Deleting what is not there is harmless. */
    public Writes delete(Table table, byte[] key) {
        sizeBytes += CHANGE_OVERHEAD_BYTES + key.length;
        changes.add(new Delete(table, key));
        return this;
    }

    /**
     * Deletes the keys from {@code from} to before {@code to}. Every range stays in the tree as a tombstone that all
     * reads of the table look at until compaction drops it, so this is for rare and long ranges.
     */
    public Writes deleteRange(Table table, byte[] from, byte[] to) {
        sizeBytes += CHANGE_OVERHEAD_BYTES + from.length + to.length;
        changes.add(new DeleteRange(table, from, to));
        return this;
    }

    /** Runs once these writes are visible to reads, before any stage on them completes. Must be quick, must not throw. */
    public Writes whenVisible(Runnable action) {
        afterwards.add(action);
        return this;
    }

    /** All that {@code other} collected, behind what is here. */
    public Writes addAll(Writes other) {
        changes.addAll(other.changes);
        afterwards.addAll(other.afterwards);
        sizeBytes += other.sizeBytes;
        return this;
    }

    public int count() {
        return changes.size();
    }

    /** Roughly what these writes take in the log. */
    public long sizeBytes() {
        return sizeBytes;
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    void into(WriteBatch batch) throws RocksDBException {
        for (Change change : changes) {
            switch (change) {
                case Put put -> batch.put(put.table.handle(), put.key, put.value);
                case Delete delete -> batch.delete(delete.table.handle(), delete.key);
                case DeleteRange range -> batch.deleteRange(range.table.handle(), range.from, range.to);
            }
        }
    }

    void becameVisible() {
        for (Runnable action : afterwards) {
            action.run();
        }
    }
}
