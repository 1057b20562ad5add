package io.postrider.queue;

import io.postrider.event.QueueEvent.Rested;
import io.postrider.mail.Domain;
import java.time.Duration;
import java.time.Instant;

/**
 * When a queue may leave the memory, what it leaves behind, and when it must be back: the wake index, the trimming of its
 * journal, and how long until something is due.
 */
final class Repose {

    static final long SECOND = 1_000_000_000L;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long LONGEST_WAIT_MILLIS = Duration.ofDays(1).toMillis();

    private final Domain domain;
    private final QueuePorts ports;
    private final DomainLimits.Limits limits;
    private boolean inWakeIndex;
    /** The index says when the queue wants to wake; were it to stay awake, a crash would wake it too late. */
    private boolean wakesLate;

    private long recordedNr;
    private long trimmedNr;
    private long idleSinceNanos = NEVER;

    Repose(Domain domain, QueuePorts ports, DomainLimits.Limits limits) {
        this.domain = domain;
        this.ports = ports;
        this.limits = limits;
    }

    /** Mail that came back from the journal stands in the index: it was put there before its event. */
    void recovered(QueueState state) {
        inWakeIndex = !state.isEmpty();
    }

    /** The wake index comes before the event that needs it. */
    void beforeEvents(Step step) {
        if ((!step.accepted.isEmpty() && !inWakeIndex) || wakesLate) {
            inWakeIndex = true;
            wakesLate = false;
            ports.wakeIndex().put(domain, step.now);
        }
    }

    void recorded(long upToSequenceNr) {
        recordedNr = Math.max(recordedNr, upToSequenceNr);
    }

    void trim(QueueState state) {
        long upTo = Math.min(state.snapshotNr, recordedNr);
        if (upTo > trimmedNr) {
            trimmedNr = upTo;
            ports.journal().trim(DomainQueue.persistenceId(domain), upTo);
        }
    }

    /** An empty queue leaves one small snapshot behind and goes, sooner when many are awake. */
    void rest(QueueState state, Step step, boolean idle, boolean fullBucket) {
        boolean empty = state.isEmpty() && idle && step.accepted.isEmpty();
        if (!empty || !fullBucket) {
            idleSinceNanos = NEVER;
            return;
        }
        if (idleSinceNanos == NEVER) {
            idleSinceNanos = step.nanos;
        }
        boolean eventless = state.rested || state.sequenceNr == 0;
        if (!eventless && wasPatient(state, step)) {
            step.others.add(new Rested(step.now));
        }
    }

    /** A step has made the queue idle, perhaps the last for long: its patience begins, and the timer must ring for it. */
    void settledDown(QueueState state, Step step, boolean idle) {
        if (idle && state.isEmpty() && idleSinceNanos == NEVER) {
            idleSinceNanos = step.nanos;
        }
    }

    /** Whether an idle queue may leave the memory now; the wake index then says when it must be back. */
    boolean mayGo(QueueState state, Step step) {
        return state.isEmpty() ? mayRest(state, step) : maySleep(state, step);
    }

    private boolean mayRest(QueueState state, Step step) {
        boolean nothingLeft = state.sequenceNr == 0
                ? wasPatient(state, step)
                : state.rested && state.snapshotNr == state.sequenceNr && trimmedNr == state.sequenceNr;
        if (nothingLeft) {
            ports.wakeIndex().remove(domain);
            inWakeIndex = false;
            ports.board().remove(domain);
        }
        return nothingLeft;
    }

    private boolean maySleep(QueueState state, Step step) {
        long next = Math.min(state.shelf.nextDue(), state.shelf.expiryBound() * 1000);
        long patience = ports.settings().sleepWhenDueIn().toMillis();
        boolean longWait = state.shelf.waiting() == state.entries.size() && next - step.now.toEpochMilli() > patience;
        if (!longWait || !isCrowded() || !limits.rate().isUnlimited() || !state.suspensions.isEmpty()) {
            return false;
        }
        ports.wakeIndex().put(domain, Instant.ofEpochMilli(next));
        wakesLate = true;
        return true;
    }

    /** Until a message, an expiry, a suspension's end or the queue's own rest is due; at most a day. */
    long nanosUntilDue(QueueState state, Step step, boolean moreExpires) {
        long nowMillis = step.now.toEpochMilli();
        long next = nanosUntil(state.shelf.nextDue(), nowMillis);
        if (state.shelf.expiryBound() != NEVER) {
            long untilExpiry = nanosUntil(state.shelf.expiryBound() * 1000, nowMillis);
            next = Math.min(next, Math.max(untilExpiry, moreExpires ? 0 : SECOND));
        }
        for (QueueView.Suspension suspension : state.suspensions.values()) {
            if (suspension.until().isPresent()) {
                next = Math.min(next, nanosUntil(suspension.until().get().toEpochMilli(), nowMillis));
            }
        }
        boolean restSoon = idleSinceNanos != NEVER && !state.rested;
        return restSoon ? Math.min(next, patience(state).toNanos()) : next;
    }

    private static long nanosUntil(long dueMillis, long nowMillis) {
        return dueMillis == NEVER ? NEVER : Math.clamp(dueMillis - nowMillis, 0, LONGEST_WAIT_MILLIS) * 1_000_000;
    }

    private boolean wasPatient(QueueState state, Step step) {
        return idleSinceNanos != NEVER
                && step.nanos - idleSinceNanos >= patience(state).toNanos();
    }

    /** A queue that never had mail, because somebody only asked about the domain, need not wait for more of it. */
    private Duration patience(QueueState state) {
        boolean soon = isCrowded() || state.sequenceNr == 0;
        return soon ? ports.settings().restAfter() : ports.settings().linger();
    }

    private boolean isCrowded() {
        return ports.board().awake() > ports.settings().awake();
    }
}
