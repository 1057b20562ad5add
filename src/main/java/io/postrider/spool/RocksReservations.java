package io.postrider.spool;

import io.postrider.mail.MessageId;
import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.Table;
import io.postrider.store.Writes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Used keys on the embedded store, in a family of their own.
 *
 * <p>No write here causes a sync. The store applies writes in the order of the calls, over all families, and a crash
 * leaves a prefix of that order: a message that is accepted after its key was reserved is never on the disk without the
 * reservation, and a reservation without its message is one whose submission was not answered.
 *
 * <pre>
 * 0 generation       ->  started at, keys, bytes
 * 1 generation name  ->  version, state, payload, id, at [, code, text]
 * </pre>
 */
public final class RocksReservations implements Reservations {

    private static final Logger log = LoggerFactory.getLogger(RocksReservations.class);

    private static final Family FAMILY = Family.rows("idempotency");

    /** What the store is to be opened with. */
    public static final List<Family> FAMILIES = List.of(FAMILY);

    private static final byte HEADER = 0;
    private static final byte ROW = 1;

    /** A row with its key and what the tree adds, without the text of its answer. */
    private static final int ROW_BYTES = 160;

    /** What was written and may not be visible to reads yet; empty when it was forgotten. Compared by identity. */
    private static final class Pending {
        private final Optional<Reservation> reservation;

        private Pending(Optional<Reservation> reservation) {
            this.reservation = reservation;
        }
    }

    private final Store store;
    private final Table table;
    private final IdempotencySettings settings;
    private final Generations generations;

    /** As many as there are submissions under way. */
    private final Map<Fingerprint, Pending> pending = new ConcurrentHashMap<>();

    private RocksReservations(Store store, IdempotencySettings settings, List<Generations.Header> earlier) {
        this.store = store;
        this.table = store.table(FAMILY);
        this.settings = settings;
        this.generations = new Generations(settings, earlier);
    }

    /** Reads a few rows: call it at the start, not on an actor's thread. */
    public static RocksReservations open(Store store, IdempotencySettings settings) {
        List<Generations.Header> headers = new ArrayList<>();
        store.scan(store.table(FAMILY), new byte[] {HEADER}, new byte[] {ROW}, (key, value) -> {
            ByteBuffer header = ByteBuffer.wrap(value);
            int number = ByteBuffer.wrap(key).getInt(1);
            headers.add(new Generations.Header(number, header.getLong(), header.getLong(), header.getLong()));
            return true;
        });
        return new RocksReservations(store, settings, headers);
    }

    @Override
    public CompletionStage<Reserved> reserve(Fingerprint name, Fingerprint payload, MessageId id, Instant at) {
        return store.reading(() -> find(name, at)
                .map(found -> new Reserved(found, false))
                .orElseGet(() -> new Reserved(put(name, payload, id, at), true)));
    }

    @Override
    public CompletionStage<Void> confirm(Reservation reservation, Reservation.Answer answer) {
        Reservation answered = reservation.answered(answer);
        generations.grew(reservation.place(), answer.text().length);
        return write(answered.name(), Optional.of(answered), rowOf(answered));
    }

    @Override
    public CompletionStage<Void> forget(Reservation reservation) {
        byte[] key = key(reservation.place(), reservation.name());
        return write(reservation.name(), Optional.empty(), new Writes().delete(table, key));
    }

    /** Generations that are kept, and the keys that were put into them. */
    long keys() {
        return generations.headers().stream()
                .mapToLong(Generations.Header::keys)
                .sum();
    }

    private Optional<Reservation> find(Fingerprint name, Instant at) {
        Pending written = pending.get(name);
        Optional<Reservation> found = written == null ? read(name) : written.reservation;
        return found.filter(one -> at.isBefore(one.at().plus(settings.keep())));
    }

    private Optional<Reservation> read(Fingerprint name) {
        List<Integer> places = generations.numbers();
        List<byte[]> keys = new ArrayList<>(places.size());
        for (int place : places) {
            keys.add(key(place, name));
        }
        List<Optional<byte[]>> rows = store.multiGet(table, keys);
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).isPresent()) {
                return Optional.of(
                        ReservationCodec.decode(name, places.get(i), rows.get(i).get()));
            }
        }
        return Optional.empty();
    }

    private Reservation put(Fingerprint name, Fingerprint payload, MessageId id, Instant at) {
        Generations.Turn turn = generations.add(at, ROW_BYTES);
        Reservation reservation = new Reservation(name, payload, id, at, Optional.empty(), turn.current());
        Writes writes = rowOf(reservation);
        if (!turn.dropped().isEmpty()) {
            turn.dropped().forEach(number -> writes.delete(table, headerKey(number)));
            writes.deleteRange(table, new byte[] {ROW}, generationKey(turn.oldest()));
        }
        if (turn.early()) {
            log.warn("more keys of submissions than postrider.idempotency.max-keys or max-bytes allow within"
                    + " postrider.idempotency.keep: the oldest are forgotten now");
        }
        write(name, Optional.of(reservation), writes);
        return reservation;
    }

    /** The row, and its generation's header as it is now. */
    private Writes rowOf(Reservation reservation) {
        Generations.Header current = generations.current();
        byte[] header = ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(current.startedAtMillis())
                .putLong(current.keys())
                .putLong(current.bytes())
                .array();
        return new Writes()
                .put(table, key(reservation.place(), reservation.name()), ReservationCodec.encode(reservation))
                .put(table, headerKey(current.number()), header);
    }

    /** Completes when reads see it: then it is in the log file, which outlives the process. */
    private CompletionStage<Void> write(Fingerprint name, Optional<Reservation> state, Writes writes) {
        Pending written = new Pending(state);
        pending.put(name, written);
        CompletableFuture<Void> visible = new CompletableFuture<>();
        writes.whenVisible(() -> {
            pending.remove(name, written);
            visible.complete(null);
        });
        store.writeLazily(writes).whenComplete((done, failure) -> {
            if (failure != null) {
                pending.remove(name, written);
                visible.completeExceptionally(failure);
            }
        });
        return visible;
    }

    private static byte[] key(int generation, Fingerprint name) {
        ByteBuffer key = ByteBuffer.allocate(1 + Integer.BYTES + Fingerprint.BYTES);
        name.write(key.put(ROW).putInt(generation));
        return key.array();
    }

    private static byte[] generationKey(int generation) {
        return ByteBuffer.allocate(1 + Integer.BYTES)
                .put(ROW)
                .putInt(generation)
                .array();
    }

    private static byte[] headerKey(int generation) {
        return ByteBuffer.allocate(1 + Integer.BYTES)
                .put(HEADER)
                .putInt(generation)
                .array();
    }
}
