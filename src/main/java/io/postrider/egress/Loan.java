package io.postrider.egress;

import io.postrider.egress.Transport.Order;
import io.postrider.route.Routing;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has of the pool: the transport that it has asked for or borrowed, whose turn it is on it, and how
 * many transactions it may still start. Confined to its connection.
 */
final class Loan {

    private final Assignment assignment;
    private final Egress egress;
    private final ActorRef<ToConnection> self;
    private Routing.@Nullable Reachable way;
    private @Nullable Transport transport;
    private boolean asked;
    private boolean strict;
    private boolean othersWait;
    private boolean turnOver;
    private int sentThisTurn;
    /** {@code Integer.MAX_VALUE} where the site has no rate. */
    private long permits;

    private boolean permitsAsked;

    Loan(Assignment assignment, Egress egress, ActorRef<ToConnection> self) {
        this.assignment = assignment;
        this.egress = egress;
        this.self = self;
    }

    void wayIs(Routing.Reachable found) {
        way = found;
    }

    /** Empty as long as no way is known. */
    String site() {
        return way == null ? "" : way.site().name();
    }

    /** Null when none is borrowed. */
    @Nullable
    Transport transport() {
        return transport;
    }

    boolean isAsked() {
        return asked;
    }

    /** Asks the pool for a transport to any server; false when it need not or cannot. */
    boolean ask() {
        return way != null && ask(way, false);
    }

    /** The same to these servers alone, for mail that no other one may have. */
    boolean ask(Routing.Reachable toThese) {
        return ask(toThese, true);
    }

    private boolean ask(Routing.Reachable to, boolean exactly) {
        if (asked || transport != null) {
            return false;
        }
        asked = true;
        strict = exactly;
        egress.pool().tell(new ToPool.Borrow(assignment.domain(), to, assignment.pool(), exactly, self));
        return true;
    }

    /** What was asked for last is for mail alone that requires TLS: other mail goes by the domain's order of servers. */
    boolean isStrict() {
        return strict;
    }

    /** The pool has answered, and with none. */
    void refused() {
        asked = false;
    }

    void askNoLonger() {
        if (asked) {
            asked = false;
            egress.pool().tell(new ToPool.NoLonger(self, site()));
        }
    }

    /** Sends back at once what is not wanted any more. */
    void decline(FromPool.Granted granted) {
        asked = false;
        egress.pool().tell(new ToPool.Return(granted.transport(), 0));
    }

    Transport take(FromPool.Granted granted) {
        asked = false;
        Transport taken = granted.transport();
        transport = taken;
        permits = granted.permits();
        permitsAsked = false;
        othersWait = granted.othersWait();
        turnOver = false;
        sentThisTurn = 0;
        taken.tell(new Order.Attach(self, granted.permits()));
        return taken;
    }

    /** Without effect when nothing is borrowed. */
    void tell(Order order) {
        if (transport != null) {
            transport.tell(order);
        }
    }

    void handIn() {
        if (transport == null) {
            return;
        }
        int unused = isRated() ? (int) Math.max(0, permits) : 0;
        transport.tell(Order.Detach.ORDER);
        egress.pool().tell(new ToPool.Return(transport, unused));
        transport = null;
        permits = 0;
    }

    void othersWait(Transport forThis) {
        othersWait |= forThis.equals(transport);
    }

    /** Whether it must go back, now that nothing of ours is on it. */
    boolean isOver(boolean dry) {
        boolean usedUp = transport != null && transport.messagesLeft() == 0;
        return usedUp || (othersWait && (dry || turnOver));
    }

    /** How many more messages may go out now; asks for what the rate may still allow. */
    int allowance(Transport to, int onWire, int ready) {
        int most = to.messagesLeft() - onWire;
        if (othersWait) {
            int left = egress.settings().messagesPerTurn() - sentThisTurn;
            turnOver = left <= 0;
            most = Math.min(most, left);
        }
        if (isRated()) {
            int allowed = (int) Math.min(Integer.MAX_VALUE, permits - onWire);
            askPermits(Math.min(ready, most) - Math.max(0, allowed));
            most = Math.min(most, allowed);
        }
        return most;
    }

    void send(Transport to, List<Job> jobs) {
        sentThisTurn += jobs.size();
        to.tell(new Order.Send(jobs));
    }

    void started(int transactions) {
        if (isRated()) {
            permits -= transactions;
        }
    }

    void askPermits(int wanted) {
        if (!permitsAsked && transport != null && wanted > 0) {
            permitsAsked = true;
            egress.pool().tell(new ToPool.TakePermits(transport, wanted, self));
        }
    }

    /** False when they came too late, for a transport that is no longer ours: they have gone back. */
    boolean permitted(FromPool.Permitted permitted) {
        Transport holding = transport;
        if (holding == null || !permitted.transport().equals(holding)) {
            egress.pool().tell(new ToPool.Return(permitted.transport(), permitted.permits()));
            return false;
        }
        permitsAsked = false;
        permits += permitted.permits();
        holding.tell(new Order.AddPermits(permitted.permits()));
        return true;
    }

    private boolean isRated() {
        return permits != Integer.MAX_VALUE;
    }
}
