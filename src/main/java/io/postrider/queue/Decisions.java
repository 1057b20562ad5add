package io.postrider.queue;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.event.QueueEvent.BackedOff;
import io.postrider.event.QueueEvent.CancelFinished;
import io.postrider.event.QueueEvent.Deferral;
import io.postrider.event.QueueEvent.Entry;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Recovered;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Resumed;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Settlement;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.queue.QueueCommand.CancelledMessages;
import io.postrider.queue.QueueCommand.Matched;
import io.postrider.queue.QueueState.CancelWork;
import io.postrider.queue.QueueView.Suspension;
import io.postrider.retry.Backoff;
import io.postrider.spool.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** What a queue makes of what it hears: reads the state, writes facts into a {@link Step}, changes nothing else. */
final class Decisions {

    /** One event of so many settlements stays small beside the journal's limits. */
    static final int CHUNK = 1000;

    private static final int LAST_REPLIES = 10_000;
    private static final Reply NOT_YET = Reply.of(451, "4.4.0", "No server has taken it yet");
    private static final Reply EXPIRED = Reply.of(554, "5.4.7", "Delivery time expired");

    private final Domain domain;
    private final QueueState state;
    private final DomainLimits.Limits limits;
    private final Backoff backoff;
    private final DoubleSupplier random;
    private final ClockWatch clock;
    private final ReportSettings reports;
    /** Where each cancel goes on, from the top down; volatile, for a second pass harms nobody. */
    private final Map<Long, Integer> cancelPlaces = new HashMap<>();
    /** What the server said last about messages that only wait for their expiry, or may come to be late. */
    private final Map<MessageId, Reply> lastReplies = new LinkedHashMap<>();

    private long expiryLookedAt = Long.MIN_VALUE;

    Decisions(
            Domain domain,
            QueueState state,
            DomainLimits.Limits limits,
            DoubleSupplier random,
            ClockWatch clock,
            ReportSettings reports) {
        this.reports = reports;
        this.domain = domain;
        this.state = state;
        this.limits = limits;
        this.random = random;
        this.clock = clock;
        backoff = new Backoff(limits.retry());
    }

    void accept(Step step, HandedOver message) {
        Lane lane = state.lanes.of(message, step.lanes);
        Instant due = message.notBefore().filter(step.now::isBefore).orElse(step.now);
        Instant end = message.expiresAt();
        if (limits.giveUpAfter().isPresent()) {
            Instant own = message.id().acceptedAt().plus(limits.giveUpAfter().get());
            end = own.isBefore(end) ? own : end;
        }
        Instant first = due.isAfter(end) ? end : due;
        step.accepted.add(
                new Entry(message.id(), message.recipients(), first, end, lane.number(), message.sizeBytes()));
    }

    /** How one attempt ended: what is final settles, what is to be tried again is deferred, or expires. */
    void outcome(Step step, MessageOutcome outcome) {
        int slot = state.entries.find(outcome.id());
        if (slot < 0 || state.entries.state(slot) != Entries.ON_WIRE) {
            return;
        }
        List<Result> last = new ArrayList<>(outcome.results().size());
        List<Result> again = List.of();
        for (Result result : outcome.results()) {
            if (result.kind() == Kind.DEFERRED) {
                again = again.isEmpty() ? new ArrayList<>() : again;
                again.add(result);
            } else {
                last.add(result);
            }
        }
        long expiry = state.entries.expirySeconds(slot) * 1000;
        boolean tooOld = expiry <= step.now.toEpochMilli() && !clock.isWrong();
        if (tooOld) {
            again.forEach(result ->
                    last.add(new Result(result.position(), Kind.EXPIRED, result.reply(), result.ambiguous(), true)));
        } else if (!again.isEmpty()) {
            long next = limits.retry()
                    .due(outcome.attempt(), step.now, random.getAsDouble())
                    .toEpochMilli();
            boolean expiresFirst = next >= expiry && expiry > step.now.toEpochMilli();
            next = expiresFirst ? expiry : next;
            boolean mayBeLate = !reports.delayAfter().isZero() && !state.entries.isTold(slot);
            if (expiresFirst || mayBeLate) {
                remember(outcome.id(), again.get(0).reply());
            }
            step.deferrals.add(
                    new Deferral(outcome.id(), outcome.attempt(), Instant.ofEpochMilli(next), outcome.via(), again));
        }
        if (!last.isEmpty()) {
            step.settlements.add(new Settlement(outcome.id(), outcome.attempt(), outcome.via(), last));
        }
    }

    /** What a server said last about a message that waits, or else why none was asked. */
    Reply lastReply(MessageId id) {
        Reply last = lastReplies.get(id);
        if (last != null) {
            return last;
        }
        return state.backoff
                .map(backoff -> Reply.of(451, "4.4.1", "No server could be reached: " + backoff.reason()))
                .orElse(NOT_YET);
    }

    private void remember(MessageId id, Reply reply) {
        if (lastReplies.size() >= LAST_REPLIES) {
            lastReplies.remove(lastReplies.keySet().iterator().next());
        }
        lastReplies.put(id, reply);
    }

    /** Every host failed for this connection. What others report while the domain is backed off already is no news. */
    void allHostsFailed(Step step, boolean probe, Reply reply) {
        boolean known = state.backoff.isPresent()
                && !probe
                && state.backoff.get().until().isAfter(step.now);
        if (step.backedOff || known) {
            return;
        }
        int failures = state.backoff.map(QueueState.BackedOffUntil::failures).orElse(0) + 1;
        step.backedOff = true;
        step.others.add(new BackedOff(
                failures, backoff.until(failures, step.now, random.getAsDouble()), reply.toString(), step.now));
    }

    void serverAnswered(Step step) {
        if (state.backoff.isPresent() && !step.recovered) {
            step.recovered = true;
            step.others.add(new Recovered(step.now));
        }
    }

    /** Looks at most once a second; what does not fit into one event comes with the next step. */
    void expire(Step step) {
        long seconds = step.now.getEpochSecond();
        if (clock.isWrong() || seconds == expiryLookedAt || state.shelf.expiryBound() > seconds || mayOweNoMore()) {
            return;
        }
        expiryLookedAt = seconds;
        int before = step.settlements.size();
        state.shelf.expired(seconds, slot -> {
            if (step.settlements.size() - before >= CHUNK) {
                expiryLookedAt = Long.MIN_VALUE;
                return false;
            }
            MessageId id = state.entries.id(slot);
            Reply last = lastReplies.remove(id);
            settleOpen(step, slot, Kind.EXPIRED, last == null ? EXPIRED : last);
            return true;
        });
    }

    private boolean mayOweNoMore() {
        return state.owed.size() >= reports.maxOwed();
    }

    void endSuspensions(Step step) {
        for (Suspension suspension : state.suspensions.values()) {
            if (suspension.until().isPresent() && !suspension.until().get().isAfter(step.now)) {
                step.others.add(new Resumed(suspension.selector(), "its time is over", step.now));
                step.suspensionsChanged = true;
            }
        }
    }

    /** A chunk of a cancel that needs no senders. Finished when a whole pass finds nothing, not even on the wire. */
    void cancel(Step step, CancelWork work) {
        Chunk chunk = chunk(work);
        for (int slot : chunk.slots) {
            settleOpen(step, slot, Kind.CANCELLED, cancelled(work));
        }
        if (chunk.done) {
            step.others.add(new CancelFinished(work.number(), step.now));
        }
    }

    /**
     * The next entries that a cancel concerns by their lanes.
     *
     * @param done a whole pass found nothing more
     */
    record Chunk(List<Integer> slots, boolean done) {}

    Chunk chunk(CancelWork work) {
        List<Integer> slots = new ArrayList<>();
        long before = work.at().toEpochMilli();
        int slot = Math.min(cancelPlaces.getOrDefault(work.number(), state.entries.size()), state.entries.size());
        boolean wholePass = slot == state.entries.size();
        boolean anyOnWire = false;
        while (--slot >= 0 && slots.size() < CHUNK) {
            if (concerns(work.selector(), slot) && state.entries.acceptedMillis(slot) <= before) {
                if (state.entries.state(slot) == Entries.ON_WIRE) {
                    anyOnWire = true;
                } else {
                    slots.add(slot);
                }
            }
        }
        if (slot < 0) {
            cancelPlaces.remove(work.number());
        } else {
            cancelPlaces.put(work.number(), slot + 1);
        }
        return new Chunk(slots, slot < 0 && wholePass && slots.isEmpty() && !anyOnWire);
    }

    /** The next messages whose senders a cancel must know; empty when there are none, or none left. */
    Optional<List<MessageId>> senders(Step step, CancelWork work) {
        Chunk chunk = chunk(work);
        if (chunk.done) {
            step.others.add(new CancelFinished(work.number(), step.now));
        }
        if (chunk.slots.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(chunk.slots.stream().map(state.entries::id).toList());
    }

    /** Of these references, the messages of one sender. */
    static List<MessageId> by(String sender, Map<MessageId, Reference> references) {
        List<MessageId> matching = new ArrayList<>();
        references.forEach((id, reference) -> {
            if (reference.sender().address().equalsIgnoreCase(sender)) {
                matching.add(id);
            }
        });
        return matching;
    }

    /** The last look left some for the next step. */
    boolean moreExpires() {
        return expiryLookedAt == Long.MIN_VALUE && !clock.isWrong();
    }

    /** What of a chunk the spool found to be by the sender. */
    void cancelThese(Step step, CancelWork work, List<MessageId> ids) {
        for (MessageId id : ids) {
            int slot = state.entries.find(id);
            if (slot >= 0 && state.entries.state(slot) != Entries.ON_WIRE) {
                settleOpen(step, slot, Kind.CANCELLED, cancelled(work));
            }
        }
    }

    /** Settles what is not on the wire of these at once: they are few, and named. No sweep may settle them as well. */
    CancelledMessages cancel(Step step, List<MessageId> ids, String reason) {
        step.swept = true;
        int recipients = 0;
        int onWire = 0;
        List<MessageId> unknown = new ArrayList<>(0);
        for (MessageId id : new LinkedHashSet<>(ids)) {
            int slot = state.entries.find(id);
            if (slot < 0) {
                unknown.add(id);
            } else if (state.entries.state(slot) == Entries.ON_WIRE) {
                onWire += state.openCount(slot);
            } else {
                recipients += state.openCount(slot);
                settleOpen(step, slot, Kind.CANCELLED, cancelled(reason));
            }
        }
        return new CancelledMessages(domain, recipients, onWire, unknown);
    }

    private static Reply cancelled(CancelWork work) {
        return cancelled(work.reason());
    }

    private static Reply cancelled(String reason) {
        return Reply.of(554, "5.7.0", "Cancelled: " + (reason.isBlank() ? "no reason given" : reason));
    }

    private void settleOpen(Step step, int slot, Kind kind, Reply reply) {
        int[] positions = state.openPositions(slot);
        List<Result> results = new ArrayList<>(positions.length);
        for (int position : positions) {
            results.add(new Result(position, kind, reply, false, kind == Kind.EXPIRED));
        }
        step.settlements.add(new Settlement(state.entries.id(slot), 0, Optional.empty(), results));
    }

    boolean concerns(Selector selector, int slot) {
        return Lanes.matches(selector, state.lanes.get(state.entries.lane(slot)).lane);
    }

    Matched count(Selector selector) {
        long messages = 0;
        long recipients = 0;
        int onWire = 0;
        for (int slot = 0; slot < state.entries.size(); slot++) {
            if (concerns(selector, slot)) {
                messages++;
                recipients += state.openCount(slot);
                onWire += state.entries.state(slot) == Entries.ON_WIRE ? 1 : 0;
            }
        }
        return new Matched(
                domain, messages, recipients, onWire, selector.sender().isEmpty());
    }
}
