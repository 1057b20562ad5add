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

/** Reads as another does, and dies when something is to be written. */
record DyingRows(Rows rows) implements Rows {

    @Override
    public QueueRow queue(String persistenceId) {
        return rows.queue(persistenceId);
    }

    @Override
    public void eachQueue(Consumer<QueueRow> to) {
        rows.eachQueue(to);
    }

    @Override
    public Optional<BitSet> settled(Domain domain, MessageId message) {
        return rows.settled(domain, message);
    }

    @Override
    public List<HistoryEntry> history(MessageId message, int limit) {
        return rows.history(message, limit);
    }

    @Override
    public void expireHistory(Instant acceptedBefore) {
        throw new IllegalStateException("killed");
    }

    @Override
    public FeedBlock.Place feedEnd() {
        return rows.feedEnd();
    }

    @Override
    public void expireFeed(Instant recordedBefore) {
        throw new IllegalStateException("killed");
    }

    @Override
    public Change change() {
        return new Change() {
            @Override
            public void queue(String persistenceId, QueueRow row) {}

            @Override
            public void settled(Domain domain, MessageId message, BitSet positions) {}

            @Override
            public void forgetSettled(Domain domain, MessageId message) {}

            @Override
            public void history(Fact fact) {}

            @Override
            public FeedBlock.Place feed(List<FeedBlock> blocks, FeedBlock.Place from) {
                return from;
            }

            @Override
            public void release(ReferenceRelease release) {}

            @Override
            public CompletionStage<Void> commit(Books books, Totals more) {
                throw new IllegalStateException("killed");
            }
        };
    }
}
