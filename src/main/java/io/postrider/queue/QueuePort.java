package io.postrider.queue;

import io.postrider.mail.Domain;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/** Asks one queue, wherever it lives. */
public interface QueuePort {

    /** Fails with {@link java.util.concurrent.TimeoutException} when no answer came; the command may still be done. */
    <T> CompletionStage<T> ask(Domain domain, Function<ActorRef<T>, QueueCommand> command, Duration within);
}
