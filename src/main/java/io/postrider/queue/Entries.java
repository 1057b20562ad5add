package io.postrider.queue;

import io.postrider.mail.MessageId;

/**
 * The messages of a queue in primitive arrays: at most 64 bytes each, with index and heap. Slots are dense, from 0 to
 * {@link #size} - 1: the last entry moves into the place of one that goes.
 *
 * <p>Where an entry is, is in its mark: WAITING in the {@link DueHeap}, READY or HELD in a {@link Line}, or ON_WIRE in
 * neither. {@code place} and {@code next} belong to whichever of them holds the entry.
 */
final class Entries {

    static final int WAITING = 0;
    static final int READY = 1;
    static final int ON_WIRE = 2;
    static final int HELD = 3;

    private static final int STATE_MASK = 3;
    /** Some of its recipients are settled. */
    private static final int PARTIAL = 4;
    /** More than 64 recipients: the open ones are in a side table. */
    private static final int LARGE = 8;
    /** Its sender knows that it is late. */
    private static final int TOLD = 16;

    private static final int ATTEMPTS_SHIFT = 8;
    private static final int MOST_ATTEMPTS = (1 << 23) - 1;
    private static final int SMALLEST_INDEX = 4;

    private final LongColumn high = new LongColumn();
    private final LongColumn low = new LongColumn();
    private final LongColumn due = new LongColumn();
    private final LongColumn open = new LongColumn();
    private final IntColumn expirySeconds = new IntColumn();
    private final IntColumn lane = new IntColumn();
    private final IntColumn marks = new IntColumn();
    final IntColumn place = new IntColumn();
    final IntColumn next = new IntColumn();

    /** Slot + 1 by hash of the id, 0 where nothing is; linear probing, at most 0.8 full. */
    private int[] index = new int[SMALLEST_INDEX];

    private int size;

    int size() {
        return size;
    }

    /** The slot of this message, or -1. */
    int find(MessageId id) {
        return find(id.high(), id.low());
    }

    private int find(long idHigh, long idLow) {
        for (int at = home(idHigh, idLow); index[at] != 0; at = after(at)) {
            int slot = index[at] - 1;
            if (low.get(slot) == idLow && high.get(slot) == idHigh) {
                return slot;
            }
        }
        return -1;
    }

    /** A new entry, WAITING but not yet in the heap. The id must not be there. */
    int add(
            MessageId id,
            long dueMillis,
            int expiry,
            int laneNumber,
            int attempts,
            long openBits,
            boolean partial,
            boolean large) {
        int slot = size++;
        high.room(size);
        low.room(size);
        due.room(size);
        open.room(size);
        expirySeconds.room(size);
        lane.room(size);
        marks.room(size);
        place.room(size);
        next.room(size);
        high.set(slot, id.high());
        low.set(slot, id.low());
        due.set(slot, dueMillis);
        open.set(slot, openBits);
        expirySeconds.set(slot, expiry);
        lane.set(slot, laneNumber);
        marks.set(slot, (partial ? PARTIAL : 0) | (large ? LARGE : 0) | attempts << ATTEMPTS_SHIFT);
        if (size * 5L > index.length * 4L) {
            rebuild(index.length + (index.length >> 1) + 1);
        } else {
            enter(slot);
        }
        return slot;
    }

    /** Removes an entry that neither heap nor line holds; says which slot moved into its place, or -1. */
    int remove(int slot) {
        leave(slot);
        int last = --size;
        if (slot != last) {
            index[indexOf(last)] = slot + 1;
            high.set(slot, high.get(last));
            low.set(slot, low.get(last));
            due.set(slot, due.get(last));
            open.set(slot, open.get(last));
            expirySeconds.set(slot, expirySeconds.get(last));
            lane.set(slot, lane.get(last));
            marks.set(slot, marks.get(last));
            place.set(slot, place.get(last));
            next.set(slot, next.get(last));
        }
        if (size == 0 || (size & IntColumn.CHUNK_MASK) == 0) {
            shrink();
        }
        return slot == last ? -1 : last;
    }

    MessageId id(int slot) {
        return new MessageId(high.get(slot), low.get(slot));
    }

    long idHigh(int slot) {
        return high.get(slot);
    }

    long idLow(int slot) {
        return low.get(slot);
    }

    long acceptedMillis(int slot) {
        return high.get(slot) >>> 16;
    }

    long due(int slot) {
        return due.get(slot);
    }

    void due(int slot, long millis) {
        due.set(slot, millis);
    }

    /** Seconds since 1970, unsigned: good until 2106. */
    long expirySeconds(int slot) {
        return Integer.toUnsignedLong(expirySeconds.get(slot));
    }

    int lane(int slot) {
        return lane.get(slot);
    }

    int state(int slot) {
        return marks.get(slot) & STATE_MASK;
    }

    void state(int slot, int state) {
        marks.set(slot, (marks.get(slot) & ~STATE_MASK) | state);
    }

    boolean isPartial(int slot) {
        return (marks.get(slot) & PARTIAL) != 0;
    }

    void markPartial(int slot) {
        marks.set(slot, marks.get(slot) | PARTIAL);
    }

    boolean isLarge(int slot) {
        return (marks.get(slot) & LARGE) != 0;
    }

    boolean isTold(int slot) {
        return (marks.get(slot) & TOLD) != 0;
    }

    void markTold(int slot) {
        marks.set(slot, marks.get(slot) | TOLD);
    }

    int attempts(int slot) {
        return marks.get(slot) >>> ATTEMPTS_SHIFT;
    }

    void attempts(int slot, int attempts) {
        int low8 = marks.get(slot) & ((1 << ATTEMPTS_SHIFT) - 1);
        marks.set(slot, low8 | Math.min(attempts, MOST_ATTEMPTS) << ATTEMPTS_SHIFT);
    }

    long openBits(int slot) {
        return open.get(slot);
    }

    void openBits(int slot, long bits) {
        open.set(slot, bits);
    }

    private int home(long idHigh, long idLow) {
        long mixed = (idLow ^ (idHigh * 0x9E3779B97F4A7C15L)) * 0xD6E8FEB86659FD93L;
        return (int) (((mixed >>> 32) * index.length) >>> 32);
    }

    private int after(int at) {
        return at + 1 == index.length ? 0 : at + 1;
    }

    private void enter(int slot) {
        int at = home(high.get(slot), low.get(slot));
        while (index[at] != 0) {
            at = after(at);
        }
        index[at] = slot + 1;
    }

    private int indexOf(int slot) {
        int at = home(high.get(slot), low.get(slot));
        while (index[at] != slot + 1) {
            at = after(at);
        }
        return at;
    }

    /** Backward shift: what had to make way moves closer to its home, so that no tombstones gather. */
    private void leave(int slot) {
        int hole = indexOf(slot);
        index[hole] = 0;
        for (int at = after(hole); index[at] != 0; at = after(at)) {
            int moving = index[at] - 1;
            int home = home(high.get(moving), low.get(moving));
            boolean mayMove = at > hole ? home <= hole || home > at : home <= hole && home > at;
            if (mayMove) {
                index[hole] = index[at];
                index[at] = 0;
                hole = at;
            }
        }
    }

    private void rebuild(int length) {
        index = new int[Math.max(SMALLEST_INDEX, length)];
        for (int slot = 0; slot < size; slot++) {
            enter(slot);
        }
    }

    private void shrink() {
        high.trim(size);
        low.trim(size);
        due.trim(size);
        open.trim(size);
        expirySeconds.trim(size);
        lane.trim(size);
        marks.trim(size);
        place.trim(size);
        next.trim(size);
        if (size * 4L < index.length) {
            rebuild((int) (size * 7L / 4) + 1);
        }
    }
}
