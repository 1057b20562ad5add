package io.postrider.ingress;

import io.postrider.net.Sockets;
import io.postrider.tls.TlsSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;

/** All SMTP listeners of a node. */
public final class Ingress {

    private final Sockets sockets;
    private final List<SmtpListener> listeners;
    private final Duration drainTimeout;

    private Ingress(Sockets sockets, List<SmtpListener> listeners, Duration drainTimeout) {
        this.sockets = sockets;
        this.listeners = List.copyOf(listeners);
        this.drainTimeout = drainTimeout;
    }

    /**
     * Listens at every address; when one cannot be bound, the others are closed again.
     *
     * @param tls what each listener encrypts with, if it does
     * @throws UncheckedIOException when an address cannot be bound
     */
    public static Ingress start(
            ActorSystem<?> system,
            IngressSettings settings,
            SmtpService service,
            Function<TlsSettings, Optional<TlsOffer>> tls) {
        try {
            Sockets sockets = Sockets.open(settings.socketThreads(), settings.maxLingering());
            try {
                List<SmtpListener> listeners = new ArrayList<>();
                for (ListenerSettings listener : settings.listeners()) {
                    listeners.add(SmtpListener.start(system, sockets, listener, service, tls.apply(listener.tls())));
                }
                return new Ingress(sockets, listeners, settings.drainTimeout());
            } catch (IOException | RuntimeException e) {
                sockets.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<SmtpListener> listeners() {
        return listeners;
    }

    /** Completes when no connection is left, soon after {@code postrider.smtp.drain-timeout} at the latest. */
    public CompletionStage<Void> drain() {
        return CompletableFuture.allOf(listeners.stream()
                        .map(listener -> listener.drain(drainTimeout).toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> sockets.close());
    }
}
