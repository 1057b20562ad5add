package io.postrider.record;

import io.postrider.record.FeedAnswer.Line;
import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.Table;
import io.postrider.store.Writes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** The feed in blocks of lines on the embedded store. The scribe writes, with {@link #add}; everybody may read. */
final class StoredFeed implements EventFeed {

    static final Family FAMILY = Family.rows("feed");

    private static final byte[] FIRST = {};
    /** Behind all blocks, whose numbers are positive. */
    private static final byte[] ID = {(byte) 0xFF};

    private static final int ID_BITS = 40;
    private static final int BASE = 32;

    private final Store store;
    private final Table table;
    private final String id;
    private final FeedTail tail = new FeedTail();
    private final EventSettings settings;

    /** Reads where the feed ends, and gives a new one its name: blocks. */
    StoredFeed(Store store, EventSettings settings) {
        this.store = store;
        this.settings = settings;
        this.table = store.table(FAMILY);
        this.id = store.get(table, ID)
                .map(name -> new String(name, StandardCharsets.US_ASCII))
                .orElseGet(this::named);
        tail.durable(end().number() - 1); // a start leaves nothing in the store that is not durable
    }

    private String named() {
        String name = new BigInteger(ID_BITS, new SecureRandom()).toString(BASE);
        store.write(new Writes().put(table, ID, name.getBytes(StandardCharsets.US_ASCII)))
                .toCompletableFuture()
                .join();
        return name;
    }

    /** Where the next block belongs. Reads the disk. */
    FeedBlock.Place end() {
        Optional<byte[]> last = store.lastKey(table, FIRST, ID);
        if (last.isEmpty()) {
            return FeedBlock.Place.START;
        }
        FeedBlock block = FeedBlock.of(store.get(table, last.get()).orElseThrow());
        return FeedBlock.Place.of(last.get()).behind(block);
    }

    /** Adds blocks to what is written together. Returns where the next one belongs. */
    FeedBlock.Place add(List<FeedBlock> blocks, FeedBlock.Place from, Writes to) {
        FeedBlock.Place place = from;
        for (FeedBlock block : blocks) {
            to.put(table, place.key(), block.value());
            place = place.behind(block);
        }
        return place;
    }

    /** What stands before this place is on stable storage. */
    void durable(FeedBlock.Place end) {
        tail.durable(end.number() - 1);
    }

    /** Whether a reader waits at the end. */
    boolean isFollowed() {
        return tail.isFollowed();
    }

    /** Deletes what is too old or too much, but never the newest block, as the numbers go on from it. Reads the disk. */
    void expire(Instant recordedBefore) {
        FeedBlock.Place end = end();
        long before = recordedBefore.toEpochMilli();
        long bytes = end.bytesBefore() - settings.maxBytes();
        long keepFrom = firstBlock(
                oldestKept(), end.number() - 1, place -> place.atMillis() >= before && place.bytesBefore() >= bytes);
        if (keepFrom > oldestKept()) {
            store.writeLazily(new Writes().deleteRange(table, FIRST, FeedBlock.firstKey(keepFrom)));
        }
    }

    /** By halves: the number of the first block that is to be kept, or of the last block. */
    private long firstBlock(long from, long last, Predicate<FeedBlock.Place> kept) {
        long low = from;
        long high = blockOf(last).map(FeedBlock.Place::number).orElse(from);
        while (low < high) {
            FeedBlock.Place middle = blockOf(low + (high - low) / 2).orElseThrow();
            if (kept.test(middle)) {
                high = middle.number();
            } else {
                long next = firstKeyFrom(middle.number() + 1)
                        .map(FeedBlock.Place::number)
                        .orElse(high);
                low = Math.min(next, high);
            }
        }
        return low;
    }

    /** The block that holds the line. */
    private Optional<FeedBlock.Place> blockOf(long number) {
        return store.lastKey(table, FIRST, FeedBlock.firstKey(number + 1)).map(FeedBlock.Place::of);
    }

    private Optional<FeedBlock.Place> firstKeyFrom(long number) {
        List<FeedBlock.Place> first = new ArrayList<>(1);
        store.scanKeys(table, FeedBlock.firstKey(number), ID, key -> {
            first.add(FeedBlock.Place.of(key));
            return false;
        });
        return first.stream().findFirst();
    }

    /** The number of the oldest line that is there, or of the next one to come. */
    private long oldestKept() {
        return firstKeyFrom(0).map(FeedBlock.Place::number).orElse(tail.newest() + 1);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public long newest() {
        return tail.newest();
    }

    @Override
    public CompletionStage<Long> oldest() {
        return store.reading(() -> Math.min(oldestKept() - 1, tail.newest()));
    }

    @Override
    public CompletionStage<Long> news(long after) {
        return tail.news(after);
    }

    @Override
    public CompletionStage<FeedAnswer> after(long after, int limit, FeedFilter filter) {
        return store.reading(() -> read(after, limit, filter));
    }

    private FeedAnswer read(long after, int limit, FeedFilter filter) {
        long newest = tail.newest();
        if (after > newest || after < 0) {
            return new FeedAnswer.Unknown(newest);
        }
        if (after == newest) {
            return new FeedAnswer.Page(List.of(), newest, false);
        }
        Optional<FeedBlock.Place> start = blockOf(after + 1);
        if (start.isEmpty()) {
            return new FeedAnswer.Expired(oldestKept() - 1);
        }
        Reading reading = new Reading(after, limit, newest, filter);
        store.scan(table, start.get().key(), FeedBlock.firstKey(newest + 1), reading::block);
        return reading.page();
    }

    /** One page as it fills. */
    private final class Reading {
        private final int limit;
        private final long newest;
        private final FeedFilter filter;
        private final List<Line> lines = new ArrayList<>();
        private long next;
        private long looked;

        Reading(long after, int limit, long newest, FeedFilter filter) {
            this.next = after;
            this.limit = limit;
            this.newest = newest;
            this.filter = filter;
        }

        boolean block(byte[] key, byte[] value) {
            long number = FeedBlock.Place.of(key).number();
            int from = Integer.BYTES;
            while (from < value.length) {
                int end = from;
                while (value[end] != '\n') {
                    end++;
                }
                if (number > next && !line(number, value, from, end)) {
                    return false;
                }
                from = end + 1;
                number++;
            }
            looked += value.length;
            return looked < settings.scanBytes();
        }

        /** False when the page is full. */
        private boolean line(long number, byte[] value, int from, int end) {
            if (number > newest) {
                return false;
            }
            next = number;
            if (filter.passesAll() || filter.passes(value, from, end - from)) {
                lines.add(new Line(number, Arrays.copyOfRange(value, from, end)));
            }
            return lines.size() < limit;
        }

        FeedAnswer page() {
            return new FeedAnswer.Page(lines, next, next < newest);
        }
    }
}
