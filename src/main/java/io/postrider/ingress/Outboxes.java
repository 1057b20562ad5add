package io.postrider.ingress;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.queue.HandedOver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What waits for each queue, and which queues have an offer unanswered: at most one offer a queue and a bounded number
 * of queues at a time, so that a busy queue gets ever larger batches and no flood of domains wakes all of them at once.
 * Confined to the hand-over actor.
 */
final class Outboxes {

    /** Messages for one queue. */
    record Offer(Domain domain, List<HandedOver> messages, boolean repeated) {}

    private static final class Outbox {
        private final Domain domain;
        private final ArrayDeque<HandedOver> waiting = new ArrayDeque<>();
        private boolean waitingRepeated;
        private List<HandedOver> offered = List.of();
        private boolean offeredRepeated;
        private Instant offeredAt = Instant.EPOCH;

        private Outbox(Domain domain) {
            this.domain = domain;
        }
    }

    private final HandOverSettings settings;
    private final Map<Domain, Outbox> outboxes = new HashMap<>();
    private final ArrayDeque<Outbox> turns = new ArrayDeque<>();
    private int inFlight;
    private int messages;

    Outboxes(HandOverSettings settings) {
        this.settings = settings;
    }

    /** Messages that wait or are offered. */
    int messages() {
        return messages;
    }

    boolean isFull() {
        return messages >= settings.maxPending();
    }

    /** @param repeated it may have been offered before, so the queue must ask the spool before it takes charge */
    void add(Domain domain, HandedOver message, boolean repeated) {
        Outbox outbox = outboxes.computeIfAbsent(domain, Outbox::new);
        if (outbox.waiting.isEmpty() && outbox.offered.isEmpty()) {
            turns.add(outbox);
        }
        outbox.waiting.add(message);
        outbox.waitingRepeated |= repeated;
        messages++;
    }

    /** The next offer to send; empty when nothing waits or too many offers are unanswered. */
    Optional<Offer> next(Instant now) {
        if (inFlight >= settings.maxInFlight() || turns.isEmpty()) {
            return Optional.empty();
        }
        Outbox outbox = turns.remove();
        int size = Math.min(settings.batch(), outbox.waiting.size());
        List<HandedOver> batch = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            batch.add(outbox.waiting.remove());
        }
        outbox.offered = batch;
        outbox.offeredRepeated = outbox.waitingRepeated;
        outbox.offeredAt = now;
        outbox.waitingRepeated &= !outbox.waiting.isEmpty();
        inFlight++;
        return Optional.of(new Offer(outbox.domain, batch, outbox.offeredRepeated));
    }

    /** The queue answered for these; what it left unnamed is offered again. An answer to nothing changes nothing. */
    void acknowledged(Domain domain, List<MessageId> ids) {
        Outbox outbox = outboxes.get(domain);
        if (outbox == null || outbox.offered.isEmpty()) {
            return;
        }
        List<HandedOver> left = without(outbox.offered, ids);
        if (left.size() == outbox.offered.size()) {
            return;
        }
        messages -= outbox.offered.size() - left.size();
        outbox.offered = List.of();
        inFlight--;
        for (HandedOver message : left) {
            outbox.waiting.addFirst(message);
            outbox.waitingRepeated = true;
        }
        if (outbox.waiting.isEmpty()) {
            outboxes.remove(domain);
        } else {
            turns.add(outbox);
        }
    }

    /** Offers that stayed unanswered too long, to be sent again. */
    List<Offer> overdue(Instant now, Duration after) {
        List<Offer> offers = new ArrayList<>();
        outboxes.forEach((domain, outbox) -> {
            if (!outbox.offered.isEmpty() && !outbox.offeredAt.plus(after).isAfter(now)) {
                outbox.offeredAt = now;
                offers.add(new Offer(domain, outbox.offered, true));
            }
        });
        return offers;
    }

    private static List<HandedOver> without(List<HandedOver> messages, List<MessageId> ids) {
        Set<MessageId> done = new HashSet<>(ids);
        List<HandedOver> left = new ArrayList<>();
        for (HandedOver message : messages) {
            if (!done.contains(message.id())) {
                left.add(message);
            }
        }
        return left;
    }
}
