package io.postrider;

import com.typesafe.config.Config;
import io.postrider.metrics.Meters;
import io.postrider.route.DnsRouter;
import io.postrider.route.PolicyRouter;
import io.postrider.route.Router;
import io.postrider.route.TlsRules;
import io.postrider.sts.HttpsPolicyHost;
import io.postrider.sts.Policies;
import io.postrider.sts.StsSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;

/** The MTA-STS policies of a running node, which it fetches, keeps, and renews. */
final class NodePolicies {

    private static final Duration LOOK_FOR_OLD = Duration.ofMinutes(1);

    private final Optional<Policies> policies;
    private final Meters meters;

    private NodePolicies(Optional<Policies> policies, Meters meters) {
        this.policies = policies;
        this.meters = meters;
    }

    /** Reads what was fetched before. @throws IllegalArgumentException when {@code ca-file} is of no use */
    static NodePolicies open(
            ActorSystem<?> system,
            Config postrider,
            NodeStorage storage,
            NodeTls tls,
            Meters meters,
            InstantSource clock,
            DnsRouter router) {
        StsSettings settings = StsSettings.from(postrider);
        if (!settings.enabled()) {
            return new NodePolicies(Optional.empty(), meters);
        }
        HttpsPolicyHost host = new HttpsPolicyHost(router.names(), settings, tls.policyHosts(settings), system);
        Policies policies = Policies.open(
                storage.store(),
                settings,
                router.names(),
                new Policies.Ports(host, system.dispatchers().lookup(DispatcherSelector.defaultDispatcher()), meters),
                clock);
        system.scheduler()
                .scheduleAtFixedRate(LOOK_FOR_OLD, LOOK_FOR_OLD, policies::refresh, system.executionContext());
        return new NodePolicies(Optional.of(policies), meters);
    }

    /** @param secured ways as they are protected without policies */
    Router over(Router secured, TlsRules rules) {
        return policies.map(all -> (Router) new PolicyRouter(secured, rules, all::of, meters))
                .orElse(secured);
    }
}
