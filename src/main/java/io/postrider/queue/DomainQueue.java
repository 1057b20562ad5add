package io.postrider.queue;

import io.postrider.egress.Assignment;
import io.postrider.egress.FromConnection;
import io.postrider.egress.ToConnection;
import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.CancelRequested;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Rested;
import io.postrider.event.QueueEvent.Resumed;
import io.postrider.event.QueueEvent.RetriedNow;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Suspended;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand.Cancel;
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
import io.postrider.queue.QueueCommand.OfferAck;
import io.postrider.queue.QueueCommand.Recorded;
import io.postrider.queue.QueueCommand.Resume;
import io.postrider.queue.QueueCommand.RetryNow;
import io.postrider.queue.QueueCommand.SendersRead;
import io.postrider.queue.QueueCommand.Suspend;
import io.postrider.queue.QueueCommand.Tick;
import io.postrider.queue.QueueCommand.Wake;
import io.postrider.queue.QueueState.CancelWork;
import io.postrider.record.RecorderProtocol;
import io.postrider.retry.TokenBucket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    private static final long NEVER = Long.MAX_VALUE;
    private static final long SECOND = 1_000_000_000L;

    private final ActorContext<Input> context;
    private final Domain domain;
    private final QueuePorts ports;
    private final Gatherer.Refs gatherer;
    private final DomainLimits.Limits limits;
    private final ClockWatch clock;
    private final QueueReport report;

    /** From the first step after recovery on. */
    private @Nullable Traffic traffic;

    private @Nullable Decisions decisions;
    private final List<Drain> drains = new ArrayList<>();
    private boolean inWakeIndex;
    /** The index says when the queue wants to wake; were it to stay awake, a crash would wake it too late. */
    private boolean wakesLate;

    private long recordedNr;
    private long trimmedNr;
    private long idleSinceNanos = NEVER;
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
        return new SnapshotAdapter<>() {
            @Override
            public Object toJournal(QueueState state) {
                state.eventBytes = 0;
                return QueueSnapshot.of(state);
            }

            @Override
            public QueueState fromJournal(Object from) {
                return ((QueueSnapshot) from).toState();
            }
        };
    }

    /** Nothing of the world before is left but the state: everything is armed anew from it with the first step. */
    private void recovered(QueueState state) {
        inWakeIndex = !state.isEmpty();
        if (state.sequenceNr > 0) {
            tellRecorder(state.sequenceNr + 1, List.of());
        }
        gatherer.gatherer().tell(new Gatherer.Ready(0, false));
    }

    private void begin(QueueState state, Work work) {
        boolean nothingSentLately = state.sequenceNr == 0 || state.rested;
        TokenBucket bucket = nothingSentLately
                ? TokenBucket.full(limits.rate(), work.nanos())
                : TokenBucket.afterUncleanStop(limits.rate(), work.nanos());
        traffic = new Traffic(state, ports.settings(), bucket, this::spawn);
        decisions = new Decisions(domain, state, limits, ports.random(), clock);
        state.shelf.suspensionsAre(state.suspensions.keySet());
    }

    private Effect<QueueEvent, QueueState> onWork(QueueState state, Work work) {
        if (traffic == null) {
            begin(state, work);
        }
        clock.observe(work.now(), work.nanos(), state.newestMillis);
        Step step = new Step(work.now(), work.nanos());
        for (QueueCommand command : work.commands()) {
            on(state, step, command);
        }
        sweep(state, step);
        rest(state, step);
        List<QueueEvent> events = step.events();
        if ((!step.accepted.isEmpty() && !inWakeIndex) || wakesLate) {
            inWakeIndex = true;
            wakesLate = false;
            ports.wakeIndex().put(domain, step.now);
        }
        if (events.isEmpty()) {
            return Effect().none().thenRun(same -> afterwards(same, step, events));
        }
        return Effect().persist(events).thenRun(changed -> afterwards(changed, step, events));
    }

    private void on(QueueState state, Step step, QueueCommand command) {
        switch (command) {
            case Offer offer -> onOffer(state, step, offer);
            case Checked checked -> onChecked(state, step, checked);
            case CheckFailed failed -> {
                asking--;
                context.getLog().warn("domain={} offer not checked: {}", domain, failed.reason());
                acknowledge(state, step, failed.offer());
            }
            case Connection connection -> onConnection(step, connection.message());
            case ConnectionEnded ended -> step.afterwards.add(() -> traffic().gone(ended.connection(), step.nanos));
            case Recorded recorded -> onRecorded(state, recorded.message().upToSequenceNr());
            case Suspend suspend -> {
                steer(step, suspend.selector(), suspend.replyTo());
                if (!suspend.dryRun()) {
                    step.suspensionsChanged = true;
                    step.others.add(new Suspended(suspend.selector(), suspend.reason(), suspend.until(), step.now));
                }
            }
            case Resume resume -> {
                steer(step, resume.selector(), resume.replyTo());
                if (!resume.dryRun()) {
                    step.suspensionsChanged = true;
                    step.others.add(new Resumed(resume.selector(), resume.reason(), step.now));
                }
            }
            case RetryNow retry -> {
                steer(step, retry.selector(), retry.replyTo());
                if (!retry.dryRun()) {
                    step.afterwards.add(() -> traffic().recovered());
                    step.others.add(new RetriedNow(retry.selector(), retry.reason(), step.now));
                }
            }
            case Cancel cancel -> {
                steer(step, cancel.selector(), cancel.replyTo());
                if (!cancel.dryRun()) {
                    step.others.add(
                            new CancelRequested(state.nextCancel, cancel.selector(), cancel.reason(), step.now));
                }
            }
            case SendersRead read -> onSenders(state, step, read);
            case Describe describe ->
                step.questions.add(() -> describe.replyTo().tell(report.view(state, traffic(), step, clock)));
            case ListMessages list -> step.questions.add(() -> list.replyTo().tell(report.page(state, list)));
            case Find find -> step.questions.add(() -> find.replyTo().tell(report.line(state, find.id())));
            case Drain drain ->
                step.afterwards.add(() -> {
                    drains.add(drain);
                    traffic().drain(drain.by());
                });
            case Wake wake -> {}
            case Tick tick -> {}
            case QueueCommand.Internal internal -> {}
        }
    }

    private void onOffer(QueueState state, Step step, Offer offer) {
        if (!offer.repeated()) {
            take(state, step, offer.messages());
            acknowledge(state, step, offer);
            return;
        }
        List<MessageId> unknown = new ArrayList<>();
        for (HandedOver message : offer.messages()) {
            if (!state.knows(message.id())) {
                unknown.add(message.id());
            }
        }
        if (unknown.isEmpty()) {
            acknowledge(state, step, offer);
            return;
        }
        asking++;
        context.pipeToSelf(
                ports.spool().stillMarked(domain, unknown),
                (marked, failure) -> new ToGatherer(
                        failure == null ? new Checked(offer, marked) : new CheckFailed(offer, failure.toString())));
    }

    /** What is unknown and carries no mark was done long ago: it is acknowledged and not taken. */
    private void onChecked(QueueState state, Step step, Checked checked) {
        asking--;
        List<HandedOver> marked = new ArrayList<>();
        for (HandedOver message : checked.offer().messages()) {
            if (checked.marked().contains(message.id())) {
                marked.add(message);
            }
        }
        take(state, step, marked);
        List<MessageId> all =
                checked.offer().messages().stream().map(HandedOver::id).toList();
        step.afterwards.add(() -> checked.offer().replyTo().tell(new OfferAck(domain, all)));
    }

    private void take(QueueState state, Step step, List<HandedOver> messages) {
        for (HandedOver message : messages) {
            if (!state.knows(message.id())) {
                decisions().accept(step, message);
            }
        }
    }

    /** Once the events are durable: of the offer, all that the queue knows by then. */
    private void acknowledge(QueueState state, Step step, Offer offer) {
        step.afterwards.add(() -> {
            List<MessageId> taken = new ArrayList<>(offer.messages().size());
            for (HandedOver message : offer.messages()) {
                if (state.knows(message.id())) {
                    taken.add(message.id());
                }
            }
            offer.replyTo().tell(new OfferAck(domain, taken));
        });
    }

    private void onConnection(Step step, FromConnection message) {
        Optional<Link> known = traffic().link(message.connection());
        switch (message) {
            case FromConnection.Pull pull -> step.afterwards.add(() -> traffic().pull(pull));
            case FromConnection.Outcomes outcomes -> known.ifPresent(link -> onOutcomes(step, link, outcomes));
            case FromConnection.GaveBack gaveBack ->
                step.afterwards.add(() -> traffic().giveBack(gaveBack));
            case FromConnection.HeldBack heldBack ->
                step.afterwards.add(() -> traffic().holdBack(heldBack));
            case FromConnection.AllHostsFailed failed ->
                known.ifPresent(link -> {
                    decisions().allHostsFailed(step, traffic().isProbe(link), failed.reply());
                    report.replied(step.now, failed.reply(), link.mx);
                });
            case FromConnection.Connected connected ->
                known.ifPresent(link -> {
                    link.reachedServer = true;
                    link.site = connected.site();
                    link.mx = connected.mx();
                    link.ip = connected.ip();
                    decisions().serverAnswered(step);
                });
            case FromConnection.Waiting waiting ->
                known.ifPresent(link -> {
                    link.doing = waiting.what();
                    link.site = waiting.site();
                });
            case FromConnection.Leaving leaving ->
                step.afterwards.add(() -> traffic().leave(leaving));
        }
    }

    private void onOutcomes(Step step, Link link, FromConnection.Outcomes message) {
        List<MessageId> ids = new ArrayList<>(message.outcomes().size());
        boolean delivered = false;
        for (FromConnection.MessageOutcome outcome : message.outcomes()) {
            ids.add(outcome.id());
            if (!link.onWire.contains(outcome.id())) {
                continue;
            }
            decisions().outcome(step, outcome);
            if (outcome.via().isPresent()) {
                link.reachedServer = true;
                decisions().serverAnswered(step);
            }
            for (QueueEvent.Result result : outcome.results()) {
                delivered |= result.kind() == Kind.DELIVERED;
                if (result.kind() != Kind.DELIVERED) {
                    report.replied(step.now, result.reply(), link.mx);
                }
            }
        }
        boolean success = delivered;
        step.afterwards.add(() -> {
            traffic().ended(link, ids);
            if (success) {
                traffic().succeeded();
            }
            link.ref.tell(new ToConnection.Recorded(ids.size()));
        });
    }

    private void onRecorded(QueueState state, long upTo) {
        recordedNr = Math.max(recordedNr, upTo);
        state.recorded(upTo);
    }

    private void steer(Step step, Selector selector, ActorRef<QueueCommand.Matched> replyTo) {
        QueueCommand.Matched matched = decisions().count(selector);
        step.afterwards.add(() -> replyTo.tell(matched));
    }

    private void onSenders(QueueState state, Step step, SendersRead read) {
        asking--;
        CancelWork work = state.cancels.get(read.cancel());
        if (work != null && !read.failed()) {
            decisions().cancelThese(step, work, read.matching());
            step.swept = true;
        }
    }

    /** What time alone brings about. One sweep a step, so that no message is settled twice in one event. */
    private void sweep(QueueState state, Step step) {
        decisions().endSuspensions(step);
        if (step.swept) {
            return;
        }
        int before = step.settlements.size();
        decisions().expire(step);
        if (step.settlements.size() > before || state.cancels.isEmpty()) {
            return;
        }
        CancelWork work = state.cancels.firstEntry().getValue();
        if (work.selector().sender().isEmpty()) {
            decisions().cancel(step, work);
        } else if (asking == 0) {
            askSenders(step, work);
        }
    }

    private void askSenders(Step step, CancelWork work) {
        decisions().senders(step, work).ifPresent(ids -> {
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

    private boolean isIdle(QueueState state) {
        return traffic().isIdle() && state.settled.isEmpty() && state.cancels.isEmpty() && asking == 0;
    }

    /** An empty queue leaves one small snapshot behind and goes, sooner when many are awake. */
    private void rest(QueueState state, Step step) {
        boolean empty = state.isEmpty() && isIdle(state) && step.accepted.isEmpty();
        if (!empty || !traffic().hasFullBucket(step.nanos)) {
            idleSinceNanos = NEVER;
            return;
        }
        if (idleSinceNanos == NEVER) {
            idleSinceNanos = step.nanos;
        }
        boolean eventless = state.rested || state.sequenceNr == 0;
        if (!eventless && step.nanos - idleSinceNanos >= patience().toNanos()) {
            step.others.add(new Rested(step.now));
        }
    }

    private java.time.Duration patience() {
        boolean crowded = ports.board().awake() > ports.settings().awake();
        return crowded ? ports.settings().restAfter() : ports.settings().linger();
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
            traffic().backedOff();
        } else if (step.recovered) {
            traffic().recovered();
        }
        state.shelf.wake(step.now.toEpochMilli());
        traffic().move(step.now, step.nanos);
        trim(state);
        drained();
        step.questions.forEach(Runnable::run);
        ports.board().put(report.line(state, traffic(), step, clock));
        boolean sleeps = mayGo(state, step);
        gatherer.gatherer().tell(new Gatherer.Ready(sleeps ? NEVER : nextStep(state, step), sleeps));
    }

    private void tellRecorder(long firstSequenceNr, List<QueueEvent> events) {
        ports.recorder()
                .tell(new RecorderProtocol.Persisted(
                        persistenceId(domain), domain, firstSequenceNr, events, gatherer.recorded()));
    }

    private void trim(QueueState state) {
        long upTo = Math.min(state.snapshotNr, recordedNr);
        if (upTo > trimmedNr) {
            trimmedNr = upTo;
            ports.journal().trim(persistenceId(domain), upTo);
        }
    }

    private void drained() {
        if (!drains.isEmpty() && traffic().isIdle()) {
            drains.forEach(drain -> drain.replyTo().tell(new Drained(domain)));
            drains.clear();
        }
    }

    /** Whether the queue may leave the memory now; the wake index then says when it must be back. */
    private boolean mayGo(QueueState state, Step step) {
        if (!isIdle(state)) {
            return false;
        }
        if (state.isEmpty()) {
            boolean restedFully = state.sequenceNr == 0
                    ? idleSinceNanos != NEVER
                            && step.nanos - idleSinceNanos >= patience().toNanos()
                    : state.rested && state.snapshotNr == state.sequenceNr && trimmedNr == state.sequenceNr;
            if (restedFully) {
                ports.wakeIndex().remove(domain);
                inWakeIndex = false;
                ports.board().remove(domain);
            }
            return restedFully;
        }
        long next = Math.min(state.shelf.nextDue(), state.shelf.expiryBound() * 1000);
        boolean longWait = state.shelf.waiting() == state.entries.size()
                && next - step.now.toEpochMilli()
                        > ports.settings().sleepWhenDueIn().toMillis();
        boolean crowded = ports.board().awake() > ports.settings().awake();
        if (!longWait || !crowded || !limits.rate().isUnlimited() || !state.suspensions.isEmpty()) {
            return false;
        }
        ports.wakeIndex().put(domain, Instant.ofEpochMilli(next));
        wakesLate = true;
        return true;
    }

    /** In nanoseconds; the largest long for never. */
    private long nextStep(QueueState state, Step step) {
        long next = traffic().nanosUntilMove(step.now, step.nanos);
        long nowMillis = step.now.toEpochMilli();
        if (state.shelf.nextDue() != NEVER) {
            next = Math.min(next, Math.max(0, state.shelf.nextDue() - nowMillis) * 1_000_000);
        }
        if (state.shelf.expiryBound() != NEVER) {
            long untilExpiry = (state.shelf.expiryBound() * 1000 - nowMillis) * 1_000_000;
            next = Math.min(next, Math.max(untilExpiry, decisions().moreExpires() ? 0 : SECOND));
        }
        for (QueueView.Suspension suspension : state.suspensions.values()) {
            if (suspension.until().isPresent()) {
                long millis = suspension.until().get().toEpochMilli() - nowMillis;
                next = Math.min(next, Math.max(0, millis) * 1_000_000);
            }
        }
        if (!state.cancels.isEmpty() && asking == 0) {
            next = Math.min(next, step.settlements.isEmpty() && !step.newCancel() ? SECOND : 0);
        }
        boolean restSoon = idleSinceNanos != NEVER && !state.rested;
        return restSoon ? Math.min(next, patience().toNanos()) : next;
    }

    private ActorRef<ToConnection> spawn(String pool) {
        Behavior<ToConnection> behavior =
                ports.connections().create(new Assignment(domain, pool), gatherer.connections());
        ActorRef<ToConnection> connection = context.spawn(behavior, "connection-" + ++spawned);
        context.watchWith(connection, new ToGatherer(new ConnectionEnded(connection)));
        return connection;
    }

    private Traffic traffic() {
        return java.util.Objects.requireNonNull(traffic);
    }

    private Decisions decisions() {
        return java.util.Objects.requireNonNull(decisions);
    }
}
