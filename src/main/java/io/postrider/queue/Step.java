package io.postrider.queue;

import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.Deferral;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Entry;
import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.event.QueueEvent.Settlement;
import io.postrider.mail.MessageId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What one step of a queue has decided: facts that become few, large events, and what to do once these are durable. */
final class Step {

    final Instant now;
    final long nanos;
    final List<Entry> accepted = new ArrayList<>();
    final List<Lane> lanes = new ArrayList<>();
    final List<Settlement> settlements = new ArrayList<>();
    final List<Deferral> deferrals = new ArrayList<>();
    final List<QueueEvent> others = new ArrayList<>();
    final List<Runnable> afterwards = new ArrayList<>();
    /** Taken after a check; the same may have been offered twice before the spool answered. */
    final Set<MessageId> checked = new HashSet<>();

    /** Answered last, with the state as the step leaves it. */
    final List<Runnable> questions = new ArrayList<>();

    boolean backedOff;
    boolean recovered;
    boolean suspensionsChanged;
    /** A sweep has already settled what it found. */
    boolean swept;

    Step(Instant now, long nanos) {
        this.now = now;
        this.nanos = nanos;
    }

    /** Acceptances first, since the rest may concern them. */
    List<QueueEvent> events() {
        List<QueueEvent> events = new ArrayList<>(3 + others.size());
        if (!accepted.isEmpty()) {
            events.add(new Accepted(accepted, lanes, now));
        }
        if (!settlements.isEmpty()) {
            events.add(new Settled(settlements, now));
        }
        if (!deferrals.isEmpty()) {
            events.add(new Deferred(deferrals, now));
        }
        events.addAll(others);
        return events;
    }

    boolean newCancel() {
        return others.stream().anyMatch(event -> event instanceof QueueEvent.CancelRequested);
    }
}
