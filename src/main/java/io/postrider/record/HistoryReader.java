package io.postrider.record;

import io.postrider.mail.MessageId;
import io.postrider.store.Store;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What the history knows of a message. Safe for all threads. */
public final class HistoryReader {

    /** In the order in which a recipient's life goes, also where clocks disagree within one event. */
    private static final Comparator<HistoryEntry> BY_TIME = Comparator.comparing(HistoryEntry::at);

    private final Store store;
    private final Rows rows;

    HistoryReader(Store store, Rows rows) {
        this.store = store;
        this.rows = rows;
    }

    /**
     * What happened to its recipients, oldest first, at most {@code limit} entries; empty when nothing is known or it is
     * forgotten. Completes on the store's reading threads.
     */
    public CompletionStage<List<HistoryEntry>> message(MessageId message, int limit) {
        return store.reading(
                () -> rows.history(message, limit).stream().sorted(BY_TIME).toList());
    }
}
