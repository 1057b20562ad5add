package io.postrider.journal;

import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.Table;
import io.postrider.store.Writes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.serialization.Serialization;

/**
 * The events in the store, for the plugin and the read side. An event is one row. What was trimmed is remembered in one
 * row per persistence id, which keeps the highest sequence number known when no event is left; appending does not touch
 * it. All but {@link #append} blocks on the disk.
 */
final class Events {

    private static final Family EVENTS = Family.rows("journal-events");
    private static final Family TRIMMED = Family.rows("journal-trimmed");
    static final List<Family> FAMILIES = List.of(EVENTS, TRIMMED);

    /**
     * Up to so many events go one by one. A range costs one tombstone that every read of the family passes until it is
     * compacted away, and every queue trims often and little: thousands of ranges would slow all replays down, while
     * single deletes meet their events in the same memtable.
     */
    private static final int MOST_SINGLE_DELETES = 4096;

    private final Store store;
    private final Serialization serialization;
    private final Table events;
    private final Table trimmed;

    /** Trims on their way to the store: a smaller one behind a larger one must not set the row back. */
    private final ConcurrentMap<String, Long> trimming = new ConcurrentHashMap<>();

    Events(Store store, Serialization serialization) {
        this.store = store;
        this.serialization = serialization;
        this.events = store.table(EVENTS);
        this.trimmed = store.table(TRIMMED);
    }

    void append(Writes writes, PersistentRepr event) {
        byte[] key = Rows.key(Rows.id(event.persistenceId()), event.sequenceNr());
        writes.put(events, key, EventRow.write(event, serialization));
    }

    void replay(String persistenceId, long from, long to, long max, Consumer<PersistentRepr> consumer) {
        if (max <= 0 || to < from) {
            return;
        }
        byte[] id = Rows.id(persistenceId);
        long[] left = {max};
        store.scan(events, Rows.key(id, Math.max(0, from)), Rows.behind(id, to), (key, row) -> {
            consumer.accept(EventRow.read(key, row, serialization));
            return --left[0] > 0;
        });
    }

    /** Of the events that are there, and of those that were trimmed; 0 when there never was one. */
    long highest(String persistenceId) {
        byte[] id = Rows.id(persistenceId);
        return Math.max(trimmedTo(persistenceId), newest(id));
    }

    private long newest(byte[] id) {
        return store.lastKey(events, Rows.first(id), Rows.behind(id))
                .map(Rows::lastNumberOf)
                .orElse(0L);
    }

    private long trimmedTo(String persistenceId) {
        long onTheWay = trimming.getOrDefault(persistenceId, 0L);
        long onDisk =
                store.get(trimmed, Rows.id(persistenceId)).map(Rows::toLong).orElse(0L);
        return Math.max(onTheWay, onDisk);
    }

    /** The deletes up to this event; empty when there is nothing to delete. {@code upTo} may lie beyond the newest. */
    Writes trim(String persistenceId, long upTo) {
        byte[] id = Rows.id(persistenceId);
        long before = trimmedTo(persistenceId);
        long last = Math.min(upTo, Math.max(before, newest(id)));
        Writes writes = new Writes();
        if (last <= before) {
            return writes;
        }
        if (last - before <= MOST_SINGLE_DELETES) {
            for (long number = before + 1; number <= last; number++) {
                writes.delete(events, Rows.key(id, number));
            }
        } else {
            writes.deleteRange(events, Rows.first(id), Rows.behind(id, last));
        }
        long newest = trimming.merge(persistenceId, last, Math::max);
        writes.put(trimmed, id, Rows.ofLong(newest));
        writes.whenVisible(() -> trimming.remove(persistenceId, newest));
        return writes;
    }

    List<EventReader.Head> heads(Optional<String> after, int limit) {
        List<EventReader.Head> heads = new ArrayList<>();
        byte[] from = after.map(id -> Rows.behind(Rows.id(id))).orElse(new byte[0]);
        while (heads.size() < limit) {
            Optional<byte[]> next = firstKey(from);
            if (next.isEmpty()) {
                break;
            }
            String persistenceId = Rows.idOf(next.get());
            byte[] id = Rows.id(persistenceId);
            heads.add(new EventReader.Head(persistenceId, newest(id)));
            from = Rows.behind(id);
        }
        return heads;
    }

    private Optional<byte[]> firstKey(byte[] from) {
        List<byte[]> first = new ArrayList<>(1);
        store.scanKeys(events, from, Rows.behindAll(), key -> {
            first.add(key);
            return false;
        });
        return first.stream().findFirst();
    }
}
