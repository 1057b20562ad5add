package io.postrider.queue;

import io.postrider.queue.QueueCommand.Wake;
import io.postrider.spool.WakeIndex;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.ShardedDaemonProcess;

/**
 * Wakes the queues of one slice of the wake index when they are due: after a crash nobody else does. At most a share of
 * {@code queue.wakes-per-second} at a time, so that a restart does not start all queues at once. A queue that is awake
 * already shrugs.
 */
final class Waker {

    sealed interface Command {}

    private record Look() implements Command {}

    private record Found(List<WakeIndex.Entry> due) implements Command {}

    private record Failed(String reason) implements Command {}

    private static final int QUIET = 5;

    private final int slice;
    private final QueuePorts ports;
    private final Queues queues;
    private final ActorContext<Command> context;
    private final int perLook;

    private Waker(int slice, QueuePorts ports, Queues queues, ActorContext<Command> context) {
        this.slice = slice;
        this.ports = ports;
        this.queues = queues;
        this.context = context;
        Duration interval = ports.settings().wakeInterval();
        double share = (double) ports.settings().wakesPerSecond() * interval.toMillis() / 1000 / WakeIndex.SLICES;
        perLook = (int) Math.max(1, Math.ceil(share));
    }

    /** One for each slice, somewhere in the cluster. */
    static void start(ActorSystem<?> system, QueuePorts ports, Queues queues) {
        IntFunction<Behavior<Command>> waker = slice -> create(slice, ports, queues);
        ShardedDaemonProcess.get(system).init(Command.class, "queue-waker", WakeIndex.SLICES, waker);
    }

    private static Behavior<Command> create(int slice, QueuePorts ports, Queues queues) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Waker(slice, ports, queues, context).looking(timers)));
    }

    private Behavior<Command> looking(TimerScheduler<Command> timers) {
        timers.startSingleTimer(new Look(), Duration.ZERO);
        return Behaviors.receiveMessage(command -> {
            switch (command) {
                case Look look ->
                    context.pipeToSelf(
                            ports.wakeIndex()
                                    .due(
                                            slice,
                                            ports.clock().instant(),
                                            perLook + ports.board().awake()),
                            (due, failure) -> failure == null ? new Found(due) : new Failed(failure.toString()));
                case Found found -> {
                    Duration interval = ports.settings().wakeInterval();
                    // Entries of queues that are awake stay in the index: where there is nothing else, look less often.
                    timers.startSingleTimer(new Look(), wake(found.due()) ? interval : interval.multipliedBy(QUIET));
                }
                case Failed failed -> {
                    context.getLog().warn("slice={} wake index not read: {}", slice, failed.reason());
                    timers.startSingleTimer(new Look(), ports.settings().wakeInterval());
                }
            }
            return Behaviors.same();
        });
    }

    /** Whether there was any that slept. */
    private boolean wake(List<WakeIndex.Entry> due) {
        int woken = 0;
        for (WakeIndex.Entry entry : due) {
            if (ports.board().isAwake(entry.domain())) {
                continue;
            }
            queues.tell(entry.domain(), new Wake());
            if (++woken >= perLook) {
                break;
            }
        }
        return woken > 0;
    }
}
