package io.postrider.egress;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Pulled;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * How messages come from the queue, by way of the spool, into a connection's hand, and how they leave it: reported, given
 * back or held back. Confined to its connection.
 */
final class Supply {

    private final ActorRef<ToConnection> self;
    private final ActorRef<FromConnection> queue;
    private final SpoolReader reader;
    private final Hand hand;
    private @Nullable Reply refusal;
    private boolean pullOpen;

    Supply(ActorRef<ToConnection> self, ActorRef<FromConnection> queue, SpoolReader reader, Hand hand) {
        this.self = self;
        this.queue = queue;
        this.reader = reader;
        this.hand = hand;
    }

    /** From now on all that is pulled gets this reply. */
    void refuse(Reply with) {
        refusal = with;
    }

    boolean isRefusing() {
        return refusal != null;
    }

    /** The queue has yet to answer. */
    boolean isPullOpen() {
        return pullOpen;
    }

    /** Asks for as much as the window has room for, early enough that the wire never idles. */
    void pull() {
        if (!pullOpen && hand.wantsMore()) {
            pullOpen = true;
            queue.tell(new FromConnection.Pull(self, hand.room()));
        }
    }

    void pulled(Pulled pulled) {
        pullOpen = false;
        hand.pulled(pulled.tickets().size());
    }

    void read(Pulled pulled) {
        reader.read(pulled, refusal);
    }

    void loaded(SpoolReader.Loaded loaded) {
        arrived(loaded.pulled(), reader.sort(loaded));
    }

    void refused(SpoolReader.Refused refused) {
        arrived(refused.pulled(), reader.refuse(refused));
    }

    private void arrived(Pulled pulled, SpoolReader.Sorted sorted) {
        hand.loaded(pulled.tickets().size());
        sorted.pieces().forEach(hand::add);
        report(sorted.ended());
        if (!sorted.held().isEmpty()) {
            hand.returned(sorted.held().size());
            queue.tell(new FromConnection.HeldBack(self, sorted.held()));
        }
    }

    /** None of these was or will be read. */
    void giveBack(Pulled pulled) {
        hand.loaded(pulled.tickets().size());
        giveBack(SpoolReader.ids(pulled));
    }

    void giveBackReady() {
        giveBack(hand.takeReady().stream().map(piece -> piece.ticket().id()).toList());
    }

    void giveBack(List<MessageId> ids) {
        if (!ids.isEmpty()) {
            hand.returned(ids.size());
            queue.tell(new FromConnection.GaveBack(self, ids));
        }
    }

    void report(List<MessageOutcome> outcomes) {
        if (!outcomes.isEmpty()) {
            queue.tell(new FromConnection.Outcomes(self, outcomes));
        }
    }
}
