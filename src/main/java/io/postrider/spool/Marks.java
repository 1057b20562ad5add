package io.postrider.spool;

import io.postrider.spool.Spool.Cursor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is to hand over, in memory as on disk: the order of the messages, and how many recipients each reference has.
 * Marks live for milliseconds, and hand-over refuses new mail when too many wait, which bounds them. Safe for all
 * threads.
 */
final class Marks {

    private static final Comparator<Cursor> ORDER =
            Comparator.comparing(Cursor::message).thenComparing(Cursor::domain);

    private final ConcurrentNavigableMap<Cursor, Integer> recipients = new ConcurrentSkipListMap<>(ORDER);
    private final AtomicLong total = new AtomicLong();

    void add(Cursor mark, int recipientCount) {
        if (recipients.put(mark, recipientCount) == null) {
            total.addAndGet(recipientCount);
        }
    }

    /** False when it was not there. */
    boolean remove(Cursor mark) {
        Integer count = recipients.remove(mark);
        if (count == null) {
            return false;
        }
        total.addAndGet(-count);
        return true;
    }

    boolean has(Cursor mark) {
        return recipients.containsKey(mark);
    }

    long totalRecipients() {
        return total.get();
    }

    /** Up to {@code limit} marks behind {@code after}. */
    List<Cursor> page(Optional<Cursor> after, int limit) {
        NavigableMap<Cursor, Integer> rest = after.<NavigableMap<Cursor, Integer>>map(
                        cursor -> recipients.tailMap(cursor, false))
                .orElse(recipients);
        List<Cursor> page = new ArrayList<>(Math.min(limit, 1024));
        for (Map.Entry<Cursor, Integer> mark : rest.entrySet()) {
            if (page.size() == limit) {
                break;
            }
            page.add(mark.getKey());
        }
        return page;
    }

    static Cursor at(byte[] key) {
        return new Cursor(Keys.message(key), Keys.domain(key));
    }
}
