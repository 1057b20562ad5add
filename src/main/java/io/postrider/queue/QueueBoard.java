package io.postrider.queue;

import io.postrider.mail.Domain;
import io.postrider.queue.QueueView.Totals;
import io.postrider.queue.QueueView.WaitingFor;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The figures of every queue of this node that holds mail or is awake, for lists and metrics: no queue has to be asked,
 * and none is woken. A line is as old as the queue's last step. Safe for all threads.
 */
public final class QueueBoard {

    /** See {@link QueueView}. */
    public record Line(
            Domain domain,
            int messages,
            long recipients,
            int ready,
            int onWire,
            int held,
            int connections,
            Optional<Instant> nextAttempt,
            Optional<Instant> oldest,
            boolean suspended,
            boolean backedOff,
            WaitingFor waitingFor,
            Totals totals) {}

    private final ConcurrentHashMap<Domain, Line> lines = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Domain, ActorRef<QueueCommand>> awake = new ConcurrentHashMap<>();

    /** Live; iteration is weakly consistent. */
    public Collection<Line> lines() {
        return Collections.unmodifiableCollection(lines.values());
    }

    public Optional<Line> line(Domain domain) {
        return Optional.ofNullable(lines.get(domain));
    }

    /** Queues that are in memory on this node. */
    public int awake() {
        return (int) awake.mappingCount();
    }

    void put(Line line) {
        lines.put(line.domain(), line);
    }

    void remove(Domain domain) {
        lines.remove(domain);
    }

    boolean isAwake(Domain domain) {
        return awake.containsKey(domain);
    }

    /** The gatherers in memory now. */
    Collection<ActorRef<QueueCommand>> gatherers() {
        return awake.values();
    }

    void woke(Domain domain, ActorRef<QueueCommand> gatherer) {
        awake.put(domain, gatherer);
    }

    void slept(Domain domain, ActorRef<QueueCommand> gatherer) {
        awake.remove(domain, gatherer);
    }
}
