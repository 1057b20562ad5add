package io.postrider.queue;

/** The waiting entries by due time: a binary heap whose positions stand in the entries, so that any can be removed. */
final class DueHeap {

    private final Entries entries;
    private final IntColumn heap = new IntColumn();
    private int size;

    DueHeap(Entries entries) {
        this.entries = entries;
    }

    int size() {
        return size;
    }

    /** The slot that is due first. Only when {@link #size} is above 0. */
    int first() {
        return heap.get(0);
    }

    void add(int slot) {
        heap.room(size + 1);
        up(size++, slot);
    }

    void remove(int slot) {
        int position = entries.place.get(slot);
        int last = heap.get(--size);
        if (position < size) {
            settle(position, last);
        }
        if (size == 0 || (size & IntColumn.CHUNK_MASK) == 0) {
            heap.trim(size);
        }
    }

    /** The due time of this slot has changed. */
    void changed(int slot) {
        settle(entries.place.get(slot), slot);
    }

    /** The entry at this slot came from another one. */
    void moved(int slot) {
        heap.set(entries.place.get(slot), slot);
    }

    /** Slots in no order but that of the heap. */
    int at(int position) {
        return heap.get(position);
    }

    private void settle(int position, int slot) {
        if (position > 0 && entries.due(slot) < entries.due(heap.get((position - 1) >>> 1))) {
            up(position, slot);
        } else {
            down(position, slot);
        }
    }

    private void up(int from, int slot) {
        long due = entries.due(slot);
        int position = from;
        while (position > 0) {
            int parent = (position - 1) >>> 1;
            int above = heap.get(parent);
            if (entries.due(above) <= due) {
                break;
            }
            put(position, above);
            position = parent;
        }
        put(position, slot);
    }

    private void down(int from, int slot) {
        long due = entries.due(slot);
        int position = from;
        while (true) {
            int child = 2 * position + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && entries.due(heap.get(child + 1)) < entries.due(heap.get(child))) {
                child++;
            }
            int below = heap.get(child);
            if (entries.due(below) >= due) {
                break;
            }
            put(position, below);
            position = child;
        }
        put(position, slot);
    }

    private void put(int position, int slot) {
        heap.set(position, slot);
        entries.place.set(slot, position);
    }
}
