package io.postrider.queue;

import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.BackedOff;
import io.postrider.event.QueueEvent.CancelFinished;
import io.postrider.event.QueueEvent.CancelRequested;
import io.postrider.event.QueueEvent.Deferral;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Delayed;
import io.postrider.event.QueueEvent.Entry;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Recovered;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Reported;
import io.postrider.event.QueueEvent.Rested;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Resumed;
import io.postrider.event.QueueEvent.RetriedNow;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.event.QueueEvent.Settlement;
import io.postrider.event.QueueEvent.Suspended;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueView.Suspension;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one queue owes, confined to its actor. {@link #after} applies an event and never decides: twice is once, and the
 * events about one message may come in any order, so that a journal that two writers have mixed up still adds up. The
 * books balance after each event: accepted = delivered + bounced + expired + cancelled + open.
 *
 * <p>What no event says is in {@link Shelf}: whether an entry waits, is ready, on the wire or held. A crash forgets
 * that, and what was on the wire waits again with its old due time, which is past.
 */
final class QueueState {

    private static final int INLINE_RECIPIENTS = 64;
    private static final int BYTES_PER_ENTRY = 40;
    private static final int BYTES_PER_REPORT = 200;

    /** No server could be reached. */
    record BackedOffUntil(int failures, Instant until, String reason, Instant at) {}

    /** A cancel that is being worked off. */
    record CancelWork(long number, Selector selector, String reason, Instant at) {}

    /** What is known of a message before its acceptance was seen. */
    static final class Early {
        final BitSet settled = new BitSet();
        int attempts;
        long dueMillis;
    }

    final Entries entries = new Entries();
    final Lanes lanes = new Lanes(entries);
    final Shelf shelf = new Shelf(entries, lanes);
    /** Open positions of messages with more than 64 recipients. */
    final Map<MessageId, BitSet> large = new HashMap<>();
    /** Settled, and their references perhaps not yet released: by the number of the event that settled them. */
    final Map<MessageId, Long> settled = new LinkedHashMap<>();

    /** To the senders of what has failed; its references stay until then. */
    final OwedReports owed = new OwedReports();

    final Map<MessageId, Early> early = new HashMap<>();
    final Map<Selector, Suspension> suspensions = new LinkedHashMap<>();
    final TreeMap<Long, CancelWork> cancels = new TreeMap<>();
    Optional<BackedOffUntil> backoff = Optional.empty();
    final Books books = new Books();
    long nextCancel = 1;
    long sequenceNr;
    long newestMillis;
    /** Since the last snapshot. */
    long eventBytes;

    /** The event that the newest snapshot covers, as far as is known. */
    long snapshotNr;

    boolean rested;

    QueueState after(QueueEvent event) {
        sequenceNr++;
        newestMillis = Math.max(newestMillis, event.at().toEpochMilli());
        rested = false;
        eventBytes += 32;
        switch (event) {
            case Accepted accepted -> accepted(accepted);
            case Settled e -> {
                eventBytes += (long) e.settlements().size() * BYTES_PER_ENTRY;
                e.settlements().forEach(settlement -> settle(settlement, e.at()));
            }
            case Deferred e -> {
                eventBytes += (long) e.deferrals().size() * BYTES_PER_ENTRY;
                e.deferrals().forEach(this::defer);
            }
            case BackedOff e -> backoff = Optional.of(new BackedOffUntil(e.failures(), e.until(), e.reason(), e.at()));
            case Recovered e -> backoff = Optional.empty();
            case Suspended e ->
                suspensions.put(e.selector(), new Suspension(e.selector(), e.reason(), e.until(), e.at()));
            case Resumed e -> resume(e.selector());
            case RetriedNow e -> {
                shelf.retryNow(e.selector(), e.at().toEpochMilli());
                backoff = Optional.empty();
            }
            case CancelRequested e -> {
                nextCancel = Math.max(nextCancel, e.number() + 1);
                cancels.put(e.number(), new CancelWork(e.number(), e.selector(), e.reason(), e.at()));
            }
            case CancelFinished e -> cancels.remove(e.number());
            case Rested e -> rested = true;
            case Reported e -> e.reports().forEach(this::reported);
            case Delayed e -> e.messages().forEach(this::delayed);
        }
        return this;
    }

    private void resume(Selector selector) {
        if (selector.equals(Selector.ALL)) {
            suspensions.clear();
        } else {
            suspensions.remove(selector);
        }
    }

    private void accepted(Accepted event) {
        eventBytes += (long) event.entries().size() * BYTES_PER_ENTRY;
        event.lanes().forEach(lanes::define);
        for (Entry entry : event.entries()) {
            if (entries.find(entry.id()) < 0 && (!isDone(entry.id()) || early.containsKey(entry.id()))) {
                accept(entry);
            }
        }
    }

    private void accept(Entry entry) {
        Early known = early.isEmpty() ? null : early.remove(entry.id());
        int count = entry.recipients();
        if (known == null) {
            books.accepted += count;
            add(entry, entry.due().toEpochMilli(), 0, null);
            return;
        }
        BitSet open = new BitSet(count);
        open.set(0, count);
        open.andNot(known.settled);
        books.accepted += open.cardinality();
        if (open.isEmpty()) {
            done(entry.id());
            return;
        }
        long due = known.dueMillis != 0 ? known.dueMillis : entry.due().toEpochMilli();
        add(entry, due, known.attempts, open);
    }

    /** @param open null for all */
    private void add(Entry entry, long dueMillis, int attempts, @org.jspecify.annotations.Nullable BitSet open) {
        int count = entry.recipients();
        boolean partial = open != null && open.cardinality() < count;
        boolean isLarge = count > INLINE_RECIPIENTS;
        long bits = 0;
        if (isLarge) {
            BitSet all = open != null ? open : new BitSet(count);
            if (open == null) {
                all.set(0, count);
            }
            large.put(entry.id(), all);
        } else {
            bits = partial && open != null ? open.toLongArray()[0] : -1L >>> (INLINE_RECIPIENTS - count);
        }
        long expiry = Math.ceilDiv(entry.expiresAt().toEpochMilli(), 1000L);
        restore(entry.id(), dueMillis, expiry, entry.lane(), attempts, bits, partial, isLarge);
    }

    /** An entry as a snapshot has it. */
    void restore(
            MessageId id,
            long dueMillis,
            long expirySeconds,
            int lane,
            int attempts,
            long bits,
            boolean partial,
            boolean isLarge) {
        int slot = entries.add(id, dueMillis, (int) expirySeconds, lane, attempts, bits, partial, isLarge);
        shelf.added(slot);
    }

    private void settle(Settlement settlement, Instant at) {
        int slot = entries.find(settlement.id());
        if (slot < 0) {
            if (!isDone(settlement.id()) || early.containsKey(settlement.id())) {
                settleEarly(settlement, at);
            }
            return;
        }
        int closed = 0;
        List<Result> toReport = List.of();
        for (Result result : settlement.results()) {
            if (result.kind() != Kind.DEFERRED && close(slot, result.position())) {
                books.add(result.kind());
                closed++;
                toReport = withReport(toReport, result);
            }
        }
        if (closed == 0) {
            return;
        }
        owe(settlement, toReport, at);
        if (openCount(slot) == 0) {
            remove(slot);
            done(settlement.id());
        } else {
            entries.markPartial(slot);
            entries.attempts(slot, Math.max(entries.attempts(slot), settlement.attempt()));
        }
    }

    private static List<Result> withReport(List<Result> before, Result result) {
        if (!result.report()) {
            return before;
        }
        List<Result> all = before.isEmpty() ? new ArrayList<>() : before;
        all.add(result);
        return all;
    }

    private void owe(Settlement settlement, List<Result> toReport, Instant at) {
        if (!toReport.isEmpty()) {
            owed.add(new OwedReport(settlement.id(), settlement.via(), toReport, at));
            eventBytes += (long) toReport.size() * BYTES_PER_REPORT;
        }
    }

    /** Twice is once; before its settlement was seen, it changes nothing, and the report is asked for once more. */
    private void reported(Report report) {
        boolean wasOwed = owed.remove(report.id(), report.positions());
        if (wasOwed && entries.find(report.id()) < 0 && !early.containsKey(report.id())) {
            done(report.id());
        }
    }

    /** What is unknown is asked for once more, and the spool refuses a second report. */
    private void delayed(MessageId id) {
        int slot = entries.find(id);
        if (slot >= 0) {
            entries.markTold(slot);
        }
    }

    /** Nothing of the message is open; it is settled, unless a report about it is owed. */
    private void done(MessageId id) {
        if (!owed.concern(id)) {
            settled.put(id, sequenceNr);
        }
    }

    private void settleEarly(Settlement settlement, Instant at) {
        Early known = early.computeIfAbsent(settlement.id(), id -> new Early());
        known.attempts = Math.max(known.attempts, settlement.attempt());
        List<Result> toReport = List.of();
        for (Result result : settlement.results()) {
            if (result.kind() != Kind.DEFERRED && !known.settled.get(result.position())) {
                known.settled.set(result.position());
                books.accepted++;
                books.add(result.kind());
                toReport = withReport(toReport, result);
            }
        }
        owe(settlement, toReport, at);
    }

    private void defer(Deferral deferral) {
        int slot = entries.find(deferral.id());
        long due = deferral.due().toEpochMilli();
        if (slot < 0) {
            if (!isDone(deferral.id()) || early.containsKey(deferral.id())) {
                Early known = early.computeIfAbsent(deferral.id(), id -> new Early());
                if (deferral.attempt() >= known.attempts) {
                    known.dueMillis = Math.max(deferral.attempt() > known.attempts ? 0 : known.dueMillis, due);
                    known.attempts = deferral.attempt();
                }
            }
            return;
        }
        int attempts = entries.attempts(slot);
        if (deferral.attempt() > attempts || (deferral.attempt() == attempts && due > entries.due(slot))) {
            entries.attempts(slot, deferral.attempt());
            shelf.waitUntil(slot, due);
        }
    }

    private boolean close(int slot, int position) {
        if (entries.isLarge(slot)) {
            BitSet open = openLarge(slot);
            boolean wasOpen = open.get(position);
            open.clear(position);
            return wasOpen;
        }
        long bits = entries.openBits(slot);
        long bit = position < INLINE_RECIPIENTS ? 1L << position : 0;
        entries.openBits(slot, bits & ~bit);
        return (bits & bit) != 0;
    }

    BitSet openLarge(int slot) {
        return large.computeIfAbsent(entries.id(slot), id -> new BitSet());
    }

    int openCount(int slot) {
        return entries.isLarge(slot) ? openLarge(slot).cardinality() : Long.bitCount(entries.openBits(slot));
    }

    /** Positions of the open recipients, ascending. */
    int[] openPositions(int slot) {
        BitSet open = entries.isLarge(slot) ? openLarge(slot) : BitSet.valueOf(new long[] {entries.openBits(slot)});
        return open.stream().toArray();
    }

    private void remove(int slot) {
        if (entries.isLarge(slot)) {
            large.remove(entries.id(slot));
        }
        shelf.remove(slot);
    }

    /** Everything up to this event is recorded, and what it settled is released: no repeat of it can come. */
    void recorded(long upToSequenceNr) {
        Iterator<Long> oldestFirst = settled.values().iterator();
        while (oldestFirst.hasNext() && oldestFirst.next() <= upToSequenceNr) {
            oldestFirst.remove();
        }
    }

    /** In the queue, or done and not yet forgotten. */
    boolean knows(MessageId id) {
        return entries.find(id) >= 0 || isDone(id);
    }

    private boolean isDone(MessageId id) {
        return settled.containsKey(id) || owed.concern(id);
    }

    boolean isEmpty() {
        return entries.size() == 0;
    }

    /** Sender addresses, in lower case, whose messages of this lane are held. */
    List<String> suspendedSenders(int lane) {
        if (suspensions.isEmpty()) {
            return List.of();
        }
        return suspensions.keySet().stream()
                .filter(selector -> selector.sender().isPresent() && Lanes.matches(selector, lanes.get(lane).lane))
                .map(selector -> selector.sender().orElse("").toLowerCase(java.util.Locale.ROOT))
                .toList();
    }

    boolean isSuspendedWhole() {
        return suspensions.containsKey(Selector.ALL);
    }
}
