package io.postrider.queue;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand.Checked;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.OfferAck;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How a queue takes charge: at least once offered, once taken, and acknowledged only when it is durable. */
final class Offers {

    private final Domain domain;
    private final QueueState state;
    private final Decisions decisions;

    Offers(Domain domain, QueueState state, Decisions decisions) {
        this.domain = domain;
        this.state = state;
        this.decisions = decisions;
    }

    List<MessageId> unknown(Offer offer) {
        List<MessageId> unknown = new ArrayList<>();
        for (HandedOver message : offer.messages()) {
            if (!state.knows(message.id())) {
                unknown.add(message.id());
            }
        }
        return unknown;
    }

    /** What is known is not taken again, and acknowledged all the same. */
    void take(Step step, Offer offer) {
        for (HandedOver message : offer.messages()) {
            if (!state.knows(message.id())) {
                decisions.accept(step, message);
            }
        }
        acknowledgeKnown(step, offer);
    }

    /** What is unknown and carries no mark was done long ago: it is acknowledged and not taken. */
    void takeMarked(Step step, Checked checked) {
        Set<MessageId> marked = new HashSet<>(checked.marked());
        List<MessageId> all = new ArrayList<>(checked.offer().messages().size());
        for (HandedOver message : checked.offer().messages()) {
            all.add(message.id());
            if (marked.contains(message.id()) && !state.knows(message.id()) && step.checked.add(message.id())) {
                decisions.accept(step, message);
            }
        }
        step.afterwards.add(() -> checked.offer().replyTo().tell(new OfferAck(domain, all)));
    }

    /** Once the events are durable: of the offer, all that the queue knows by then. */
    void acknowledgeKnown(Step step, Offer offer) {
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
}
