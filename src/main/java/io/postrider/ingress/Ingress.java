package io.postrider.ingress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;

/** All SMTP listeners of a node. */
public final class Ingress {

    private final List<SmtpListener> listeners;
    private final Duration drainTimeout;

    private Ingress(List<SmtpListener> listeners, Duration drainTimeout) {
        this.listeners = List.copyOf(listeners);
        this.drainTimeout = drainTimeout;
    }

    /** Completes when every listener is bound; when one cannot be, the others are closed again and it fails. */
    public static CompletionStage<Ingress> start(ActorSystem<?> system, IngressSettings settings, SmtpService service) {
        CompletionStage<List<SmtpListener>> started = CompletableFuture.completedFuture(new ArrayList<>());
        for (ListenerSettings listener : settings.listeners()) {
            started = started.thenCompose(before -> SmtpListener.start(system, listener, service)
                    .whenComplete((bound, failure) -> {
                        if (failure != null) {
                            before.forEach(other -> other.drain(Duration.ZERO));
                        }
                    })
                    .thenApply(bound -> {
                        before.add(bound);
                        return before;
                    }));
        }
        return started.thenApply(all -> new Ingress(all, settings.drainTimeout()));
    }

    public List<SmtpListener> listeners() {
        return listeners;
    }

    /** Completes when no connection is left, soon after {@code postrider.smtp.drain-timeout} at the latest. */
    public CompletionStage<Void> drain() {
        return CompletableFuture.allOf(listeners.stream()
                .map(listener -> listener.drain(drainTimeout).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }
}
