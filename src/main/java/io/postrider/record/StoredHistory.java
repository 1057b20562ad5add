package io.postrider.record;

import io.postrider.mail.MessageId;
import io.postrider.store.Store;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The history in the rows of the store. */
final class StoredHistory implements HistoryReader {

    private static final Comparator<HistoryEntry> BY_TIME = Comparator.comparing(HistoryEntry::at);

    private final Store store;
    private final Rows rows;

    StoredHistory(Store store, Rows rows) {
        this.store = store;
        this.rows = rows;
    }

    /** The sort keeps the order of events of one moment, which is the rows' own. */
    @Override
    public CompletionStage<List<HistoryEntry>> message(MessageId message, int limit) {
        return store.reading(
                () -> rows.history(message, limit).stream().sorted(BY_TIME).toList());
    }
}
