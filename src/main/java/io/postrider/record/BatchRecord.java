package io.postrider.record;

import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.BackedOff;
import io.postrider.event.QueueEvent.CancelFinished;
import io.postrider.event.QueueEvent.CancelRequested;
import io.postrider.event.QueueEvent.Deferral;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Delayed;
import io.postrider.event.QueueEvent.Entry;
import io.postrider.event.QueueEvent.Recovered;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Reported;
import io.postrider.event.QueueEvent.Rested;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Resumed;
import io.postrider.event.QueueEvent.RetriedNow;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.event.QueueEvent.Settlement;
import io.postrider.event.QueueEvent.Suspended;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.metrics.Meters;
import io.postrider.record.References.Claim;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.ReferenceRelease;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines, rows and releases that one batch of events comes to. Used once, by the scribe's thread.
 *
 * <p>A reference is released by the event that settles its last open recipient. Where one event settles all of them,
 * nothing else is looked at; otherwise a small row per reference remembers who is settled. A recipient about whom a
 * report is owed counts as settled only when the report is not owed any more: it is made from the reference.
 */
final class BatchRecord {

    private static final Logger log = LoggerFactory.getLogger(BatchRecord.class);

    private final Rows rows;
    private final Rows.Change change;
    private final Map<Claim, Reference> found;
    private final LogLine line;
    private final JsonBytes lines;
    private final Map<String, QueueRow> changed = new LinkedHashMap<>();
    private final Map<String, List<MessageId>> released = new HashMap<>();
    private final Map<Claim, BitSet> partly = new HashMap<>();
    private final List<Long> deliveryMillis = new ArrayList<>();
    private final Tally batchTally = new Tally();
    private final FeedCut cut = new FeedCut();

    BatchRecord(Rows rows, Map<Claim, Reference> found, LogLine line, JsonBytes lines) {
        this.rows = rows;
        this.change = rows.change();
        this.found = found;
        this.line = line;
        this.lines = lines;
    }

    /** The queue's row as this batch leaves it so far. */
    QueueRow row(String persistenceId, Function<String, QueueRow> ofStore) {
        return changed.computeIfAbsent(persistenceId, ofStore);
    }

    Map<String, QueueRow> rows() {
        return changed;
    }

    List<MessageId> released(String persistenceId) {
        return released.getOrDefault(persistenceId, List.of());
    }

    void alreadyReleased(String persistenceId, Collection<MessageId> messages) {
        released.computeIfAbsent(persistenceId, id -> new ArrayList<>()).addAll(messages);
    }

    /** Takes the events above the watermark. */
    void add(Scribe.Piece piece, QueueRow before) {
        Tally tally = new Tally();
        long sequenceNr = piece.firstSequenceNr();
        for (QueueEvent event : piece.events()) {
            if (sequenceNr > before.watermark()) {
                add(new Place(piece.persistenceId(), piece.domain(), sequenceNr, tally), event);
            }
            sequenceNr++;
        }
        long watermark = Math.max(before.watermark(), piece.lastSequenceNr());
        changed.put(
                piece.persistenceId(), new QueueRow(watermark, before.totals().plus(tally.totals())));
        batchTally.add(tally);
    }

    /**
     * Writes everything as one, adds it to the books, and waits until it is durable.
     *
     * @param earlier lines that come before those of this batch in the feed
     * @return where the next lines of the feed belong
     */
    FeedBlock.Place commit(Books books, List<FeedBlock> earlier, FeedBlock.Place from) {
        FeedBlock.Place end = change.feed(cut.end(lines), change.feed(earlier, from));
        changed.forEach(change::queue);
        partly.forEach((claim, positions) -> change.settled(claim.domain(), claim.message(), positions));
        change.commit(books, batchTally.totals()).toCompletableFuture().join();
        return end;
    }

    void report(Meters meters) {
        Totals totals = batchTally.totals();
        meters.recorded(
                totals.delivered(), batchTally.deferred, totals.bounced(), totals.expired(), totals.cancelled());
        deliveryMillis.forEach(meters::deliveredAfter);
    }

    /** Where an event stands, and what counts it. */
    private record Place(String persistenceId, Domain domain, long sequenceNr, Tally tally) {

        Fact.Source source(int position) {
            return new Fact.Source(persistenceId, sequenceNr, position);
        }
    }

    private void add(Place place, QueueEvent event) {
        switch (event) {
            case Accepted accepted -> accepted(place, accepted);
            case Settled settled -> settled(place, settled);
            case Deferred deferred -> deferred(place, deferred);
            case BackedOff b -> {}
            case Recovered r -> {}
            case Suspended s -> {}
            case Resumed r -> {}
            case RetriedNow r -> {}
            case CancelRequested c -> {}
            case CancelFinished c -> {}
            case Rested r -> {}
            case Delayed d -> {}
            case Reported reported -> reported(place, reported);
        }
    }

    private void accepted(Place place, Accepted event) {
        int position = 0;
        for (Entry entry : event.entries()) {
            Claim claim = new Claim(place.domain(), entry.id());
            Optional<Reference> reference = reference(claim);
            for (int i = 0; i < entry.recipients(); i++) {
                write(new Fact(
                        place.source(position++),
                        RecordType.ACCEPTED,
                        event.at(),
                        entry.id(),
                        place.domain(),
                        reference,
                        recipient(reference, i),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false));
            }
            place.tally().accepted += entry.recipients();
        }
    }

    private void settled(Place place, Settled event) {
        int position = 0;
        for (Settlement settlement : event.settlements()) {
            Claim claim = new Claim(place.domain(), settlement.id());
            Optional<Reference> reference = reference(claim);
            for (Result result : settlement.results()) {
                Attempt attempt = new Attempt(settlement.id(), settlement.attempt(), settlement.via(), event.at());
                write(fact(place, position++, attempt, result, reference, Optional.empty()));
                place.tally().count(result.kind());
                if (result.kind() == QueueEvent.Kind.DELIVERED) {
                    deliveryMillis.add(
                            event.at().toEpochMilli() - settlement.id().acceptedAtMillis());
                }
            }
            if (reference.isPresent()) {
                release(place, claim, reference.get(), settlement.results());
            } else {
                log.warn(
                        "message={} domain={} its reference was gone when it was settled",
                        claim.message(),
                        claim.domain());
                place.tally().released += settlement.results().size();
            }
        }
    }

    private void reported(Place place, Reported event) {
        for (Report report : event.reports()) {
            Claim claim = new Claim(place.domain(), report.id());
            Optional<Reference> reference = reference(claim);
            if (reference.isPresent()) {
                BitSet done = new BitSet();
                report.positions().forEach(done::set);
                release(place, claim, reference.get(), done);
            }
        }
    }

    private void deferred(Place place, Deferred event) {
        int position = 0;
        for (Deferral deferral : event.deferrals()) {
            Optional<Reference> reference = reference(new Claim(place.domain(), deferral.id()));
            for (Result result : deferral.results()) {
                Attempt attempt = new Attempt(deferral.id(), deferral.attempt(), deferral.via(), event.at());
                write(fact(place, position++, attempt, result, reference, Optional.of(deferral.due())));
                place.tally().deferred++;
            }
        }
    }

    /** What the results of one message in one event share. */
    private record Attempt(MessageId message, int number, Optional<Via> via, Instant at) {}

    private static Fact fact(
            Place place,
            int position,
            Attempt attempt,
            Result result,
            Optional<Reference> reference,
            Optional<Instant> retryAt) {
        return new Fact(
                place.source(position),
                RecordType.of(result.kind()),
                attempt.at(),
                attempt.message(),
                place.domain(),
                reference,
                recipient(reference, result.position()),
                attempt.number(),
                attempt.via(),
                Optional.of(result.reply()),
                retryAt,
                result.ambiguous());
    }

    private void write(Fact fact) {
        line.write(fact, lines);
        cut.lineEnded(lines);
        change.history(fact);
    }

    private void release(Place place, Claim claim, Reference reference, List<Result> results) {
        if (reference.recipients().size() == 1) {
            if (!results.get(0).report()) {
                release(place, claim, reference);
            }
            return;
        }
        BitSet done = new BitSet(reference.recipients().size());
        for (Result result : results) {
            if (!result.report()) {
                done.set(result.position());
            }
        }
        release(place, claim, reference, done);
    }

    /** @param done the recipients that nothing is owed for any more */
    private void release(Place place, Claim claim, Reference reference, BitSet done) {
        if (!done.isEmpty() && allSettled(claim, reference.recipients().size(), done)) {
            release(place, claim, reference);
        }
    }

    private void release(Place place, Claim claim, Reference reference) {
        change.release(new ReferenceRelease(claim.domain(), claim.message(), reference.domains()));
        found.remove(claim);
        released.computeIfAbsent(place.persistenceId(), id -> new ArrayList<>()).add(claim.message());
        place.tally().released += reference.recipients().size();
    }

    private boolean allSettled(Claim claim, int recipients, BitSet now) {
        if (now.cardinality() == recipients) {
            return true;
        }
        BitSet settled = partly.computeIfAbsent(
                claim, k -> rows.settled(k.domain(), k.message()).orElseGet(BitSet::new));
        settled.or(now);
        if (settled.cardinality() < recipients) {
            return false;
        }
        partly.remove(claim);
        change.forgetSettled(claim.domain(), claim.message());
        return true;
    }

    private Optional<Reference> reference(Claim claim) {
        return Optional.ofNullable(found.get(claim));
    }

    private static Optional<Recipient> recipient(Optional<Reference> reference, int position) {
        return reference.isPresent() && position < reference.get().recipients().size()
                ? Optional.of(reference.get().recipients().get(position))
                : Optional.empty();
    }

    /** Counts up what becomes {@link Totals}. */
    private static final class Tally {
        private long accepted;
        private long delivered;
        private long deferred;
        private long bounced;
        private long expired;
        private long cancelled;
        private long released;

        void count(QueueEvent.Kind kind) {
            switch (kind) {
                case DELIVERED -> delivered++;
                case DEFERRED -> deferred++;
                case BOUNCED -> bounced++;
                case EXPIRED -> expired++;
                case CANCELLED -> cancelled++;
            }
        }

        void add(Tally other) {
            accepted += other.accepted;
            delivered += other.delivered;
            deferred += other.deferred;
            bounced += other.bounced;
            expired += other.expired;
            cancelled += other.cancelled;
            released += other.released;
        }

        Totals totals() {
            return new Totals(accepted, delivered, bounced, expired, cancelled, released);
        }
    }
}
