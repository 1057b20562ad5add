package io.postrider.record;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.spool.ReferenceRelease;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The recorder's part of the store. Reading blocks: only the recorder's own thread may call this. */
interface Rows {

    /** {@link QueueRow#NEW} when there is none. */
    QueueRow queue(String persistenceId);

    /** Shows every queue's row. */
    void eachQueue(Consumer<QueueRow> to);

    /** Positions of the recipients of a reference that are settled while others are open. */
    Optional<BitSet> settled(Domain domain, MessageId message);

    /** The history of a message, at most {@code limit} rows, by recipient. */
    List<HistoryEntry> history(MessageId message, int limit);

    /** Deletes the history of messages accepted before. */
    void expireHistory(Instant acceptedBefore);

    /** Where the next lines of the feed belong. */
    FeedBlock.Place feedEnd();

    /** Deletes the lines of the feed that were recorded before, and what is too much. */
    void expireFeed(Instant recordedBefore);

    Change change();

    /** Rows that change together. */
    interface Change {

        void queue(String persistenceId, QueueRow row);

        void settled(Domain domain, MessageId message, BitSet positions);

        void forgetSettled(Domain domain, MessageId message);

        void history(Fact fact);

        /** Adds lines to the feed. Returns where the next ones belong. */
        FeedBlock.Place feed(List<FeedBlock> blocks, FeedBlock.Place from);

        void release(ReferenceRelease release);

        /**
         * Writes all of it or nothing; to be called once. Completes when it is on stable storage, which may take until
         * others write.
         *
         * @param books gets {@code more} in the moment in which the spool no longer counts what is released
         */
        CompletionStage<Void> commit(Books books, Totals more);
    }
}
