package io.postrider.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.spool.ReferenceRelease;
import io.postrider.spool.Releases;
import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.Table;
import io.postrider.store.Writes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The records on the embedded store: a row per queue by its persistence id, the history by message, and for references
 * with several recipients of which only some are settled, a bit for each settled one.
 */
final class RocksRows implements Rows {

    private static final Family QUEUES = Family.rows("record-queues");
    private static final Family SETTLED = Family.rows("record-settled");
    static final Family HISTORY = Family.rows("history");

    static final List<Family> FAMILIES = List.of(QUEUES, SETTLED, HISTORY, AddressIndex.FAMILY, StoredFeed.FAMILY);

    private static final byte[] FIRST = {};
    private static final byte[] BEHIND_UTF_8 = {(byte) 0xFF};

    private final Store store;
    private final Releases releases;
    private final Table queues;
    private final Table settled;
    private final Table history;
    private final StoredFeed feed;
    private final AddressIndex addresses;

    RocksRows(Store store, Releases releases, StoredFeed feed) {
        this.store = store;
        this.releases = releases;
        this.queues = store.table(QUEUES);
        this.settled = store.table(SETTLED);
        this.history = store.table(HISTORY);
        this.feed = feed;
        this.addresses = new AddressIndex(store);
    }

    @Override
    public QueueRow queue(String persistenceId) {
        return store.get(queues, persistenceId.getBytes(UTF_8))
                .map(QueueRow::of)
                .orElse(QueueRow.NEW);
    }

    @Override
    public void eachQueue(Consumer<QueueRow> to) {
        store.scan(queues, FIRST, BEHIND_UTF_8, (id, row) -> {
            to.accept(QueueRow.of(row));
            return true;
        });
    }

    @Override
    public Optional<BitSet> settled(Domain domain, MessageId message) {
        return store.get(settled, reference(domain, message)).map(BitSet::valueOf);
    }

    @Override
    public List<HistoryEntry> history(MessageId message, int limit) {
        List<HistoryEntry> entries = new ArrayList<>();
        store.scan(history, HistoryRow.prefix(message), HistoryRow.behind(message), (key, value) -> {
            entries.add(HistoryRow.read(key, value));
            return entries.size() < limit;
        });
        return entries;
    }

    @Override
    public void expireHistory(Instant acceptedBefore) {
        Writes writes = new Writes().deleteRange(history, FIRST, HistoryRow.firstKeyAt(acceptedBefore));
        addresses.expire(acceptedBefore, writes);
        store.writeLazily(writes);
    }

    @Override
    public FeedBlock.Place feedEnd() {
        return feed.end();
    }

    @Override
    public void expireFeed(Instant recordedBefore) {
        feed.expire(recordedBefore);
    }

    @Override
    public Change change() {
        return new RocksChange();
    }

    private static byte[] reference(Domain domain, MessageId message) {
        byte[] name = domain.name().getBytes(US_ASCII);
        return ByteBuffer.allocate(2 * Long.BYTES + name.length)
                .putLong(message.high())
                .putLong(message.low())
                .put(name)
                .array();
    }

    private final class RocksChange implements Change {

        private final Writes writes = new Writes();
        private final List<ReferenceRelease> released = new ArrayList<>();
        private final RowBytes value = new RowBytes();

        @Override
        public void queue(String persistenceId, QueueRow row) {
            writes.put(queues, persistenceId.getBytes(UTF_8), row.toBytes());
        }

        @Override
        public void settled(Domain domain, MessageId message, BitSet positions) {
            writes.put(settled, reference(domain, message), positions.toByteArray());
        }

        @Override
        public void forgetSettled(Domain domain, MessageId message) {
            writes.delete(settled, reference(domain, message));
        }

        @Override
        public void history(Fact fact) {
            writes.put(history, HistoryRow.key(fact), HistoryRow.value(fact, value));
            if (fact.type() == RecordType.ACCEPTED) {
                addresses.add(fact, writes);
            }
        }

        @Override
        public FeedBlock.Place feed(List<FeedBlock> blocks, FeedBlock.Place from) {
            return feed.add(blocks, from, writes);
        }

        @Override
        public void release(ReferenceRelease release) {
            released.add(release);
        }

        @Override
        public CompletionStage<Void> commit(Books books, Totals more) {
            writes.whenVisible(books::changing);
            releases.release(writes, released); // last: what it was asked for once must then be written
            writes.whenVisible(() -> books.changed(more));
            // A follower would else wait for the next sync of new mail, which may not come for a second.
            return feed.isFollowed() ? store.write(writes) : store.writeLazily(writes);
        }
    }
}
