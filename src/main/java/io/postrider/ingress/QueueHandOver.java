package io.postrider.ingress;

import io.postrider.spool.Reference;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorRef;

/** The door to {@link HandOverActor} for threads that are no actors. */
public final class QueueHandOver implements HandOver {

    private final ActorRef<HandOverActor.Command> actor;
    private final AtomicInteger waiting;
    private final int congestedAt;
    private final BooleanSupplier recorderLags;

    /** @param waiting what the actor counts, read here from any thread */
    public QueueHandOver(
            ActorRef<HandOverActor.Command> actor,
            AtomicInteger waiting,
            HandOverSettings settings,
            BooleanSupplier recorderLags) {
        this.actor = actor;
        this.waiting = waiting;
        this.congestedAt = settings.congestedAt();
        this.recorderLags = recorderLags;
    }

    @Override
    public void offer(List<Reference> references) {
        actor.tell(new HandOverActor.Offered(references));
    }

    @Override
    public boolean isCongested() {
        return waiting.get() >= congestedAt || recorderLags.getAsBoolean();
    }

    /** Messages whose queues have not yet answered for them. */
    public int waiting() {
        return waiting.get();
    }
}
