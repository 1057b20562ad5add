package io.postrider.spool;

import io.postrider.mail.Domain;
import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.Table;
import io.postrider.store.Writes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The wake index on the embedded store. A domain has one row with its due time and a number that is new with every put;
 * an index row by (slice, due, number) leads back to it. Putting is two blind writes: an index row whose number is not its
 * domain's any more is stale, and goes when it is met.
 */
public final class RocksWakeIndex implements WakeIndex {

    private static final Family DOMAINS = Family.rows("wake-domains");
    private static final Family DUE = Family.rows("wake-due");

    /** What the store is to be opened with. */
    public static final List<Family> FAMILIES = List.of(DOMAINS, DUE);

    private static final int ROW_BYTES = 2 * Long.BYTES;

    /** Stale rows met in one call of {@link #due} beyond its limit; the next call meets the rest. */
    private static final int STALE_AT_A_TIME = 10_000;

    private final Store store;
    private final Table domains;
    private final Table due;
    private final AtomicLong numbers;

    /** @param firstNumber above the numbers of earlier processes: the time in microseconds will do */
    public RocksWakeIndex(Store store, long firstNumber) {
        this.store = store;
        this.domains = store.table(DOMAINS);
        this.due = store.table(DUE);
        this.numbers = new AtomicLong(firstNumber);
    }

    @Override
    public void put(Domain domain, Instant at) {
        byte[] row = ByteBuffer.allocate(ROW_BYTES)
                .putLong(Math.max(0, at.toEpochMilli()))
                .putLong(numbers.getAndIncrement())
                .array();
        byte[] name = name(domain);
        store.writeLazily(
                new Writes().put(domains, name, row).put(due, indexKey(WakeIndex.sliceOf(domain), row), name));
    }

    @Override
    public void remove(Domain domain) {
        store.writeLazily(new Writes().delete(domains, name(domain)));
    }

    @Override
    public CompletionStage<List<Entry>> due(int slice, Instant now, int limit) {
        return store.reading(() -> readDue(slice, now, limit));
    }

    private List<Entry> readDue(int slice, Instant now, int limit) {
        byte[] end = ByteBuffer.allocate(1 + Long.BYTES)
                .put((byte) slice)
                .putLong(now.toEpochMilli() + 1)
                .array();
        List<Entry> entries = new ArrayList<>();
        Writes stale = new Writes();
        store.scan(due, new byte[] {(byte) slice}, end, (key, name) -> {
            Optional<byte[]> row = store.get(domains, name);
            if (row.isPresent() && Arrays.equals(row.get(), 0, ROW_BYTES, key, 1, key.length)) {
                entries.add(new Entry(
                        new Domain(new String(name, StandardCharsets.US_ASCII)),
                        Instant.ofEpochMilli(ByteBuffer.wrap(key).getLong(1))));
            } else {
                stale.delete(due, key);
            }
            return entries.size() < limit && stale.count() < STALE_AT_A_TIME;
        });
        if (!stale.isEmpty()) {
            store.writeLazily(stale);
        }
        return entries;
    }

    private static byte[] indexKey(int slice, byte[] row) {
        return ByteBuffer.allocate(1 + ROW_BYTES).put((byte) slice).put(row).array();
    }

    private static byte[] name(Domain domain) {
        return domain.name().getBytes(StandardCharsets.US_ASCII);
    }
}
