package io.postrider.record;

import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.BackedOff;
import io.postrider.event.QueueEvent.CancelFinished;
import io.postrider.event.QueueEvent.CancelRequested;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Delayed;
import io.postrider.event.QueueEvent.Recovered;
import io.postrider.event.QueueEvent.Reported;
import io.postrider.event.QueueEvent.Rested;
import io.postrider.event.QueueEvent.Resumed;
import io.postrider.event.QueueEvent.RetriedNow;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.event.QueueEvent.Suspended;
import io.postrider.journal.EventReader;
import io.postrider.journal.EventReader.Stored;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.metrics.Meters;
import io.postrider.record.References.Claim;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events down: log lines first and synced, then rows, watermarks and releases in one atomic write. Blocks until
 * that is durable, so it works on a thread of its own, and only there.
 *
 * <p>Events of a queue are taken in their order. One below the watermark is skipped, as it is recorded; when some are
 * missing before it, they are read from the journal. A crash between log and rows repeats lines, with the same ids, and
 * nothing else.
 */
final class Scribe {

    /** Events of one queue, in order and without a gap. */
    record Piece(String persistenceId, Domain domain, long firstSequenceNr, List<QueueEvent> events) {

        long lastSequenceNr() {
            return firstSequenceNr + events.size() - 1;
        }
    }

    /** Up to where a queue is recorded now, and which messages that released. */
    record Written(long upToSequenceNr, List<MessageId> released) {}

    private static final Logger log = LoggerFactory.getLogger(Scribe.class);
    private static final int JOURNAL_PAGE = 200;

    private final Rows rows;
    private final References references;
    private final EventReader journal;
    private final DeliveryLog deliveryLog;
    private final LogLine line;
    private final Books books;
    private final Meters meters;
    private final JsonBytes lines = new JsonBytes(512 * 1024);
    private final LinkedHashMap<String, QueueRow> queues;
    private final StoredFeed feed;
    private final InstantSource clock;

    /** Lines in the log that have no place in the feed yet. */
    private final List<FeedBlock> unplaced = new ArrayList<>();

    private FeedBlock.Place feedEnd;

    Scribe(
            Rows rows,
            References references,
            EventReader journal,
            DeliveryLog deliveryLog,
            String node,
            Books books,
            Meters meters,
            StoredFeed feed,
            InstantSource clock,
            int cachedQueues) {
        this.rows = rows;
        this.references = references;
        this.journal = journal;
        this.deliveryLog = deliveryLog;
        this.line = new LogLine(node);
        this.books = books;
        this.meters = meters;
        this.feed = feed;
        this.clock = clock;
        this.feedEnd = rows.feedEnd();
        this.queues = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, QueueRow> eldest) {
                return size() > cachedQueues;
            }
        };
    }

    /** Sums up the rows of all queues: the books as they stand. */
    void openBooks() {
        Totals[] sum = {Totals.NONE};
        rows.eachQueue(row -> sum[0] = sum[0].plus(row.totals()));
        books.start(sum[0]);
    }

    /** Records these, and what is missing before them. By persistence id, for each queue that appears. */
    Map<String, Written> record(List<Piece> batch) {
        Map<String, Written> written = new LinkedHashMap<>();
        List<Piece> ready = new ArrayList<>();
        Map<String, Long> next = new HashMap<>();
        for (Piece piece : batch) {
            long expected = next.computeIfAbsent(piece.persistenceId(), id -> watermark(id) + 1);
            if (piece.firstSequenceNr() > expected) {
                write(ready, written);
                ready.clear();
                catchUp(piece.persistenceId(), piece.domain(), piece.firstSequenceNr() - 1, written);
            }
            ready.add(piece);
            next.put(piece.persistenceId(), Math.max(expected, piece.lastSequenceNr() + 1));
        }
        write(ready, written);
        if (!unplaced.isEmpty()) {
            deliveryLog.sync();
            Rows.Change change = rows.change();
            FeedBlock.Place end = change.feed(unplaced, feedEnd.at(clock.instant()));
            change.commit(books, Totals.NONE).toCompletableFuture().join();
            placed(end);
        }
        return written;
    }

    /** Records from the journal what is above the queue's watermark, up to this event. */
    void catchUp(String persistenceId, Domain domain, long upTo, Map<String, Written> written) {
        while (true) {
            long from = watermark(persistenceId) + 1;
            if (from > upTo) {
                return;
            }
            List<Stored> page = journal.events(persistenceId, from, JOURNAL_PAGE)
                    .toCompletableFuture()
                    .join();
            List<QueueEvent> events = new ArrayList<>();
            long first = page.isEmpty() ? upTo + 1 : page.get(0).sequenceNr();
            if (first > from) {
                log.error(
                        "queue={} the journal has no events {} to {}, so they are not in the records",
                        persistenceId,
                        from,
                        first - 1);
                skipTo(persistenceId, first - 1);
                continue;
            }
            for (Stored stored : page) {
                if (stored.sequenceNr() > upTo || stored.sequenceNr() != first + events.size()) {
                    break;
                }
                if (!(stored.event() instanceof QueueEvent event)) {
                    throw new IllegalStateException(
                            "expected an event of a queue at " + persistenceId + " " + stored.sequenceNr()
                                    + ", but found " + stored.event().getClass());
                }
                events.add(event);
            }
            write(List.of(new Piece(persistenceId, domain, first, events)), written);
        }
    }

    long watermark(String persistenceId) {
        return row(persistenceId).watermark();
    }

    /** Lines that belong to no queue; they are in the feed with the next {@link #record}. */
    void reject(List<Rejection> rejections) {
        lines.clear();
        FeedCut cut = new FeedCut();
        for (Rejection rejection : rejections) {
            line.write(rejection, lines);
            cut.lineEnded(lines);
        }
        deliveryLog.append(lines.array(), lines.length());
        unplaced.addAll(cut.end(lines));
    }

    void expireHistory(Instant acceptedBefore) {
        rows.expireHistory(acceptedBefore);
    }

    void expireFeed(Instant recordedBefore) {
        rows.expireFeed(recordedBefore);
    }

    /** After a failure: forgets what may not be in the store, and mends the log. */
    void recover() {
        queues.clear();
        unplaced.clear();
        feedEnd = rows.feedEnd();
        deliveryLog.repair();
        openBooks();
    }

    void close() {
        deliveryLog.close();
    }

    private void write(List<Piece> pieces, Map<String, Written> written) {
        if (pieces.isEmpty()) {
            return;
        }
        lines.clear();
        BatchRecord batch = new BatchRecord(rows, references.of(wanted(pieces)), line, lines);
        for (Piece piece : pieces) {
            QueueRow before = batch.row(piece.persistenceId(), this::row);
            answerRepeats(piece, before.watermark(), batch);
            batch.add(piece, before);
        }
        deliveryLog.append(lines.array(), lines.length());
        deliveryLog.sync();
        placed(batch.commit(books, unplaced, feedEnd.at(clock.instant())));
        batch.report(meters);
        batch.rows().forEach((id, row) -> {
            queues.put(id, row);
            written.merge(id, new Written(row.watermark(), batch.released(id)), Scribe::join);
        });
    }

    private void placed(FeedBlock.Place end) {
        unplaced.clear();
        feedEnd = end;
        feed.durable(end);
    }

    /** For events that were recorded in an earlier life: what they settled for good is gone from the spool. */
    private void answerRepeats(Piece piece, long watermark, BatchRecord batch) {
        if (piece.firstSequenceNr() > watermark || piece.events().isEmpty()) {
            return;
        }
        List<MessageId> settled = new ArrayList<>();
        for (int i = 0; i < piece.events().size() && piece.firstSequenceNr() + i <= watermark; i++) {
            if (piece.events().get(i) instanceof Settled event) {
                event.settlements().forEach(settlement -> settled.add(settlement.id()));
            } else if (piece.events().get(i) instanceof Reported event) {
                event.reports().forEach(report -> settled.add(report.id()));
            }
        }
        if (!settled.isEmpty()) {
            batch.alreadyReleased(piece.persistenceId(), references.released(piece.domain(), settled));
        }
    }

    private Set<Claim> wanted(List<Piece> pieces) {
        Set<Claim> wanted = new HashSet<>();
        for (Piece piece : pieces) {
            long watermark = watermark(piece.persistenceId());
            for (int i = 0; i < piece.events().size(); i++) {
                if (piece.firstSequenceNr() + i > watermark) {
                    addMessages(piece.domain(), piece.events().get(i), wanted);
                }
            }
        }
        return wanted;
    }

    private static void addMessages(Domain domain, QueueEvent event, Set<Claim> to) {
        switch (event) {
            case Accepted accepted -> accepted.entries().forEach(entry -> to.add(new Claim(domain, entry.id())));
            case Settled settled -> settled.settlements().forEach(one -> to.add(new Claim(domain, one.id())));
            case Deferred deferred -> deferred.deferrals().forEach(one -> to.add(new Claim(domain, one.id())));
            case BackedOff b -> {}
            case Recovered r -> {}
            case Suspended s -> {}
            case Resumed r -> {}
            case RetriedNow r -> {}
            case CancelRequested c -> {}
            case CancelFinished c -> {}
            case Rested r -> {}
            case Delayed d -> {}
            case Reported reported -> reported.reports().forEach(one -> to.add(new Claim(domain, one.id())));
        }
    }

    private void skipTo(String persistenceId, long watermark) {
        QueueRow row = new QueueRow(watermark, row(persistenceId).totals());
        Rows.Change change = rows.change();
        change.queue(persistenceId, row);
        change.commit(books, Totals.NONE).toCompletableFuture().join();
        queues.put(persistenceId, row);
    }

    private QueueRow row(String persistenceId) {
        return queues.computeIfAbsent(persistenceId, rows::queue);
    }

    private static Written join(Written before, Written after) {
        List<MessageId> released = new ArrayList<>(before.released());
        released.addAll(after.released());
        return new Written(after.upToSequenceNr(), released);
    }
}
