package io.postrider.admin;

import io.postrider.mail.Domain;
import io.postrider.queue.QueueCommand;
import io.postrider.queue.QueuePort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/** Queues that note what they are told and answer what they are given, or nothing. */
final class ScriptedQueues implements QueuePort {

    final List<QueueCommand> told = new ArrayList<>();
    private final List<Object> answers = new ArrayList<>();
    private final TestProbe<Object> nobody;

    ScriptedQueues(ActorSystem<?> system) {
        nobody = TestProbe.create(Object.class, system);
    }

    void answer(Object answer) {
        answers.add(answer);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> CompletionStage<T> ask(Domain domain, Function<ActorRef<T>, QueueCommand> command, Duration within) {
        told.add(command.apply((ActorRef<T>) (ActorRef<?>) nobody.getRef()));
        return answers.isEmpty()
                ? CompletableFuture.failedStage(new TimeoutException("late"))
                : CompletableFuture.completedStage((T) answers.remove(0));
    }
}
