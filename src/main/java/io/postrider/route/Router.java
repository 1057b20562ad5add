package io.postrider.route;

import io.postrider.mail.Domain;
import java.util.concurrent.CompletionStage;

/** Finds the way to a domain. */
public interface Router {

    /**
     * Completes on the resolver's own threads, at once when the answer is cached; never fails: whatever goes wrong is
     * {@link Routing.Unresolved}. The hosts of equal preference are shuffled anew for every call.
     */
    CompletionStage<Routing> route(Domain domain);
}
