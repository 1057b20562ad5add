package io.postrider.route;

import io.postrider.mail.Domain;
import io.postrider.tls.ClientTlsSettings;
import io.postrider.tls.Login;
import io.postrider.tls.Protection;
import io.postrider.tls.TlsMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Says with each way how it is to be protected. */
public final class SecureRouter implements Router {

    private final Router ways;
    private final TlsRules rules;
    private final boolean dane;

    private SecureRouter(Router ways, TlsRules rules, boolean dane) {
        this.ways = ways;
        this.rules = rules;
        this.dane = dane;
    }

    /** @param ways where no host is protected yet */
    public static Router withDane(Router ways, TlsRules rules) {
        return new SecureRouter(ways, rules, true);
    }

    /** For mail that nothing which the domain publishes about TLS is to hold up. */
    public static Router byRulesAlone(Router ways, TlsRules rules) {
        return new SecureRouter(ways, rules, false);
    }

    @Override
    public CompletionStage<Routing> route(Domain domain) {
        return ways.route(domain).thenApply(routing -> switch (routing) {
            case Routing.Reachable reachable ->
                dane
                        ? ByDane.without(domain, reachable, left -> protectedBy(rules.of(domain), domain, left))
                        : protectedBy(rules.of(domain), domain, reachable);
            case Routing.Unreachable unreachable -> unreachable;
            case Routing.Unresolved unresolved -> unresolved;
        });
    }

    private Routing protectedBy(ClientTlsSettings settings, Domain domain, Routing.Reachable way) {
        Optional<Login> login = way.explicit() ? rules.login(domain) : Optional.empty();
        if (settings.mode() == TlsMode.NONE && login.isEmpty()) {
            return way;
        }
        List<Routing.Host> hosts = new ArrayList<>(way.hosts().size());
        for (Routing.Host host : way.hosts()) {
            List<String> names = names(domain, host.name(), way.explicit());
            Protection byRules = Protection.of(settings, names, way.explicit(), login);
            hosts.add(host.with(dane ? ByDane.raise(host.dnssec(), byRules) : ByDane.name(host.dnssec(), byRules)));
        }
        return new Routing.Reachable(way.site(), List.copyOf(hosts), way.explicit());
    }

    /** The server of a route is whom the operator named; an MX host may also prove that it is the domain itself. */
    private static List<String> names(Domain domain, String host, boolean explicit) {
        return explicit || host.equals(domain.name()) ? List.of(host) : List.of(host, domain.name());
    }
}
