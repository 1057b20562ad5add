package io.postrider.egress;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.route.Routing;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of what is in hand goes over which transport: mail that requires TLS over those alone that its {@link StrictWay}
 * allows, all other mail by the domain's order of servers. Confined to its connection.
 */
final class Dispatch {

    private final Hand hand;
    private final Supply supply;
    private final Loan loan;
    private final InstantSource clock;
    private final StrictWay strictWay = new StrictWay();

    Dispatch(Hand hand, Supply supply, Loan loan, InstantSource clock) {
        this.hand = hand;
        this.supply = supply;
        this.loan = loan;
        this.clock = clock;
    }

    void wayIs(Routing.Reachable found) {
        loan.wayIs(found);
        strictWay.wayIs(found);
    }

    void met(Transport transport) {
        strictWay.met(transport);
    }

    /** Asks for a transport to wherever what is ready may go; false when nothing was asked. */
    boolean borrow() {
        boolean strictAlone = hand.hasStrict() && hand.ready() == 0;
        return strictAlone ? strictWay.left().map(loan::ask).orElse(false) : loan.ask();
    }

    /** No more is pulled while mail that requires TLS waits for another server, so that it gets its turn. */
    void pull() {
        Transport transport = loan.transport();
        if (!hand.hasStrict() || (transport != null && strictWay.leadsOver(transport))) {
            supply.pull();
        }
    }

    void send(Transport to) {
        int strict = strictWay.leadsOver(to) ? hand.strict() : 0;
        int usual = loan.isStrict() ? 0 : hand.ready();
        int most = loan.allowance(to, hand.onWire(), strict + usual);
        long now = clock.millis();
        List<MessageId> expired = new ArrayList<>(0);
        List<Job> jobs = new ArrayList<>(hand.takeStrict(Math.min(most, strict), now, expired));
        jobs.addAll(hand.take(Math.min(most - jobs.size(), usual), now, expired));
        supply.giveBack(expired);
        if (!jobs.isEmpty()) {
            loan.send(to, jobs);
        }
    }

    /** Nothing that is ready may go over it, although it may go somewhere. */
    boolean isOfNoUse(Transport transport) {
        boolean usual = !loan.isStrict() && hand.ready() > 0;
        boolean strict = hand.hasStrict() && strictWay.leadsOver(transport);
        return hand.hasReady() && !usual && !strict;
    }

    /** Ends what no server may have. */
    void refuseHopeless() {
        if (hand.hasStrict() && strictWay.left().isEmpty()) {
            refuseStrict(strictWay.refusal());
        }
    }

    /** What requires TLS is refused, for good or for now. */
    void refuseStrict(Reply why) {
        refuse(hand.takeStrict(), why);
    }

    /** All that is ready is refused, for good or for now. */
    void refuseReady(Reply why) {
        refuse(hand.takeReady(), why);
    }

    private void refuse(List<Piece> pieces, Reply why) {
        List<MessageOutcome> outcomes = new ArrayList<>(pieces.size());
        for (Piece piece : pieces) {
            outcomes.add(piece.refused(why));
        }
        supply.report(outcomes);
    }
}
