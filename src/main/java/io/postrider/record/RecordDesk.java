package io.postrider.record;

import io.postrider.event.QueueEvent;
import io.postrider.journal.EventReader;
import io.postrider.journal.EventReader.Head;
import io.postrider.journal.EventReader.Stored;
import io.postrider.mail.Domain;
import io.postrider.metrics.Meters;
import io.postrider.record.Scribe.Piece;
import io.postrider.record.Scribe.Written;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tasks of the recorder's thread. Each blocks until its work is durable. */
final class RecordDesk {

    private static final int HEADS_PAGE = 500;

    private final Scribe scribe;
    private final EventReader journal;
    private final Rejections rejections;
    private final Meters meters;
    private final Duration keep;
    private final Duration keepEvents;
    private final InstantSource clock;
    private Optional<String> caughtUpTo = Optional.empty();

    RecordDesk(
            Scribe scribe,
            EventReader journal,
            Rejections rejections,
            Meters meters,
            Duration keep,
            Duration keepEvents,
            InstantSource clock) {
        this.scribe = scribe;
        this.journal = journal;
        this.rejections = rejections;
        this.meters = meters;
        this.keep = keep;
        this.keepEvents = keepEvents;
        this.clock = clock;
    }

    /** Records these, and what refused mail waits. After a failure the same call can be repeated. */
    Map<String, Written> write(List<Piece> pieces) {
        try {
            List<Rejection> refused = new ArrayList<>();
            rejections.drainTo(refused);
            if (!refused.isEmpty()) {
                scribe.reject(refused);
            }
            return scribe.record(pieces);
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /** Records what queues left in the journal when the last process died, a page of queues a call. False at the end. */
    boolean catchUp() {
        try {
            List<Head> page =
                    journal.heads(caughtUpTo, HEADS_PAGE).toCompletableFuture().join();
            for (Head head : page) {
                if (head.highestSequenceNr() > scribe.watermark(head.persistenceId())) {
                    catchUp(head);
                }
                caughtUpTo = Optional.of(head.persistenceId());
            }
            return page.size() == HEADS_PAGE;
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    void expire() {
        try {
            scribe.expireHistory(clock.instant().minus(keep));
            scribe.expireFeed(clock.instant().minus(keepEvents));
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    boolean hasRejections() {
        return !rejections.isEmpty();
    }

    void close() {
        scribe.close();
    }

    /** Only queues are recorded: what keeps other events is passed over. */
    private void catchUp(Head head) {
        String id = head.persistenceId();
        Optional<Domain> domain = Domain.parse(id.substring(id.indexOf('|') + 1));
        List<Stored> first = journal.events(id, scribe.watermark(id) + 1, 1)
                .toCompletableFuture()
                .join();
        boolean ofQueue = domain.isPresent() && !first.isEmpty() && first.get(0).event() instanceof QueueEvent;
        if (ofQueue) {
            scribe.catchUp(id, domain.get(), head.highestSequenceNr(), new LinkedHashMap<>());
        }
    }

    private RuntimeException failed(RuntimeException cause) {
        meters.recordFailed();
        try {
            scribe.recover();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
        return cause;
    }
}
