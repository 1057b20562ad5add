package io.postrider.ingress;

import io.postrider.mail.Domain;
import io.postrider.queue.HandedOver;
import io.postrider.queue.QueueCommand.OfferAck;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Offers what the spool holds to the queues until each has answered for it.
 *
 * <p>New references come from intake. What a crash left marked, and what did not fit into memory, is read from the
 * spool's index in pages; those offers say that they may be repeats. A reference keeps its mark until its queue has
 * answered, so nothing is forgotten, only offered again.
 *
 * <pre>
 * marked   --offered-------> offered
 * offered  --acknowledged--> (mark taken off)
 * offered  --no answer-----> offered, as a repeat
 * </pre>
 */
public final class HandOverActor extends AbstractBehavior<HandOverActor.Command> {

    /** What the actor works on. */
    public sealed interface Command {}

    /** References that are new in the spool. */
    public record Offered(List<Reference> references) implements Command {}

    private record Acknowledged(OfferAck ack) implements Command {}

    private record Read(Spool.Page page) implements Command {}

    private record ReadFailed(Throwable reason) implements Command {}

    private record Look() implements Command {}

    /** Brings an offer to a queue, wherever it lives. */
    public interface Door {
        void offer(Domain domain, List<HandedOver> messages, boolean repeated, Instant at, ActorRef<OfferAck> replyTo);
    }

    private static final int PAGE = 1_000;

    /**
     * The actor, and in {@code waiting} the number of messages that are not yet with their queues.
     */
    public static Behavior<Command> create(
            Spool spool, Door door, HandOverSettings settings, InstantSource clock, AtomicInteger waiting) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Look(), settings.repeatAfter().dividedBy(4));
            return new HandOverActor(context, spool, door, settings, clock, waiting);
        }));
    }

    private final Spool spool;
    private final Door door;
    private final HandOverSettings settings;
    private final InstantSource clock;
    private final AtomicInteger waiting;
    private final Outboxes outboxes;
    private final ActorRef<OfferAck> acks;

    /** Something is in the index that is not in memory: after a start, and after memory was full. */
    private boolean indexHoldsMore = true;

    private boolean reading;
    private boolean cursorWasReset;
    private Optional<Spool.Cursor> cursor = Optional.empty();

    private HandOverActor(
            ActorContext<Command> context,
            Spool spool,
            Door door,
            HandOverSettings settings,
            InstantSource clock,
            AtomicInteger waiting) {
        super(context);
        this.spool = spool;
        this.door = door;
        this.settings = settings;
        this.clock = clock;
        this.waiting = waiting;
        this.outboxes = new Outboxes(settings);
        this.acks = context.messageAdapter(OfferAck.class, Acknowledged::new);
        readOn();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on).build();
    }

    private Behavior<Command> on(Command command) {
        switch (command) {
            case Offered offered -> onOffered(offered.references());
            case Acknowledged acknowledged -> onAcknowledged(acknowledged.ack());
            case Read read -> onRead(read.page());
            case ReadFailed failed -> onReadFailed(failed.reason());
            case Look look -> onLook();
        }
        waiting.set(outboxes.messages());
        return this;
    }

    private void onOffered(List<Reference> references) {
        for (Reference reference : references) {
            if (outboxes.isFull()) {
                restartReading();
            } else {
                outboxes.add(reference.domain(), HandedOver.of(reference), false);
            }
        }
        sendWhatMayGo();
    }

    private void onAcknowledged(OfferAck ack) {
        if (!ack.taken().isEmpty()) {
            spool.handedOver(ack.domain(), ack.taken());
        }
        outboxes.acknowledged(ack.domain(), ack.taken());
        sendWhatMayGo();
        readOn();
    }

    private void onRead(Spool.Page page) {
        reading = false;
        for (Reference reference : page.references()) {
            outboxes.add(reference.domain(), HandedOver.of(reference), true);
        }
        if (cursorWasReset) {
            cursorWasReset = false;
            cursor = Optional.empty();
        } else {
            cursor = page.next();
            indexHoldsMore = cursor.isPresent();
        }
        sendWhatMayGo();
        readOn();
    }

    private void onReadFailed(Throwable reason) {
        reading = false;
        getContext().getLog().warn("cannot read what is to hand over, trying again: {}", reason.toString());
    }

    private void onLook() {
        for (Outboxes.Offer offer : outboxes.overdue(clock.instant(), settings.repeatAfter())) {
            send(offer);
        }
        readOn();
    }

    /** What did not fit may lie anywhere in the index: begin again from its start once there is room. */
    private void restartReading() {
        indexHoldsMore = true;
        cursor = Optional.empty();
        cursorWasReset = reading;
    }

    private void readOn() {
        if (indexHoldsMore && !reading && outboxes.messages() < settings.maxPending() / 2) {
            reading = true;
            getContext()
                    .pipeToSelf(
                            spool.toHandOver(cursor, PAGE),
                            (page, failure) -> failure == null ? new Read(page) : new ReadFailed(failure));
        }
    }

    private void sendWhatMayGo() {
        for (Optional<Outboxes.Offer> next = outboxes.next(clock.instant());
                next.isPresent();
                next = outboxes.next(clock.instant())) {
            send(next.get());
        }
    }

    private void send(Outboxes.Offer offer) {
        door.offer(offer.domain(), offer.messages(), offer.repeated(), clock.instant(), acks);
    }
}
