package io.postrider.queue;

/** Entries one behind the other, linked through their own columns, so that any can step out. */
final class Line {

    private static final int NONE = -1;

    private final Entries entries;
    private int head = NONE;
    private int tail = NONE;
    private int size;

    Line(Entries entries) {
        this.entries = entries;
    }

    int size() {
        return size;
    }

    /** Only when {@link #size} is above 0. */
    int first() {
        return head;
    }

    void addLast(int slot) {
        entries.place.set(slot, tail);
        entries.next.set(slot, NONE);
        if (tail == NONE) {
            head = slot;
        } else {
            entries.next.set(tail, slot);
        }
        tail = slot;
        size++;
    }

    void addFirst(int slot) {
        entries.place.set(slot, NONE);
        entries.next.set(slot, head);
        if (head == NONE) {
            tail = slot;
        } else {
            entries.place.set(head, slot);
        }
        head = slot;
        size++;
    }

    void remove(int slot) {
        int before = entries.place.get(slot);
        int behind = entries.next.get(slot);
        if (before == NONE) {
            head = behind;
        } else {
            entries.next.set(before, behind);
        }
        if (behind == NONE) {
            tail = before;
        } else {
            entries.place.set(behind, before);
        }
        size--;
    }

    /** The entry at {@code to} came from another slot. */
    void moved(int to) {
        int before = entries.place.get(to);
        int behind = entries.next.get(to);
        if (before == NONE) {
            head = to;
        } else {
            entries.next.set(before, to);
        }
        if (behind == NONE) {
            tail = to;
        } else {
            entries.place.set(behind, to);
        }
    }
}
