package io.postrider.ingress.http;

import io.postrider.http.Problem;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Where large requests are worked on, so that they do not hold up the threads of the connections. Safe for all threads.
 */
final class Workers {

    private final Executor executor;
    private final HttpSettings.Work settings;
    private final AtomicInteger waiting = new AtomicInteger();

    Workers(Executor executor, HttpSettings.Work settings) {
        this.executor = executor;
        this.settings = settings;
    }

    /** Whether {@link #run} has another thread do it. What is there already goes on there: it waits in the line once. */
    boolean isLarge(long bytes) {
        return bytes >= settings.largeRequest();
    }

    /** Small work is done at once, by whoever asks. Fails with a {@link Problem} when too much waits. */
    <T> CompletionStage<T> run(long bytes, Supplier<CompletionStage<T>> work) {
        if (!isLarge(bytes)) {
            return work.get();
        }
        if (waiting.incrementAndGet() > settings.queue()) {
            waiting.decrementAndGet();
            throw Problem.overloaded("too many large requests are waiting; try again later");
        }
        return CompletableFuture.supplyAsync(
                        () -> {
                            waiting.decrementAndGet();
                            return work.get();
                        },
                        executor)
                .thenCompose(stage -> stage);
    }
}
