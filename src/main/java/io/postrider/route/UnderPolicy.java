package io.postrider.route;

import io.postrider.mail.Domain;
import io.postrider.mail.Reply;
import io.postrider.metrics.Meters;
import io.postrider.sts.PublishedPolicy;
import io.postrider.tls.Protection.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies a domain's MTA-STS policy to the way to it (RFC 8461 §4, §5). */
final class UnderPolicy {

    private static final Logger log = LoggerFactory.getLogger(UnderPolicy.class);
    private static final int LONGEST_LIST = 300;
    private static final int MOST_TOLD = 1000;

    private final Meters meters;
    /** So that the log has each of them once, not with each connection. */
    private final Set<String> told = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_TOLD;
        }
    }));

    UnderPolicy(Meters meters) {
        this.meters = meters;
    }

    /** @param way as it is protected without the policy */
    Routing apply(Domain domain, PublishedPolicy policy, Routing.Reachable way) {
        return switch (policy.mode()) {
            case ENFORCE -> enforced(domain, policy, way);
            case TESTING -> tested(domain, policy, way);
            case NONE -> way;
        };
    }

    private static Routing enforced(Domain domain, PublishedPolicy policy, Routing.Reachable way) {
        List<Routing.Host> hosts = new ArrayList<>(way.hosts().size());
        for (Routing.Host host : way.hosts()) {
            if (isByDane(host)) {
                hosts.add(host);
            } else if (policy.allows(host.name())) {
                hosts.add(host.with(host.protection().byPolicy(host.name())));
            }
        }
        if (hosts.isEmpty()) {
            return new Routing.Unresolved(Reply.of(
                    451,
                    "4.7.5",
                    "the MTA-STS policy of " + domain + " allows none of its mail servers ("
                            + list(way.hosts().stream().map(Routing.Host::name).toList()) + "), only "
                            + list(policy.mx())));
        }
        return new Routing.Reachable(way.site(), List.copyOf(hosts), way.explicit());
    }

    /** RFC 8461 §5: as without, and what would not have passed is told. */
    private Routing tested(Domain domain, PublishedPolicy policy, Routing.Reachable way) {
        List<Routing.Host> hosts = new ArrayList<>(way.hosts().size());
        for (Routing.Host host : way.hosts()) {
            if (!isByDane(host) && policy.allows(host.name())) {
                hosts.add(host.with(host.protection().underTest(host.name())));
            } else {
                hosts.add(host);
                tell(domain, host);
            }
        }
        return new Routing.Reachable(way.site(), List.copyOf(hosts), way.explicit());
    }

    private void tell(Domain domain, Routing.Host host) {
        if (isByDane(host)) {
            return;
        }
        meters.policyFailedInTesting("mx");
        if (told.add(domain + " " + host.name())) {
            log.info(
                    "domain={} mx={} is not in the domain's MTA-STS policy, which is in testing mode",
                    domain,
                    host.name());
        }
    }

    /** RFC 8461 §2: where DANE tells who the server is, a policy does not say otherwise. */
    private static boolean isByDane(Routing.Host host) {
        return host.protection().policy() == Policy.DANE;
    }

    private static String list(List<String> names) {
        String all = String.join(", ", names);
        return all.length() <= LONGEST_LIST ? all : all.substring(0, LONGEST_LIST) + "…";
    }
}
