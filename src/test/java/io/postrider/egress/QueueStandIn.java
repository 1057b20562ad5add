package io.postrider.egress;

import io.postrider.egress.ToConnection.Ticket;
import io.postrider.mail.MessageId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** A queue as its connections see it, without a journal: records at once, and shows the test all it hears. */
final class QueueStandIn extends AbstractBehavior<QueueStandIn.Command> {

    interface Command {}

    record Supply(List<Ticket> tickets) implements Command {}

    record Connect(int connections) implements Command {}

    record Suspend(Set<String> senders) implements Command {}

    record DrainAll(Instant by) implements Command {}

    record Heard(FromConnection message) implements Command {}

    /** What the test sees besides the messages. */
    record Stopped() {}

    private final Assignment assignment;
    private final Egress egress;
    private final ActorRef<Object> watcher;
    private final ArrayDeque<Ticket> ready = new ArrayDeque<>();
    private final Map<MessageId, Ticket> out = new HashMap<>();
    private final Map<ActorRef<ToConnection>, Integer> pulls = new HashMap<>();
    private final List<ActorRef<ToConnection>> connections = new ArrayList<>();
    private Set<String> suspended = Set.of();
    private boolean draining;

    static Behavior<Command> create(Assignment assignment, Egress egress, ActorRef<Object> watcher) {
        return Behaviors.setup(context -> new QueueStandIn(context, assignment, egress, watcher));
    }

    private QueueStandIn(
            ActorContext<Command> context, Assignment assignment, Egress egress, ActorRef<Object> watcher) {
        super(context);
        this.assignment = assignment;
        this.egress = egress;
        this.watcher = watcher;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Supply.class, supply -> {
                    ready.addAll(supply.tickets());
                    List.copyOf(pulls.keySet()).forEach(this::answer);
                    return this;
                })
                .onMessage(Connect.class, connect -> {
                    for (int i = 0; i < connect.connections(); i++) {
                        ActorRef<ToConnection> connection = getContext()
                                .spawnAnonymous(MxConnection.create(
                                        assignment,
                                        getContext().messageAdapter(FromConnection.class, Heard::new),
                                        egress));
                        getContext().watch(connection);
                        connections.add(connection);
                    }
                    return this;
                })
                .onMessage(Suspend.class, suspend -> {
                    suspended = suspend.senders();
                    return this;
                })
                .onMessage(DrainAll.class, drain -> {
                    draining = true;
                    connections.forEach(connection -> connection.tell(new ToConnection.Drain(drain.by())));
                    return this;
                })
                .onMessage(Heard.class, heard -> {
                    hear(heard.message());
                    watcher.tell(heard.message());
                    return this;
                })
                .onSignal(Terminated.class, gone -> {
                    watcher.tell(new Stopped());
                    return this;
                })
                .build();
    }

    private void hear(FromConnection message) {
        switch (message) {
            case FromConnection.Pull pull -> {
                pulls.put(pull.connection(), pull.max());
                answer(pull.connection());
            }
            case FromConnection.Outcomes outcomes -> {
                outcomes.outcomes().forEach(outcome -> out.remove(outcome.id()));
                outcomes.connection()
                        .tell(new ToConnection.Recorded(outcomes.outcomes().size()));
            }
            case FromConnection.GaveBack back -> {
                for (MessageId id : back.messages()) {
                    Ticket ticket = out.remove(id);
                    if (ticket != null
                            && ticket.expiresAt().isAfter(egress.clock().instant())) {
                        ready.add(ticket);
                    }
                }
            }
            case FromConnection.HeldBack held -> held.messages().forEach(out::remove);
            case FromConnection.Leaving leaving -> {
                if (ready.isEmpty() || draining) {
                    pulls.remove(leaving.connection());
                    leaving.connection().tell(new ToConnection.Released());
                }
            }
            case FromConnection.AllHostsFailed failed -> pulls.remove(failed.connection());
            case FromConnection.Connected connected -> {}
            case FromConnection.Waiting waiting -> {}
        }
    }

    private void answer(ActorRef<ToConnection> connection) {
        int max = pulls.getOrDefault(connection, 0);
        if (ready.isEmpty() || max == 0 || draining) {
            return;
        }
        List<Ticket> tickets = new ArrayList<>();
        while (tickets.size() < max && !ready.isEmpty()) {
            Ticket ticket = ready.remove();
            out.put(ticket.id(), ticket);
            tickets.add(ticket);
        }
        pulls.remove(connection);
        connection.tell(new ToConnection.Pulled(tickets, suspended));
    }
}
