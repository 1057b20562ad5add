package io.postrider.queue;

import io.postrider.mail.Domain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/** All queues, by their domains. Safe for all threads; what is told to a queue wakes it. */
public final class Queues {

    private static final EntityTypeKey<QueueCommand> KEY = EntityTypeKey.create(QueueCommand.class, "queue");

    private final ActorSystem<?> system;
    private final ClusterSharding sharding;
    private final QueuePorts ports;

    private Queues(ActorSystem<?> system, QueuePorts ports) {
        this.system = system;
        this.ports = ports;
        sharding = ClusterSharding.get(system);
    }

    /** Call once per node, when it has joined its cluster. */
    public static Queues start(ActorSystem<?> system, QueuePorts ports) {
        Queues queues = new Queues(system, ports);
        queues.init();
        Waker.start(system, ports, queues);
        return queues;
    }

    private void init() {
        sharding.init(Entity.of(KEY, entity -> {
                    Domain domain = Domain.of(entity.getEntityId());
                    return Gatherer.create(domain, ports, new Gatherer.Shard() {
                        @Override
                        public void passivate(ActorRef<QueueCommand> gatherer) {
                            entity.getShard().tell(new ClusterSharding.Passivate<>(gatherer));
                        }

                        @Override
                        public void redirect(QueueCommand command) {
                            tell(domain, command);
                        }
                    });
                })
                .withStopMessage(new Gatherer.Stop()));
    }

    /** At most once; what matters is acknowledged, and repeated until it is. */
    public void tell(Domain domain, QueueCommand command) {
        ref(domain).tell(command);
    }

    /** A stage that fails by time-out says nothing about whether the command was done. */
    public <R> CompletionStage<R> ask(Domain domain, Function<ActorRef<R>, QueueCommand> command, Duration timeout) {
        return ref(domain).ask(command::apply, timeout);
    }

    public QueueBoard board() {
        return ports.board();
    }

    /**
     * Every queue of this node sends nothing new, and what is past its final dot ends. Completes when no connection is
     * left, or at the end of the time, whichever is first; never fails.
     */
    public CompletionStage<Done> drain(Duration atMost) {
        List<CompletableFuture<QueueCommand.Drained>> all = new ArrayList<>();
        for (ActorRef<QueueCommand> gatherer : ports.board().gatherers()) {
            all.add(AskPattern.<QueueCommand, QueueCommand.Drained>ask(
                            gatherer,
                            replyTo -> new QueueCommand.Drain(
                                    ports.clock().instant().plus(atMost), replyTo),
                            atMost,
                            system.scheduler())
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .handle((done, late) -> Done.getInstance());
    }

    private EntityRef<QueueCommand> ref(Domain domain) {
        return sharding.entityRefFor(KEY, domain.name());
    }
}
