package io.postrider.record;

import io.postrider.mail.MessageId;
import io.postrider.mail.RecipientId;
import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.Table;
import io.postrider.store.Writes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which recipients of which messages have this address, or come from it.
 *
 * <pre>
 * key    day of acceptance (4), side (1), hash of the address in lower case (8), message id (16), recipient index (4)
 * value  nothing
 * </pre>
 *
 * Days come first so that old ones go as one range. Two addresses may share a hash: what is found must be looked at.
 */
final class AddressIndex {

    /** Which address of a message. The numbers are in the store. */
    enum Side {
        RECIPIENT(1),
        SENDER(2);

        private final byte number;

        Side(int number) {
            this.number = (byte) number;
        }
    }

    /** What is shown each recipient that is found. */
    interface Visitor {
        /** @return whether to go on */
        boolean recipient(RecipientId id);
    }

    static final Family FAMILY = Family.rows("history-addresses");

    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final byte[] FIRST = {};
    private static final byte[] NOTHING = {};
    private static final int HEAD = Integer.BYTES + 1 + Long.BYTES;
    private static final int KEY = HEAD + 2 * Long.BYTES + Integer.BYTES;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final Store store;
    private final Table table;

    AddressIndex(Store store) {
        this.store = store;
        this.table = store.table(FAMILY);
    }

    /** Adds an acceptance; one whose reference was lost has no address. */
    void add(Fact fact, Writes to) {
        if (fact.reference().isEmpty() || fact.recipient().isEmpty()) {
            return;
        }
        String recipient = fact.recipient().get().mailbox().address();
        String sender = fact.reference().get().sender().address();
        int index = fact.recipientIndex();
        to.put(table, key(Side.RECIPIENT, hash(recipient), fact.message(), index), NOTHING);
        to.put(table, key(Side.SENDER, hash(sender), fact.message(), index), NOTHING);
    }

    /** Deletes the days that have ended before. */
    void expire(Instant acceptedBefore, Writes to) {
        int day = day(acceptedBefore.toEpochMilli());
        to.deleteRange(
                table, FIRST, ByteBuffer.allocate(Integer.BYTES).putInt(day).array());
    }

    /**
     * Shows the recipients with this address, newest message first.
     *
     * @param before begin below this one
     */
    void find(Side side, String address, Optional<RecipientId> before, Optional<Instant> since, Visitor to) {
        long hash = hash(address);
        int oldest =
                Math.max(firstDay(), since.map(time -> day(time.toEpochMilli())).orElse(0));
        int newest = before.map(id -> day(id.message().acceptedAtMillis())).orElseGet(this::lastDay);
        boolean[] more = {true};
        for (int day = newest; day >= oldest && more[0]; day--) {
            byte[] from = head(day, side, hash);
            byte[] end = behind(from);
            if (day == newest && before.isPresent()) {
                end = key(side, hash, before.get().message(), before.get().index());
            }
            store.scanBack(table, from, end, (key, value) -> {
                more[0] = to.recipient(recipient(key));
                return more[0];
            });
        }
    }

    private int firstDay() {
        List<Integer> first = new ArrayList<>(1);
        store.scanKeys(table, FIRST, head(Integer.MAX_VALUE, Side.RECIPIENT, 0), key -> {
            first.add(ByteBuffer.wrap(key).getInt());
            return false;
        });
        return first.isEmpty() ? Integer.MAX_VALUE : first.get(0);
    }

    private int lastDay() {
        return store.lastKey(table, FIRST, head(Integer.MAX_VALUE, Side.RECIPIENT, 0))
                .map(key -> ByteBuffer.wrap(key).getInt())
                .orElse(-1);
    }

    private static int day(long millis) {
        return (int) (Math.max(0, millis) / DAY);
    }

    private static byte[] key(Side side, long hash, MessageId message, int index) {
        return ByteBuffer.allocate(KEY)
                .put(head(day(message.acceptedAtMillis()), side, hash))
                .putLong(message.high())
                .putLong(message.low())
                .putInt(index)
                .array();
    }

    private static byte[] head(int day, Side side, long hash) {
        return ByteBuffer.allocate(HEAD)
                .putInt(day)
                .put(side.number)
                .putLong(hash)
                .array();
    }

    /** Longer than any key with this head, and above all of them. */
    private static byte[] behind(byte[] head) {
        byte[] end = Arrays.copyOf(head, KEY + 1);
        Arrays.fill(end, head.length, end.length, (byte) 0xFF);
        return end;
    }

    private static RecipientId recipient(byte[] key) {
        ByteBuffer in = ByteBuffer.wrap(key, HEAD, key.length - HEAD);
        return new RecipientId(new MessageId(in.getLong(), in.getLong()), in.getInt());
    }

    /** FNV-1a over the characters, and the last step of MurmurHash3, for its low bits are weak. It is in the store. */
    static long hash(String address) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < address.length(); i++) {
            hash = (hash ^ Character.toLowerCase(address.charAt(i))) * FNV_PRIME;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
