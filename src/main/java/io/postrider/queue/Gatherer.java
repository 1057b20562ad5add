package io.postrider.queue;

import io.postrider.egress.FromConnection;
import io.postrider.mail.Domain;
import io.postrider.queue.QueueCommand.Describe;
import io.postrider.queue.QueueCommand.Drain;
import io.postrider.queue.QueueCommand.Drained;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.OfferAck;
import io.postrider.queue.QueueCommand.Tick;
import io.postrider.record.RecorderProtocol;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The addressed half of a queue. An event-sourced actor persists once per command; so everything that comes while its
 * child, the {@link DomainQueue}, persists is merged into one step: one list of events, one write. It also stamps every
 * step with the time, keeps the queue's one timer, and stands in for a child that cannot recover.
 *
 * <pre>
 * RECOVERING --Ready-----> IDLE
 * IDLE       --a command-> WORKING   Work
 * WORKING    --Ready-----> IDLE, or WORKING again with what came meanwhile
 * IDLE       --Ready(sleeps)--> LEAVING   Passivate; what comes now waits for the next incarnation
 * any        --child ends-----> PARKED    tried again later and later; offers are refused once the buffer is full
 * any        --Stop------------> drained, then (none)
 * </pre>
 */
public final class Gatherer extends AbstractBehavior<QueueCommand> {

    /** How the child and its connections reach the gatherer. */
    record Refs(
            ActorRef<QueueCommand> gatherer,
            ActorRef<FromConnection> connections,
            ActorRef<RecorderProtocol.Recorded> recorded) {}

    /** How a gatherer reaches itself, or its successor, through sharding; and how it asks to go. */
    interface Shard {
        void passivate(ActorRef<QueueCommand> gatherer);

        void redirect(QueueCommand command);
    }

    /**
     * The step is done and durable.
     *
     * @param nextNanos when to come again if nothing else happens; the largest long for never
     * @param sleeps nothing keeps the queue in memory
     */
    record Ready(long nextNanos, boolean sleeps) implements QueueCommand.Internal {}

    /** Sharding wants the entity to end. */
    record Stop() implements QueueCommand.Internal {}

    private record Unpark() implements QueueCommand.Internal {}

    private record StopNow() implements QueueCommand.Internal {}

    private record StayedAwake() implements QueueCommand.Internal {}

    private enum State {
        RECOVERING,
        IDLE,
        WORKING,
        LEAVING,
        PARKED
    }

    /** Pekko's timers refuse what is months away. */
    private static final long LONGEST_TIMER = Duration.ofDays(1).toNanos();

    private static final Duration FIRST_PARKING = Duration.ofSeconds(1);
    private static final Duration LONGEST_PARKING = Duration.ofMinutes(1);
    private static final Duration STOP_MUST_COME = Duration.ofSeconds(10);

    private final Domain domain;
    private final QueuePorts ports;
    private final Shard shard;
    private final TimerScheduler<QueueCommand> timers;
    private final Refs refs;
    private final ArrayDeque<QueueCommand> buffer = new ArrayDeque<>();
    private @Nullable ActorRef<DomainQueue.Input> child;
    private State state = State.RECOVERING;
    private boolean stopping;
    private int parkings;
    private int children;

    private Gatherer(
            ActorContext<QueueCommand> context,
            TimerScheduler<QueueCommand> timers,
            Domain domain,
            QueuePorts ports,
            Shard shard) {
        super(context);
        this.domain = domain;
        this.ports = ports;
        this.shard = shard;
        this.timers = timers;
        refs = new Refs(
                context.getSelf(),
                context.messageAdapter(FromConnection.class, QueueCommand.Connection::new),
                context.messageAdapter(RecorderProtocol.Recorded.class, QueueCommand.Recorded::new));
        ports.board().woke(domain, context.getSelf());
        spawnChild();
    }

    static Behavior<QueueCommand> create(Domain domain, QueuePorts ports, Shard shard) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Gatherer(context, timers, domain, ports, shard)));
    }

    @Override
    public Receive<QueueCommand> createReceive() {
        return newReceiveBuilder()
                .onMessage(Ready.class, this::onReady)
                .onMessage(Stop.class, stop -> onStop())
                .onMessage(StopNow.class, now -> end())
                .onMessage(Unpark.class, unpark -> onUnpark())
                .onMessage(StayedAwake.class, stayed -> onStayedAwake())
                .onAnyMessage(this::onCommand)
                .onSignal(Terminated.class, terminated -> onChildGone())
                .onSignal(PostStop.class, stopped -> {
                    ports.board().slept(domain, getContext().getSelf());
                    return this;
                })
                .build();
    }

    private void spawnChild() {
        child = getContext().spawn(DomainQueue.create(domain, ports, refs), "queue-" + ++children);
        getContext().watch(child);
        state = State.RECOVERING;
    }

    private Behavior<QueueCommand> onCommand(QueueCommand command) {
        if (state == State.PARKED && answeredInstead(command)) {
            return this;
        }
        if (command instanceof Offer offer && buffer.size() >= ports.settings().buffer()) {
            offer.replyTo().tell(new OfferAck(domain, List.of()));
            return this;
        }
        buffer.add(command);
        work();
        return this;
    }

    /** While the child is away only what is mail, or brings it back, waits for it. */
    private boolean answeredInstead(QueueCommand command) {
        if (command instanceof Describe describe) {
            describe.replyTo()
                    .tell(QueueView.parked(
                            domain, ports.clock().instant(), ports.board().line(domain)));
            return true;
        }
        if (command instanceof Drain drain) {
            drain.replyTo().tell(new Drained(domain));
            return true;
        }
        boolean ofTheDead =
                command instanceof QueueCommand.Connection || command instanceof QueueCommand.ConnectionEnded;
        return ofTheDead || (buffer.size() >= ports.settings().buffer() && !(command instanceof Offer));
    }

    private void work() {
        if (state != State.IDLE || buffer.isEmpty() || child == null) {
            return;
        }
        List<QueueCommand> commands = new ArrayList<>(Math.min(buffer.size(), 256));
        int messages = 0;
        while (!buffer.isEmpty() && messages < ports.settings().messagesPerStep()) {
            QueueCommand next = buffer.element();
            boolean alone = isSteering(next);
            if (alone && !commands.isEmpty()) {
                break;
            }
            commands.add(buffer.remove());
            messages += next instanceof Offer offer ? offer.messages().size() : 1;
            if (alone) {
                break;
            }
        }
        state = State.WORKING;
        timers.cancel(Tick.class);
        child.tell(new DomainQueue.Work(
                commands, ports.clock().instant(), ports.nanos().getAsLong()));
    }

    /** These look at the state as it is, so nothing that changes it may be under way in the same step. */
    private static boolean isSteering(QueueCommand command) {
        return command instanceof QueueCommand.Suspend
                || command instanceof QueueCommand.Resume
                || command instanceof QueueCommand.RetryNow
                || command instanceof QueueCommand.Cancel
                || command instanceof QueueCommand.CancelMessages;
    }

    private Behavior<QueueCommand> onReady(Ready ready) {
        if (state == State.RECOVERING) {
            parkings = 0;
        }
        state = State.IDLE;
        if (!buffer.isEmpty()) {
            work();
        } else if (ready.sleeps && !stopping) {
            state = State.LEAVING;
            shard.passivate(getContext().getSelf());
            timers.startSingleTimer(StayedAwake.class, new StayedAwake(), STOP_MUST_COME);
        } else if (ready.nextNanos <= 0) {
            buffer.add(new Tick());
            work();
        } else if (ready.nextNanos != Long.MAX_VALUE) {
            timers.startSingleTimer(Tick.class, new Tick(), Duration.ofNanos(Math.min(ready.nextNanos, LONGEST_TIMER)));
        }
        return this;
    }

    /** After Passivate an entity must end; who came meanwhile is sent to the next incarnation. */
    private Behavior<QueueCommand> onStop() {
        if (state == State.LEAVING || state == State.PARKED) {
            return end();
        }
        if (!stopping) {
            stopping = true;
            Duration patience = ports.settings().drain();
            ActorRef<Drained> done = getContext().messageAdapter(Drained.class, drained -> new StopNow());
            buffer.add(new Drain(ports.clock().instant().plus(patience), done));
            timers.startSingleTimer(StopNow.class, new StopNow(), patience);
            work();
        }
        return this;
    }

    private Behavior<QueueCommand> end() {
        for (QueueCommand command : buffer) {
            boolean ofThisLife = command instanceof QueueCommand.Connection
                    || command instanceof QueueCommand.ConnectionEnded
                    || command instanceof QueueCommand.Recorded
                    || command instanceof QueueCommand.ReportsMade
                    || command instanceof QueueCommand.SendersTold
                    || command instanceof Drain
                    || command instanceof Tick;
            if (!ofThisLife) {
                shard.redirect(command);
            }
        }
        return Behaviors.stopped();
    }

    private Behavior<QueueCommand> onStayedAwake() {
        if (state == State.LEAVING) {
            state = State.IDLE;
            buffer.add(new Tick());
            work();
        }
        return this;
    }

    private Behavior<QueueCommand> onChildGone() {
        if (stopping) {
            return end();
        }
        state = State.PARKED;
        child = null;
        timers.cancel(Tick.class);
        buffer.removeIf(this::answeredInstead);
        Duration wait = FIRST_PARKING.multipliedBy(1L << Math.min(parkings++, 6));
        wait = wait.compareTo(LONGEST_PARKING) > 0 ? LONGEST_PARKING : wait;
        getContext().getLog().error("domain={} queue cannot reach its journal, tried again in {}", domain, wait);
        timers.startSingleTimer(Unpark.class, new Unpark(), wait);
        return this;
    }

    private Behavior<QueueCommand> onUnpark() {
        if (state == State.PARKED) {
            spawnChild();
        }
        return this;
    }
}
