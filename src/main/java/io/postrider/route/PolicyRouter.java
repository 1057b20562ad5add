package io.postrider.route;

import io.postrider.mail.Domain;
import io.postrider.metrics.Meters;
import io.postrider.sts.PublishedPolicy;
import io.postrider.tls.TlsMode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Holds ways from the DNS to the policy that their domain publishes (MTA-STS, RFC 8461). What the operator says comes
 * first: nobody is asked about a domain with a route, nor where the mode is none or verify.
 */
public final class PolicyRouter implements Router {

    private final Router ways;
    private final TlsRules rules;
    private final Function<Domain, CompletionStage<Optional<PublishedPolicy>>> policies;
    private final UnderPolicy underPolicy;

    /**
     * @param ways as they are protected without policies
     * @param policies never fails
     */
    public PolicyRouter(
            Router ways,
            TlsRules rules,
            Function<Domain, CompletionStage<Optional<PublishedPolicy>>> policies,
            Meters meters) {
        this.ways = ways;
        this.rules = rules;
        this.policies = policies;
        this.underPolicy = new UnderPolicy(meters);
    }

    @Override
    public CompletionStage<Routing> route(Domain domain) {
        return ways.route(domain)
                .thenCompose(routing -> routing instanceof Routing.Reachable way && mayHavePolicy(domain, way)
                        ? policies.apply(domain)
                                .thenApply(policy -> policy.map(published -> underPolicy.apply(domain, published, way))
                                        .orElse(way))
                        : CompletableFuture.completedFuture(routing));
    }

    private boolean mayHavePolicy(Domain domain, Routing.Reachable way) {
        TlsMode mode = rules.of(domain).mode();
        return !way.explicit() && !domain.isLiteral() && (mode == TlsMode.OPPORTUNISTIC || mode == TlsMode.REQUIRED);
    }
}
