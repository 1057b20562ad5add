package io.postrider.egress;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.FromConnection.WaitingFor;
import io.postrider.egress.ToConnection.Drain;
import io.postrider.egress.ToConnection.Pulled;
import io.postrider.egress.ToConnection.Recorded;
import io.postrider.egress.ToConnection.Released;
import io.postrider.egress.Transport.Order;
import io.postrider.mail.Reply;
import io.postrider.route.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * One connection of a queue to the servers of its domain: finds the way, borrows a transport, pulls messages as long as
 * there are any, and reports what became of each.
 *
 * <pre>
 * ROUTING   --Reachable-------> BORROWING
 * ROUTING   --Unreachable-----> REFUSING    pulls, and bounces what it gets with the routing's reply
 * ROUTING   --Unresolved------> (stopped)   AllHostsFailed
 * BORROWING --Granted---------> SENDING     Connected
 * BORROWING --way is old------> ROUTING     instead of asking for a transport
 * BORROWING --NoHost----------> ENDING      AllHostsFailed
 * SENDING   --turn over, gone-> BORROWING   what is in hand stays in hand
 * SENDING   --REQUIRETLS------> BORROWING   of servers that may have such mail, where this one may not
 * SENDING   --dry for linger--> ENDING      Leaving
 * any       --Drain-----------> ENDING      what is not named to the server goes back
 * any       --no way or host--> DEFERRING   with optional TLS, instead of AllHostsFailed: pulls once, and defers that
 * ENDING    --Pulled----------> as before   unless it drains: then it goes back
 * ENDING    --Released--------> (stopped)
 * </pre>
 *
 * <p>Every pulled message ends in one of Outcomes, GaveBack and HeldBack, unless this actor dies: then its queue must
 * take it as never sent, and it may be delivered twice.
 */
public final class MxConnection extends AbstractBehavior<ToConnection> {

    private record GiveBackLoad(Pulled pulled) implements ToConnection {}

    private enum Timer implements ToConnection {
        LINGERED,
        BORROW_AGAIN,
        DRAIN_ENDS
    }

    private static final Duration RETRY_POOL = Duration.ofSeconds(1);
    private static final Duration RETRY_SPOOL = Duration.ofSeconds(1);
    private static final Reply SHUTTING_DOWN = Reply.of(451, "4.3.2", "the relay is shutting down");

    private final TimerScheduler<ToConnection> timers;
    private final Assignment assignment;
    private final ActorRef<FromConnection> queue;
    private final Egress egress;
    private final ActorRef<ToConnection> self;

    private final WayFinder wayFinder;
    private final Hand hand;
    private final Supply supply;
    private final Loan loan;
    private final Dispatch dispatch;
    private boolean ending;
    private boolean leaving;

    /**
     * A child of the queue. Stops by itself after {@link ToConnection.Released}, and after
     * {@link FromConnection.AllHostsFailed} when no pull of it is unanswered.
     */
    public static Behavior<ToConnection> create(Assignment assignment, ActorRef<FromConnection> queue, Egress egress) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new MxConnection(context, timers, assignment, queue, egress)));
    }

    private MxConnection(
            ActorContext<ToConnection> context,
            TimerScheduler<ToConnection> timers,
            Assignment assignment,
            ActorRef<FromConnection> queue,
            Egress egress) {
        super(context);
        this.timers = timers;
        this.assignment = assignment;
        this.queue = queue;
        this.egress = egress;
        self = context.getSelf();
        wayFinder = new WayFinder(context, assignment, egress);
        hand = new Hand(egress.settings().window());
        supply = new Supply(self, queue, new SpoolReader(context, assignment.domain(), egress), hand);
        loan = new Loan(assignment, egress, self);
        dispatch = new Dispatch(hand, supply, loan, egress.clock());
        findWay();
    }

    private void findWay() {
        if (wayFinder.find()) {
            waitingFor(WaitingFor.DNS);
        }
    }

    @Override
    public Receive<ToConnection> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::on)
                .onSignal(PostStop.class, stop -> onPostStop())
                .build();
    }

    private Behavior<ToConnection> on(ToConnection message) {
        return switch (message) {
            case Progress progress -> onProgress(progress);
            case Pulled pulled -> onPulled(pulled);
            case SpoolReader.Loaded loaded -> {
                supply.loaded(loaded);
                yield proceed();
            }
            case Recorded recorded -> onRecorded(recorded);
            case WayFinder.Routed routed -> onRouted(routed.routing());
            case FromPool fromPool -> onPool(fromPool);
            case Released released -> hand.isDry() ? Behaviors.stopped() : this;
            case Drain drain -> onDrain(drain);
            case SpoolReader.Refused refused -> {
                supply.refused(refused);
                ending |= assignment.tlsOptional();
                yield proceed();
            }
            case SpoolReader.Failed failed -> onLoadFailed(failed);
            case GiveBackLoad giveBack -> {
                supply.giveBack(giveBack.pulled());
                yield proceed();
            }
            case Timer timer -> onTimer(timer);
            default -> Behaviors.unhandled();
        };
    }

    private Behavior<ToConnection> onRouted(Routing routing) {
        wayFinder.found();
        if (ending) {
            return nothingLeft();
        }
        return switch (routing) {
            case Routing.Reachable reachable -> {
                dispatch.wayIs(reachable);
                if (hand.hasReady()) {
                    // Some of it may be what no server of the new way may have.
                    yield proceed();
                }
                borrow();
                yield this;
            }
            case Routing.Unreachable unreachable -> refuse(unreachable.reply());
            case Routing.Unresolved unresolved -> allHostsFailed(unresolved.reply());
        };
    }

    private void borrow() {
        if (!loan.isAsked() && loan.transport() == null && wayFinder.isOld()) {
            findWay();
        } else if (dispatch.borrow()) {
            timers.cancel(Timer.LINGERED);
        }
    }

    private Behavior<ToConnection> onPool(FromPool message) {
        return switch (message) {
            case FromPool.Granted granted -> onGranted(granted);
            case FromPool.NoHost noHost -> {
                loan.refused();
                if (!loan.isStrict()) {
                    yield allHostsFailed(noHost.reply());
                }
                // The domain has other servers than those that may have mail that requires TLS: it does not back off.
                dispatch.refuseStrict(noHost.reply());
                yield proceed();
            }
            case FromPool.Full full -> {
                loan.refused();
                waitingFor(WaitingFor.SITE_CONNECTIONS);
                timers.startSingleTimer(Timer.BORROW_AGAIN, RETRY_POOL);
                yield this;
            }
            case FromPool.Permitted permitted -> onPermitted(permitted);
            case FromPool.OthersWait wait -> {
                loan.othersWait(wait.transport());
                yield proceed();
            }
            case FromPool.Gone gone -> gone.transport().equals(loan.transport()) ? onGone() : this;
            case FromPool.StillWaiting still -> {
                waitingFor(still.what());
                yield this;
            }
        };
    }

    private Behavior<ToConnection> onGranted(FromPool.Granted granted) {
        if (!loan.isAsked() || ending) {
            loan.decline(granted);
            return nothingLeft();
        }
        Transport transport = loan.take(granted);
        dispatch.met(transport);
        Transport.Way to = transport.way();
        queue.tell(new FromConnection.Connected(
                self, to.site(), to.host(), transport.via().ip()));
        dispatch.pull();
        return proceed();
    }

    private Behavior<ToConnection> onPulled(Pulled pulled) {
        supply.pulled(pulled);
        leaving = false;
        timers.cancel(Timer.LINGERED);
        ending |= supply.isRefusing() && wayFinder.isOld();
        if (ending) {
            supply.giveBack(pulled);
            return nothingLeft();
        }
        supply.read(pulled);
        return this;
    }

    /** The storage is in trouble, not the mail: it goes back after a pause, so that nobody spins. */
    private Behavior<ToConnection> onLoadFailed(SpoolReader.Failed failed) {
        getContext().getLog().error("domain={} the spool could not be read", assignment.domain(), failed.failure());
        timers.startSingleTimer(failed, new GiveBackLoad(failed.pulled()), RETRY_SPOOL);
        return this;
    }

    private Behavior<ToConnection> onProgress(Progress progress) {
        Transport from = loan.transport();
        if (from == null || !progress.transport().equals(from)) {
            return this;
        }
        loan.started(progress.transactions());
        List<MessageOutcome> outcomes = new ArrayList<>(progress.done().size());
        for (Progress.Done done : progress.done()) {
            Piece piece = hand.settled(done.envelope().message());
            if (piece != null) {
                outcomes.add(piece.outcome(done.outcomes(), from.via()));
            }
        }
        supply.report(outcomes);
        hand.takeBack(progress.notTried());
        if (progress.ended()) {
            return onGone();
        }
        if (progress.starved()) {
            loan.askPermits(1);
        }
        return proceed();
    }

    /** The transport is no more; what is on it without a result was never named to the server. */
    private Behavior<ToConnection> onGone() {
        hand.takeBackAll();
        loan.handIn();
        return proceed();
    }

    /** Sends what can be sent, and gives the transport back when it is no longer ours to use. */
    private Behavior<ToConnection> proceed() {
        if (ending) {
            supply.giveBackReady();
            return nothingLeft();
        }
        dispatch.refuseHopeless();
        dispatch.pull();
        Transport transport = loan.transport();
        if (transport == null) {
            if (hand.hasReady()) {
                borrow();
            } else {
                lingerIfDry();
            }
            return this;
        }
        dispatch.send(transport);
        if (hand.onWire() > 0) {
            return this;
        }
        if (loan.isOver(hand.isDry()) || dispatch.isOfNoUse(transport)) {
            loan.handIn();
            if (hand.hasReady()) {
                borrow();
            }
        }
        lingerIfDry();
        return this;
    }

    private Behavior<ToConnection> onPermitted(FromPool.Permitted permitted) {
        if (!loan.permitted(permitted)) {
            return this;
        }
        waitingFor(WaitingFor.NOTHING);
        return proceed();
    }

    private void lingerIfDry() {
        if (hand.isDry()
                && !loan.isAsked()
                && supply.isPullOpen()
                && !leaving
                && !timers.isTimerActive(Timer.LINGERED)) {
            timers.startSingleTimer(Timer.LINGERED, egress.settings().linger());
        }
    }

    private Behavior<ToConnection> onTimer(Timer timer) {
        switch (timer) {
            case LINGERED -> {
                if (hand.isDry()) {
                    loan.handIn();
                    return nothingLeft();
                }
            }
            case BORROW_AGAIN -> {
                if (!ending) {
                    borrow();
                }
            }
            case DRAIN_ENDS -> {
                loan.tell(new Order.Abort(SHUTTING_DOWN));
            }
        }
        return this;
    }

    private Behavior<ToConnection> onRecorded(Recorded recorded) {
        hand.returned(recorded.messages());
        if (ending) {
            return nothingLeft();
        }
        dispatch.pull();
        boolean dry = loan.transport() == null && hand.isDry() && !loan.isAsked();
        return dry && !timers.isTimerActive(Timer.LINGERED) && supply.isPullOpen() ? nothingLeft() : this;
    }

    private Behavior<ToConnection> refuse(Reply reply) {
        waitingFor(WaitingFor.NOTHING);
        dispatch.refuseReady(reply);
        supply.refuse(reply);
        supply.pull();
        lingerIfDry();
        return this;
    }

    private Behavior<ToConnection> allHostsFailed(Reply reply) {
        if (assignment.tlsOptional()) {
            return refuse(reply);
        }
        ending = true;
        supply.giveBackReady();
        queue.tell(new FromConnection.AllHostsFailed(self, reply));
        return nothingLeft();
    }

    private Behavior<ToConnection> onDrain(Drain drain) {
        ending = true;
        timers.cancel(Timer.LINGERED);
        timers.cancel(Timer.BORROW_AGAIN);
        loan.askNoLonger();
        supply.giveBackReady();
        if (hand.onWire() > 0) {
            loan.tell(Order.Quit.ORDER);
            timers.startSingleTimer(Timer.DRAIN_ENDS, drain.left(egress.clock().instant()));
        }
        return nothingLeft();
    }

    /** Once nothing is in hand: asks to leave, or stops where nobody waits for anything. */
    private Behavior<ToConnection> nothingLeft() {
        if (!hand.isEmpty() || leaving) {
            return this;
        }
        if (ending) {
            loan.handIn();
            if (!supply.isPullOpen()) {
                return Behaviors.stopped();
            }
        }
        leaving = true;
        queue.tell(new FromConnection.Leaving(self));
        return this;
    }

    private Behavior<ToConnection> onPostStop() {
        loan.tell(Order.Quit.ORDER);
        loan.handIn();
        loan.askNoLonger();
        return this;
    }

    private void waitingFor(WaitingFor what) {
        queue.tell(new FromConnection.Waiting(self, loan.site(), what));
    }
}
