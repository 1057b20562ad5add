package io.postrider.journal;

import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.Table;
import io.postrider.store.Writes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.serialization.Serialization;

/**
 * The snapshots in the store: chunks of at most 512 KiB, and a row that makes a snapshot exist, written with or behind
 * the last chunk. So whatever a crash interrupts, the newest complete one is there: the ones before it go in the write
 * that completes it. Reads block on the disk.
 */
final class Snapshots {

    private static final Family SNAPSHOTS = Family.rows("journal-snapshots");
    private static final Family CHUNKS = Family.rows("journal-snapshot-chunks");
    static final List<Family> FAMILIES = List.of(SNAPSHOTS, CHUNKS);

    static final int CHUNK_BYTES = 512 * 1024;

    /** A larger snapshot goes in several writes, so that new mail gets its turn between them. */
    private static final int CHUNKS_PER_WRITE = 8;

    private static final byte VERSION = 1;

    /** A snapshot that is whole. */
    record Found(long sequenceNr, long timestamp, int serializer, String manifest, int sizeBytes) {
        int chunks() {
            return Math.max(1, (sizeBytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
        }
    }

    private final Store store;
    private final Serialization serialization;
    private final Table snapshots;
    private final Table chunks;

    Snapshots(Store store, Serialization serialization) {
        this.store = store;
        this.serialization = serialization;
        this.snapshots = store.table(SNAPSHOTS);
        this.chunks = store.table(CHUNKS);
    }

    /** The whole snapshots of a persistence id, oldest first. */
    List<Found> find(String persistenceId) {
        byte[] id = Rows.id(persistenceId);
        List<Found> found = new ArrayList<>();
        store.scan(snapshots, Rows.first(id), Rows.behind(id), (key, row) -> {
            found.add(read(Rows.lastNumberOf(key), row));
            return true;
        });
        return found;
    }

    Object load(String persistenceId, Found snapshot) {
        byte[] id = Rows.id(persistenceId);
        byte[] bytes = new byte[snapshot.sizeBytes()];
        int at = 0;
        for (int i = 0; i < snapshot.chunks(); i++) {
            byte[] chunk = store.get(chunks, chunkKey(id, snapshot, i)).orElse(new byte[0]);
            if (chunk.length != Math.min(CHUNK_BYTES, bytes.length - at)) {
                throw new IllegalStateException("chunk " + i + " of snapshot " + snapshot.sequenceNr() + " of "
                        + persistenceId + " is missing or cut short");
            }
            System.arraycopy(chunk, 0, bytes, at, chunk.length);
            at += chunk.length;
        }
        return new Rows.Serialized(snapshot.serializer(), snapshot.manifest(), bytes).object(serialization);
    }

    Rows.Serialized serialize(Object snapshot) {
        return Rows.Serialized.of(snapshot, serialization);
    }

    /**
     * The writes that save a snapshot, to be written in this order. The last one makes it exist and deletes all but the
     * newest {@code keep}, of which the new one is always one.
     */
    List<Writes> save(String persistenceId, long sequenceNr, long timestamp, Rows.Serialized data, int keep) {
        byte[] id = Rows.id(persistenceId);
        Found fresh = new Found(sequenceNr, timestamp, data.serializer(), data.manifest(), data.bytes().length);
        List<Found> others = new ArrayList<>(find(persistenceId));
        List<Writes> parts = new ArrayList<>();
        Writes part = new Writes();
        for (int i = 0; i < fresh.chunks(); i++) {
            if (part.count() == CHUNKS_PER_WRITE) {
                parts.add(part);
                part = new Writes();
            }
            int from = i * CHUNK_BYTES;
            int to = Math.min(data.bytes().length, from + CHUNK_BYTES);
            part.put(chunks, chunkKey(id, fresh, i), Arrays.copyOfRange(data.bytes(), from, to));
        }
        if (!parts.isEmpty()) {
            parts.addFirst(deleteTorn(id, others));
        }
        for (Found replaced : others) {
            if (replaced.sequenceNr() == sequenceNr && replaced.timestamp() != timestamp) {
                delete(part, persistenceId, replaced);
            }
        }
        others.removeIf(other -> other.sequenceNr() == sequenceNr);
        for (Found old : others.subList(0, Math.max(0, others.size() - keep + 1))) {
            delete(part, persistenceId, old);
        }
        part.put(snapshots, Rows.key(id, sequenceNr), row(fresh));
        parts.add(part);
        return parts;
    }

    void delete(Writes writes, String persistenceId, Found snapshot) {
        byte[] id = Rows.id(persistenceId);
        writes.delete(snapshots, Rows.key(id, snapshot.sequenceNr()));
        for (int i = 0; i < snapshot.chunks(); i++) {
            writes.delete(chunks, chunkKey(id, snapshot, i));
        }
    }

    /** Only a snapshot of several writes can be torn, and its queue, as large as it is, will soon save another. */
    private Writes deleteTorn(byte[] id, List<Found> whole) {
        Writes writes = new Writes();
        Set<Long> known = new HashSet<>();
        whole.forEach(snapshot -> known.add(snapshot.sequenceNr()));
        store.scanKeys(chunks, Rows.first(id), Rows.behind(id), key -> {
            long sequenceNr = ByteBuffer.wrap(key).getLong(id.length + 1);
            if (!known.contains(sequenceNr)) {
                writes.delete(chunks, key);
            }
            return true;
        });
        return writes;
    }

    /** With the time, so that saving under the same number again does not touch the one that is whole. */
    private static byte[] chunkKey(byte[] id, Found snapshot, int chunk) {
        return Rows.key(id, snapshot.sequenceNr(), snapshot.timestamp(), chunk);
    }

    private static byte[] row(Found snapshot) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(VERSION);
        Rows.writeText(out, snapshot.manifest());
        out.writeBytes(ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES)
                .putLong(snapshot.timestamp())
                .putInt(snapshot.serializer())
                .putInt(snapshot.sizeBytes())
                .array());
        return out.toByteArray();
    }

    private static Found read(long sequenceNr, byte[] row) {
        ByteBuffer in = ByteBuffer.wrap(row);
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalStateException("expected a snapshot row of version " + VERSION + ", but got " + version);
        }
        String manifest = Rows.readText(in);
        return new Found(sequenceNr, in.getLong(), in.getInt(), manifest, in.getInt());
    }
}
