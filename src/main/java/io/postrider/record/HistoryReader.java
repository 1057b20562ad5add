package io.postrider.record;

import io.postrider.mail.MessageId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What the history knows of a message. Safe for all threads. */
@FunctionalInterface
public interface HistoryReader {

    /**
     * What happened to its recipients, oldest first, at most {@code limit} entries; empty when nothing is known or it is
     * forgotten. Completes on the store's reading threads.
     */
    CompletionStage<List<HistoryEntry>> message(MessageId message, int limit);
}
