package io.postrider.egress;

import io.postrider.mail.Reply;
import io.postrider.route.Router;
import io.postrider.route.Routing;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * Finds the way to a connection's domain, and finds it anew after a while: a connection lives as long as there is mail,
 * but what the domain's DNS and policies say does not. Confined to its connection.
 */
final class WayFinder {

    /** What {@link #find} found. */
    record Routed(Routing routing) implements ToConnection {}

    /** The router knows longer what lives longer; what lives shorter is believed that much longer. */
    private static final Duration LASTS = Duration.ofMinutes(1);

    private final ActorContext<ToConnection> context;
    private final Assignment assignment;
    private final Egress egress;
    private boolean finding;
    private long foundMillis;

    WayFinder(ActorContext<ToConnection> context, Assignment assignment, Egress egress) {
        this.context = context;
        this.assignment = assignment;
        this.egress = egress;
    }

    /** Answered to the connection by {@link Routed}, once for all calls before. True when the answer takes its time. */
    boolean find() {
        if (finding) {
            return false;
        }
        finding = true;
        Router router = assignment.tlsOptional() ? egress.byRules() : egress.router();
        CompletionStage<Routing> routing = router.route(assignment.domain());
        context.pipeToSelf(routing, (found, failure) -> new Routed(found != null ? found : unresolved(failure)));
        return !routing.toCompletableFuture().isDone();
    }

    private static Routing unresolved(@Nullable Throwable failure) {
        return new Routing.Unresolved(Reply.of(451, "4.4.3", "no way was found: " + failure));
    }

    void found() {
        finding = false;
        foundMillis = egress.clock().millis();
    }

    boolean isOld() {
        long age = egress.clock().millis() - foundMillis;
        return age < 0 || age > LASTS.toMillis();
    }
}
