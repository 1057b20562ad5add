package io.postrider.queue;

import io.postrider.egress.Assignment;
import io.postrider.egress.ToConnection;
import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Rested;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand.Cancel;
import io.postrider.queue.QueueCommand.CancelMessages;
import io.postrider.queue.QueueCommand.CheckFailed;
import io.postrider.queue.QueueCommand.Checked;
import io.postrider.queue.QueueCommand.Connection;
import io.postrider.queue.QueueCommand.ConnectionEnded;
import io.postrider.queue.QueueCommand.Describe;
import io.postrider.queue.QueueCommand.Drain;
import io.postrider.queue.QueueCommand.Drained;
import io.postrider.queue.QueueCommand.Find;
import io.postrider.queue.QueueCommand.ListMessages;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.Recorded;
import io.postrider.queue.QueueCommand.ReportsMade;
import io.postrider.queue.QueueCommand.Resume;
import io.postrider.queue.QueueCommand.RetryNow;
import io.postrider.queue.QueueCommand.SendersRead;
import io.postrider.queue.QueueCommand.SendersTold;
import io.postrider.queue.QueueCommand.Suspend;
import io.postrider.queue.QueueCommand.Tick;
import io.postrider.queue.QueueCommand.Wake;
import io.postrider.queue.QueueState.CancelWork;
import io.postrider.record.RecorderProtocol;
import io.postrider.retry.TokenBucket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.SnapshotCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

/**
 * The mail still owed to one destination domain, and when each piece is tried next. The child of its {@link Gatherer},
 * which sends it one step of work at a time. Every change is an event, so a queue can die anywhere and go on elsewhere.
 * What a crash costs: a message on the wire becomes READY again and may be delivered twice, never zero times (RFC 5321
 * §6.1, RFC 1047).
 *
 * <pre>
 * (none)  --Offer------------> WAITING   Accepted
 * WAITING --its time comes---> READY     (no event)
 * READY   --Pull-------------> ON_WIRE   (no event)
 * READY   --Suspend----------> HELD      Suspended
 * HELD    --Resume-----------> READY     Resumed
 * ON_WIRE --2yz--------------> (none)    Settled(delivered)
 * ON_WIRE --4yz, lost--------> WAITING   Deferred
 * ON_WIRE --5yz, too old-----> (none)    Settled(bounced, expired)
 * ON_WIRE --GaveBack, gone---> READY     (no event)
 * ON_WIRE --HeldBack---------> HELD      (no event)
 * all but ON_WIRE --too old--> (none)    Settled(expired)
 * all but ON_WIRE --Cancel---> (none)    Settled(cancelled)
 * </pre>
 */
public final class DomainQueue extends EventSourcedBehavior<DomainQueue.Input, QueueEvent, QueueState> {

    /** What the gatherer, or the queue's own children and futures, send. */
    public sealed interface Input {}

    /** All that came since the last step. Answered by {@link Gatherer.Ready} once its events are durable. */
    public record Work(List<QueueCommand> commands, Instant now, long nanos) implements Input {}

    /** Something that came home; it goes through the gatherer to get its time. */
    private record ToGatherer(QueueCommand command) implements Input {}

    private final ActorContext<Input> context;
    private final Domain domain;
    private final QueuePorts ports;
    private final Gatherer.Refs gatherer;
    private final DomainLimits.Limits limits;
    private final ClockWatch clock;
    private final QueueReport report;

    /** From the first step after recovery on. */
    private @Nullable Rooms rooms;

    private final Repose repose;
    private final List<Drain> drains = new ArrayList<>();
    private int asking;
    private int spawned;

    private DomainQueue(ActorContext<Input> context, Domain domain, QueuePorts ports, Gatherer.Refs gatherer) {
        super(PersistenceId.ofUniqueId(persistenceId(domain)));
        this.context = context;
        this.domain = domain;
        this.ports = ports;
        this.gatherer = gatherer;
        limits = ports.settings().limits(domain);
        clock = new ClockWatch(ports.settings().trustClockAfter());
        report = new QueueReport(domain, ports.settings(), limits);
        repose = new Repose(domain, ports, limits);
    }

    static String persistenceId(Domain domain) {
        return "queue|" + domain.name();
    }

    static Behavior<Input> create(Domain domain, QueuePorts ports, Gatherer.Refs gatherer) {
        return Behaviors.setup(context -> new DomainQueue(context, domain, ports, gatherer));
    }

    @Override
    public QueueState emptyState() {
        return new QueueState();
    }

    @Override
    public CommandHandler<Input, QueueEvent, QueueState> commandHandler() {
        return (state, input) -> switch (input) {
            case Work work -> onWork(state, work);
            case ToGatherer home -> {
                gatherer.gatherer().tell(home.command());
                yield Effect().none();
            }
        };
    }

    @Override
    public EventHandler<QueueState, QueueEvent> eventHandler() {
        return QueueState::after;
    }

    @Override
    public SignalHandler<QueueState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), this::recovered)
                .onSignal(SnapshotCompleted.class, (state, signal) -> {
                    state.snapshotNr = signal.metadata().sequenceNr();
                    gatherer.gatherer().tell(new Tick());
                })
                .build();
    }

    @Override
    public boolean shouldSnapshot(QueueState state, QueueEvent event, long sequenceNr) {
        long halfOfState = state.entries.size() * 14L;
        return event instanceof Rested
                || state.eventBytes > Math.max(ports.settings().snapshotBytes(), halfOfState);
    }

    @Override
    public SnapshotAdapter<QueueState> snapshotAdapter() {
        return new QueueSnapshot.Adapter();
    }

    /** Nothing of the world before is left but the state: everything is armed anew from it with the first step. */
    private void recovered(QueueState state) {
        repose.recovered(state);
        if (state.sequenceNr > 0) {
            tellRecorder(state.sequenceNr + 1, List.of());
        }
        gatherer.gatherer().tell(new Gatherer.Ready(0, false));
    }

    private void begin(QueueState state, Work work) {
        TokenBucket bucket = Traffic.bucket(state, limits.rate(), ports.afterCleanStop(), work.nanos());
        Traffic traffic = new Traffic(state, ports.settings(), bucket, this::spawn);
        Decisions decisions = new Decisions(
                domain, state, limits, ports.random(), clock, ports.settings().reports());
        Reporting reporting = new Reporting(state, ports.settings().reports().maxUnderWay(), this::report);
        rooms = new Rooms(
                traffic,
                decisions,
                new Conversation(traffic, decisions, report),
                new Offers(domain, state, decisions),
                new Steering(state, decisions, traffic),
                reporting,
                new Lateness(state, clock, ports.settings().reports(), decisions::lastReply, this::tell));
        state.shelf.suspensionsAre(state.suspensions.keySet());
    }

    private Effect<QueueEvent, QueueState> onWork(QueueState state, Work work) {
        if (rooms == null) {
            begin(state, work);
        }
        clock.observe(work.now(), work.nanos(), state.newestMillis);
        Step step = new Step(work.now(), work.nanos());
        for (QueueCommand command : work.commands()) {
            on(state, step, command);
        }
        sweep(state, step);
        repose.rest(state, step, isIdle(state), rooms().traffic().hasFullBucket(step.nanos));
        List<QueueEvent> events = step.events();
        repose.beforeEvents(step);
        if (events.isEmpty()) {
            return Effect().none().thenRun(same -> afterwards(same, step, events));
        }
        return Effect().persist(events).thenRun(changed -> afterwards(changed, step, events));
    }

    private void on(QueueState state, Step step, QueueCommand command) {
        switch (command) {
            case Offer offer -> onOffer(step, offer);
            case Checked checked -> {
                asking--;
                rooms().offers().takeMarked(step, checked);
            }
            case CheckFailed failed -> {
                asking--;
                context.getLog().warn("domain={} offer not checked: {}", domain, failed.reason());
                rooms().offers().acknowledgeKnown(step, failed.offer());
            }
            case Connection connection -> rooms().conversation().on(step, connection.message());
            case ConnectionEnded ended ->
                step.afterwards.add(() -> rooms().traffic().gone(ended.connection(), step.nanos));
            case Recorded recorded -> {
                repose.recorded(recorded.message().upToSequenceNr());
                state.recorded(recorded.message().upToSequenceNr());
            }
            case Suspend suspend -> rooms().steering().suspend(step, suspend);
            case Resume resume -> rooms().steering().resume(step, resume);
            case RetryNow retry -> rooms().steering().retryNow(step, retry);
            case Cancel cancel -> rooms().steering().cancel(step, cancel);
            case CancelMessages cancel -> rooms().steering().cancel(step, cancel);
            case SendersRead read -> onSenders(state, step, read);
            case ReportsMade made -> rooms().reporting().made(step, made);
            case SendersTold told -> rooms().lateness().told(step, told);
            case Describe describe ->
                step.questions.add(() -> describe.replyTo().tell(report.view(state, rooms().traffic(), step, clock)));
            case ListMessages list -> step.questions.add(() -> list.replyTo().tell(report.page(state, list)));
            case Find find -> step.questions.add(() -> find.replyTo().tell(report.line(state, find.id())));
            case Drain drain ->
                step.afterwards.add(() -> {
                    drains.add(drain);
                    rooms().traffic().drain(drain.by());
                });
            case Wake wake -> {}
            case Tick tick -> {}
            case QueueCommand.Internal internal -> {}
        }
    }

    private void onOffer(Step step, Offer offer) {
        List<MessageId> unknown = offer.repeated() ? rooms().offers().unknown(offer) : List.of();
        if (unknown.isEmpty()) {
            rooms().offers().take(step, offer);
            return;
        }
        asking++;
        context.pipeToSelf(
                ports.spool().stillMarked(domain, unknown),
                (marked, failure) -> new ToGatherer(
                        failure == null ? new Checked(offer, marked) : new CheckFailed(offer, failure.toString())));
    }

    private void onSenders(QueueState state, Step step, SendersRead read) {
        asking--;
        CancelWork work = state.cancels.get(read.cancel());
        if (work != null && !read.failed()) {
            rooms().decisions().cancelThese(step, work, read.matching());
            step.swept = true;
        }
    }

    /** What time alone brings about. One sweep a step, so that no message is settled twice in one event. */
    private void sweep(QueueState state, Step step) {
        rooms().decisions().endSuspensions(step);
        if (step.swept) {
            return;
        }
        int before = step.settlements.size();
        rooms().decisions().expire(step);
        if (step.settlements.size() > before || state.cancels.isEmpty()) {
            return;
        }
        CancelWork work = state.cancels.firstEntry().getValue();
        if (work.selector().sender().isEmpty()) {
            rooms().decisions().cancel(step, work);
        } else if (asking == 0) {
            askSenders(step, work);
        }
    }

    private void askSenders(Step step, CancelWork work) {
        rooms().decisions().senders(step, work).ifPresent(ids -> {
            asking++;
            String sender = work.selector().sender().orElse("");
            context.pipeToSelf(
                    ports.spool().references(domain, ids),
                    (references, failure) -> new ToGatherer(
                            failure == null
                                    ? new SendersRead(work.number(), ids, Decisions.by(sender, references), false)
                                    : new SendersRead(work.number(), ids, List.of(), true)));
        });
    }

    private void afterwards(QueueState state, Step step, List<QueueEvent> events) {
        if (!events.isEmpty()) {
            tellRecorder(state.sequenceNr - events.size() + 1, events);
        }
        if (step.suspensionsChanged) {
            state.shelf.suspensionsAre(state.suspensions.keySet());
        } else if (!step.lanes.isEmpty() && !state.suspensions.isEmpty()) {
            state.shelf.markLanes(state.suspensions.keySet());
        }
        step.afterwards.forEach(Runnable::run);
        if (step.backedOff) {
            rooms().traffic().backedOff();
        } else if (step.recovered) {
            rooms().traffic().recovered();
        }
        state.shelf.wake(step.now.toEpochMilli());
        rooms().traffic().move(step.now, step.nanos);
        rooms().reporting().move(step.nanos);
        rooms().lateness().move(step);
        repose.trim(state);
        drained();
        step.questions.forEach(Runnable::run);
        ports.board().put(report.line(state, rooms().traffic(), step, clock));
        repose.settledDown(state, step, isIdle(state));
        boolean sleeps = isIdle(state) && repose.mayGo(state, step);
        gatherer.gatherer().tell(new Gatherer.Ready(sleeps ? Long.MAX_VALUE : nextStep(state, step), sleeps));
    }

    private void tellRecorder(long firstSequenceNr, List<QueueEvent> events) {
        ports.recorder()
                .tell(new RecorderProtocol.Persisted(
                        persistenceId(domain), domain, firstSequenceNr, events, gatherer.recorded()));
    }

    private void drained() {
        if (!drains.isEmpty() && rooms().traffic().isIdle()) {
            drains.forEach(drain -> drain.replyTo().tell(new Drained(domain)));
            drains.clear();
        }
    }

    private boolean isIdle(QueueState state) {
        return rooms().traffic().isIdle()
                && state.settled.isEmpty()
                && state.owed.isEmpty()
                && state.cancels.isEmpty()
                && asking == 0;
    }

    private long nextStep(QueueState state, Step step) {
        long next = Math.min(
                Math.min(
                        rooms().traffic().nanosUntilMove(step.now, step.nanos),
                        Math.min(
                                rooms().reporting().nanosUntilMove(step.nanos),
                                rooms().lateness().nanosUntilMove(step.nanos))),
                repose.nanosUntilDue(state, step, rooms().decisions().moreExpires()));
        boolean moreToCancel = !step.settlements.isEmpty() || step.newCancel();
        return state.cancels.isEmpty() || asking > 0 ? next : Math.min(next, moreToCancel ? 0 : Repose.SECOND);
    }

    private ActorRef<ToConnection> spawn(Track track) {
        Behavior<ToConnection> behavior = ports.connections()
                .create(new Assignment(domain, track.pool(), track.tlsOptional()), gatherer.connections());
        ActorRef<ToConnection> connection = context.spawn(behavior, "connection-" + ++spawned);
        context.watchWith(connection, new ToGatherer(new ConnectionEnded(connection)));
        return connection;
    }

    /** Answered by {@link ReportsMade} in any case. */
    private void report(List<OwedReport> owed) {
        context.pipeToSelf(
                ports.reporter().report(domain, owed),
                (reports, failure) -> new ToGatherer(
                        new ReportsMade(owed.size(), failure == null && reports != null ? reports : List.of())));
    }

    /** Answered by {@link SendersTold} in any case. */
    private void tell(List<LateMessage> late) {
        context.pipeToSelf(
                ports.reporter().late(domain, late),
                (told, failure) -> new ToGatherer(new SendersTold(failure == null && told != null ? told : List.of())));
    }

    /** The queue's parts, each with a matter of its own. */
    private record Rooms(
            Traffic traffic,
            Decisions decisions,
            Conversation conversation,
            Offers offers,
            Steering steering,
            Reporting reporting,
            Lateness lateness) {}

    private Rooms rooms() {
        return Objects.requireNonNull(rooms);
    }
}
