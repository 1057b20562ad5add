package io.postrider.egress;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.FromConnection.WaitingFor;
import io.postrider.egress.ToConnection.Drain;
import io.postrider.egress.ToConnection.Pulled;
import io.postrider.egress.ToConnection.Recorded;
import io.postrider.egress.ToConnection.Released;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.egress.Transport.Order;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.route.Routing;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool.Stored;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a queue to the servers of its domain: finds the way, borrows a transport, pulls messages as long as
 * there are any, and reports what became of each.
 *
 * <pre>
 * ROUTING   --Reachable-------> BORROWING
 * ROUTING   --Unreachable-----> REFUSING    pulls, and bounces what it gets with the routing's reply
 * ROUTING   --Unresolved------> (stopped)   AllHostsFailed
 * BORROWING --Granted---------> SENDING     Connected
 * BORROWING --NoHost----------> ENDING      AllHostsFailed
 * SENDING   --turn over, gone-> BORROWING   what is in hand stays in hand
 * SENDING   --dry for linger--> ENDING      Leaving
 * any       --Drain-----------> ENDING      what is not named to the server goes back
 * ENDING    --Pulled----------> as before   unless it drains: then it goes back
 * ENDING    --Released--------> (stopped)
 * </pre>
 *
 * <p>Every pulled message ends in one of Outcomes, GaveBack and HeldBack, unless this actor dies: then its queue must
 * take it as never sent, and it may be delivered twice.
 */
public final class MxConnection extends AbstractBehavior<ToConnection> {

    private record Routed(Routing routing) implements ToConnection {}

    private record Loaded(Pulled pulled, Map<MessageId, Stored> found) implements ToConnection {}

    private record References(Pulled pulled, Map<MessageId, Reference> found, Reply reply) implements ToConnection {}

    private record LoadFailed(Pulled pulled, Throwable failure) implements ToConnection {}

    private record GiveBackLoad(Pulled pulled) implements ToConnection {}

    private enum Timer implements ToConnection {
        LINGERED,
        BORROW_AGAIN,
        DRAIN_ENDS
    }

    private static final Duration RETRY_POOL = Duration.ofSeconds(1);
    private static final Duration LONGEST_DRAIN = Duration.ofHours(1);
    private static final Duration RETRY_SPOOL = Duration.ofSeconds(1);
    private static final Reply BODY_MISSING = Reply.of(554, "5.3.0", "body missing");
    private static final Reply SHUTTING_DOWN = Reply.of(451, "4.3.2", "the relay is shutting down");

    private final TimerScheduler<ToConnection> timers;
    private final Assignment assignment;
    private final ActorRef<FromConnection> queue;
    private final Egress egress;
    private final ActorRef<ToConnection> self;

    private final ArrayDeque<Piece> ready = new ArrayDeque<>();
    private final LinkedHashMap<MessageId, Piece> onWire = new LinkedHashMap<>();
    private Routing.@Nullable Reachable way;
    private @Nullable Reply refusal;
    private @Nullable Transport transport;
    private boolean borrowing;
    private boolean othersWait;
    private boolean turnOver;
    private int sentThisTurn;
    private long permits;
    private boolean permitsAsked;
    private boolean pullOpen;
    private int inHand;
    private int loading;
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
        CompletionStage<Routing> routing = egress.router().route(assignment.domain());
        if (!routing.toCompletableFuture().isDone()) {
            waitingFor(WaitingFor.DNS);
        }
        context.pipeToSelf(routing, (found, failure) -> new Routed(found != null ? found : unresolved(failure)));
    }

    private static Routing unresolved(@Nullable Throwable failure) {
        return new Routing.Unresolved(Reply.of(451, "4.4.3", "no way was found: " + failure));
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
            case Loaded loaded -> onLoaded(loaded);
            case Recorded recorded -> onRecorded(recorded);
            case Routed routed -> onRouted(routed.routing());
            case FromPool fromPool -> onPool(fromPool);
            case Released released -> onReleased();
            case Drain drain -> onDrain(drain);
            case References references -> onReferences(references);
            case LoadFailed failed -> onLoadFailed(failed);
            case GiveBackLoad giveBack -> onGiveBackLoad(giveBack);
            case Timer timer -> onTimer(timer);
            default -> Behaviors.unhandled();
        };
    }

    private Behavior<ToConnection> onRouted(Routing routing) {
        if (ending) {
            return nothingLeft();
        }
        switch (routing) {
            case Routing.Reachable reachable -> {
                way = reachable;
                borrow();
            }
            case Routing.Unreachable unreachable -> {
                refusal = unreachable.reply();
                waitingFor(WaitingFor.NOTHING);
                pull();
            }
            case Routing.Unresolved unresolved -> {
                return allHostsFailed(unresolved.reply());
            }
        }
        return this;
    }

    private void borrow() {
        if (way != null && !borrowing && transport == null) {
            borrowing = true;
            timers.cancel(Timer.LINGERED);
            egress.pool().tell(new ToPool.Borrow(assignment.domain(), way, assignment.pool(), self));
        }
    }

    private Behavior<ToConnection> onPool(FromPool message) {
        return switch (message) {
            case FromPool.Granted granted -> onGranted(granted);
            case FromPool.NoHost noHost -> {
                borrowing = false;
                yield allHostsFailed(noHost.reply());
            }
            case FromPool.Full full -> {
                borrowing = false;
                waitingFor(WaitingFor.SITE_CONNECTIONS);
                timers.startSingleTimer(Timer.BORROW_AGAIN, RETRY_POOL);
                yield this;
            }
            case FromPool.Permitted permitted -> onPermitted(permitted);
            case FromPool.OthersWait wait -> {
                othersWait |= wait.transport().equals(transport);
                yield proceed();
            }
            case FromPool.Gone gone -> gone.transport().equals(transport) ? onGone() : this;
            case FromPool.StillWaiting still -> {
                waitingFor(still.what());
                yield this;
            }
        };
    }

    private Behavior<ToConnection> onGranted(FromPool.Granted granted) {
        if (!borrowing || ending) {
            borrowing = false;
            egress.pool().tell(new ToPool.Return(granted.transport(), 0));
            return nothingLeft();
        }
        borrowing = false;
        transport = granted.transport();
        permits = granted.permits();
        permitsAsked = false;
        othersWait = granted.othersWait();
        turnOver = false;
        sentThisTurn = 0;
        transport.tell(new Order.Attach(self, granted.permits()));
        Transport.Way to = transport.way();
        queue.tell(new FromConnection.Connected(
                self, to.site(), to.host(), transport.via().ip()));
        pull();
        return proceed();
    }

    /** Asks for as much as the window has room for, early enough that the wire never idles. */
    private void pull() {
        int room = egress.settings().window() - inHand;
        boolean wanted = room * 2 >= egress.settings().window() || (room > 0 && ready.isEmpty() && loading == 0);
        if (!pullOpen && !ending && wanted) {
            pullOpen = true;
            queue.tell(new FromConnection.Pull(self, room));
        }
    }

    private Behavior<ToConnection> onPulled(Pulled pulled) {
        pullOpen = false;
        leaving = false;
        timers.cancel(Timer.LINGERED);
        inHand += pulled.tickets().size();
        List<MessageId> ids = ids(pulled);
        if (ending) {
            giveBack(ids);
            return nothingLeft();
        }
        loading += ids.size();
        Reply reply = refusal;
        if (reply != null) {
            CompletionStage<Map<MessageId, Reference>> found = egress.spool().references(assignment.domain(), ids);
            getContext()
                    .pipeToSelf(
                            found,
                            (map, failure) -> map != null
                                    ? new References(pulled, map, reply)
                                    : new LoadFailed(pulled, cause(failure)));
        } else {
            CompletionStage<Map<MessageId, Stored>> found = egress.spool().load(assignment.domain(), ids);
            getContext()
                    .pipeToSelf(
                            found,
                            (map, failure) ->
                                    map != null ? new Loaded(pulled, map) : new LoadFailed(pulled, cause(failure)));
        }
        return this;
    }

    private static Throwable cause(@Nullable Throwable failure) {
        return failure == null ? new IllegalStateException("neither value nor failure") : failure;
    }

    private Behavior<ToConnection> onLoaded(Loaded loaded) {
        List<Ticket> tickets = loaded.pulled().tickets();
        loading -= tickets.size();
        List<MessageOutcome> missing = new ArrayList<>(0);
        List<MessageId> held = new ArrayList<>(0);
        List<MessageId> back = new ArrayList<>(0);
        Set<String> suspended = loaded.pulled().suspendedSenders();
        for (Ticket ticket : tickets) {
            Stored stored = loaded.found().get(ticket.id());
            if (stored == null) {
                missing.add(missing(ticket));
                continue;
            }
            Piece piece = Piece.of(ticket, stored);
            if (piece.isFromOneOf(suspended)) {
                held.add(ticket.id());
            } else if (ending || isExpired(piece)) {
                back.add(ticket.id());
            } else {
                ready.add(piece);
            }
        }
        report(missing);
        if (!held.isEmpty()) {
            inHand -= held.size();
            queue.tell(new FromConnection.HeldBack(self, held));
        }
        giveBack(back);
        return proceed();
    }

    /** An incident: accepted mail is gone. It gets a final state, for it would be tried for ever. */
    private MessageOutcome missing(Ticket ticket) {
        getContext()
                .getLog()
                .error("message={} domain={} body missing in the spool, bounced", ticket.id(), assignment.domain());
        return Piece.bounced(ticket, 1, BODY_MISSING);
    }

    private Behavior<ToConnection> onReferences(References references) {
        List<MessageOutcome> outcomes = new ArrayList<>();
        for (Ticket ticket : references.pulled().tickets()) {
            loading--;
            Reference reference = references.found().get(ticket.id());
            outcomes.add(
                    reference == null
                            ? missing(ticket)
                            : Piece.bounced(ticket, reference.recipients().size(), references.reply()));
        }
        report(outcomes);
        pull();
        return proceed();
    }

    /** The storage is in trouble, not the mail: it goes back after a pause, so that nobody spins. */
    private Behavior<ToConnection> onLoadFailed(LoadFailed failed) {
        getContext().getLog().error("domain={} the spool could not be read", assignment.domain(), failed.failure());
        timers.startSingleTimer(failed, new GiveBackLoad(failed.pulled()), RETRY_SPOOL);
        return this;
    }

    private Behavior<ToConnection> onGiveBackLoad(GiveBackLoad load) {
        List<MessageId> ids = ids(load.pulled());
        loading -= ids.size();
        giveBack(ids);
        pull();
        return proceed();
    }

    private Behavior<ToConnection> onProgress(Progress progress) {
        Transport from = transport;
        if (from == null || !progress.transport().equals(from)) {
            return this;
        }
        if (permits != Integer.MAX_VALUE) {
            permits -= progress.transactions();
        }
        List<MessageOutcome> outcomes = new ArrayList<>(progress.done().size());
        for (Progress.Done done : progress.done()) {
            Piece piece = onWire.remove(done.envelope().message());
            if (piece != null) {
                outcomes.add(piece.outcome(done.outcomes(), from.via()));
            }
        }
        report(outcomes);
        takeBack(progress.notTried());
        if (progress.ended()) {
            return onGone();
        }
        if (progress.starved()) {
            askPermits(1);
        }
        return proceed();
    }

    /** What the server never answered for goes first again. */
    private void takeBack(List<MessageId> notTried) {
        for (int i = notTried.size() - 1; i >= 0; i--) {
            Piece piece = onWire.remove(notTried.get(i));
            if (piece != null) {
                ready.addFirst(piece);
            }
        }
    }

    /** The transport is no more; what is on it without a result was never named to the server. */
    private Behavior<ToConnection> onGone() {
        takeBack(List.copyOf(onWire.keySet()));
        handInTransport();
        return proceed();
    }

    private void handInTransport() {
        if (transport == null) {
            return;
        }
        int unused = permits == Integer.MAX_VALUE ? 0 : (int) Math.max(0, permits);
        transport.tell(Order.Detach.ORDER);
        egress.pool().tell(new ToPool.Return(transport, unused));
        transport = null;
        permits = 0;
    }

    /** Sends what can be sent, and gives the transport back when it is no longer ours to use. */
    private Behavior<ToConnection> proceed() {
        if (ending) {
            giveBackReady();
            return nothingLeft();
        }
        pull();
        if (transport == null) {
            if (!ready.isEmpty()) {
                borrow();
            } else {
                lingerIfDry();
            }
            return this;
        }
        send(transport);
        if (!onWire.isEmpty()) {
            return this;
        }
        boolean usedUp = transport.messagesLeft() == 0;
        boolean dry = ready.isEmpty() && loading == 0;
        if (usedUp || (othersWait && (dry || turnOver))) {
            handInTransport();
            if (!ready.isEmpty()) {
                borrow();
            }
        }
        lingerIfDry();
        return this;
    }

    private void send(Transport to) {
        int most = to.messagesLeft() - onWire.size();
        if (othersWait) {
            int left = egress.settings().messagesPerTurn() - sentThisTurn;
            turnOver = left <= 0;
            most = Math.min(most, left);
        }
        if (permits != Integer.MAX_VALUE) {
            int allowed = (int) Math.min(Integer.MAX_VALUE, permits - onWire.size());
            if (allowed < ready.size() && most > 0) {
                askPermits(Math.min(ready.size(), most) - Math.max(0, allowed));
            }
            most = Math.min(most, allowed);
        }
        List<Job> jobs = new ArrayList<>(Math.max(0, Math.min(most, ready.size())));
        List<MessageId> expired = new ArrayList<>(0);
        while (jobs.size() < most && !ready.isEmpty()) {
            Piece piece = ready.remove();
            if (isExpired(piece)) {
                expired.add(piece.ticket().id());
                continue;
            }
            jobs.add(piece.job());
            onWire.put(piece.ticket().id(), piece);
        }
        giveBack(expired);
        if (!jobs.isEmpty()) {
            sentThisTurn += jobs.size();
            to.tell(new Order.Send(jobs));
        }
    }

    private boolean isExpired(Piece piece) {
        return egress.clock().millis() >= piece.ticket().expiresAt().toEpochMilli();
    }

    private void askPermits(int wanted) {
        if (!permitsAsked && transport != null && wanted > 0) {
            permitsAsked = true;
            egress.pool().tell(new ToPool.TakePermits(transport, wanted, self));
        }
    }

    private Behavior<ToConnection> onPermitted(FromPool.Permitted permitted) {
        Transport holding = transport;
        if (holding == null || !permitted.transport().equals(holding)) {
            egress.pool().tell(new ToPool.Return(permitted.transport(), permitted.permits()));
            return this;
        }
        permitsAsked = false;
        permits += permitted.permits();
        holding.tell(new Order.AddPermits(permitted.permits()));
        waitingFor(WaitingFor.NOTHING);
        return proceed();
    }

    private void lingerIfDry() {
        boolean dry = ready.isEmpty() && loading == 0 && onWire.isEmpty() && !borrowing;
        if (dry && pullOpen && !leaving && !timers.isTimerActive(Timer.LINGERED)) {
            timers.startSingleTimer(Timer.LINGERED, egress.settings().linger());
        }
    }

    private Behavior<ToConnection> onTimer(Timer timer) {
        switch (timer) {
            case LINGERED -> {
                if (ready.isEmpty() && loading == 0 && onWire.isEmpty()) {
                    handInTransport();
                    return nothingLeft();
                }
            }
            case BORROW_AGAIN -> {
                if (!ending) {
                    borrow();
                }
            }
            case DRAIN_ENDS -> {
                if (transport != null) {
                    transport.tell(new Order.Abort(SHUTTING_DOWN));
                }
            }
        }
        return this;
    }

    private Behavior<ToConnection> onRecorded(Recorded recorded) {
        inHand -= recorded.messages();
        if (ending) {
            return nothingLeft();
        }
        pull();
        boolean dry = transport == null && ready.isEmpty() && loading == 0 && !borrowing;
        return dry && !timers.isTimerActive(Timer.LINGERED) && pullOpen ? nothingLeft() : this;
    }

    private Behavior<ToConnection> allHostsFailed(Reply reply) {
        ending = true;
        giveBackReady();
        queue.tell(new FromConnection.AllHostsFailed(self, reply));
        return nothingLeft();
    }

    private Behavior<ToConnection> onDrain(Drain drain) {
        ending = true;
        timers.cancel(Timer.LINGERED);
        timers.cancel(Timer.BORROW_AGAIN);
        if (borrowing && way != null) {
            borrowing = false;
            egress.pool().tell(new ToPool.NoLonger(self, way.site().name()));
        }
        giveBackReady();
        if (transport != null && !onWire.isEmpty()) {
            transport.tell(Order.Quit.ORDER);
            Duration left = Duration.between(egress.clock().instant(), drain.by());
            timers.startSingleTimer(Timer.DRAIN_ENDS, bounded(left));
        }
        return nothingLeft();
    }

    /** The scheduler takes neither negative times nor ages. */
    private static Duration bounded(Duration left) {
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(LONGEST_DRAIN) > 0 ? LONGEST_DRAIN : left;
    }

    /** Once nothing is in hand: asks to leave, or stops where nobody waits for anything. */
    private Behavior<ToConnection> nothingLeft() {
        if (!onWire.isEmpty() || loading > 0 || !ready.isEmpty() || inHand > 0 || leaving) {
            return this;
        }
        if (ending) {
            handInTransport();
            if (!pullOpen) {
                return Behaviors.stopped();
            }
        }
        leaving = true;
        queue.tell(new FromConnection.Leaving(self));
        return this;
    }

    private Behavior<ToConnection> onReleased() {
        boolean owed = !onWire.isEmpty() || loading > 0 || !ready.isEmpty();
        return owed ? this : Behaviors.stopped();
    }

    private Behavior<ToConnection> onPostStop() {
        if (transport != null) {
            transport.tell(Order.Quit.ORDER);
            handInTransport();
        }
        if (borrowing && way != null) {
            egress.pool().tell(new ToPool.NoLonger(self, way.site().name()));
        }
        return this;
    }

    private void giveBackReady() {
        List<MessageId> ids = new ArrayList<>(ready.size());
        for (Piece piece : ready) {
            ids.add(piece.ticket().id());
        }
        ready.clear();
        giveBack(ids);
    }

    private void giveBack(List<MessageId> ids) {
        if (!ids.isEmpty()) {
            inHand -= ids.size();
            queue.tell(new FromConnection.GaveBack(self, ids));
        }
    }

    private void report(List<MessageOutcome> outcomes) {
        if (!outcomes.isEmpty()) {
            queue.tell(new FromConnection.Outcomes(self, outcomes));
        }
    }

    private void waitingFor(WaitingFor what) {
        String site = way == null ? "" : way.site().name();
        queue.tell(new FromConnection.Waiting(self, site, what));
    }

    private static List<MessageId> ids(Pulled pulled) {
        List<MessageId> ids = new ArrayList<>(pulled.tickets().size());
        for (Ticket ticket : pulled.tickets()) {
            ids.add(ticket.id());
        }
        return ids;
    }
}
