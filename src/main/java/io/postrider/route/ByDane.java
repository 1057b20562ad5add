package io.postrider.route;

import io.postrider.mail.Domain;
import io.postrider.mail.Reply;
import io.postrider.tls.Protection;
import io.postrider.tls.Tlsa;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What DNSSEC adds to an operator's rules (RFC 7672 §2.2). */
final class ByDane {

    private ByDane() {}

    /** Leaves out hosts that somebody may be in the way to; when there are no others, mail waits. */
    static Routing without(Domain domain, Routing.Reachable way, Function<Routing.Reachable, Routing> then) {
        Optional<Dnssec.Bogus> bogus = way.hosts().stream()
                .map(Routing.Host::dnssec)
                .filter(Dnssec.Bogus.class::isInstance)
                .map(Dnssec.Bogus.class::cast)
                .findFirst();
        if (bogus.isEmpty()) {
            return then.apply(way);
        }
        List<Routing.Host> left = way.hosts().stream()
                .filter(host -> !(host.dnssec() instanceof Dnssec.Bogus))
                .toList();
        return left.isEmpty()
                ? new Routing.Unresolved(Reply.of(
                        451,
                        "4.7.5",
                        "no mail server of " + domain + " can be used until its DNSSEC is in order: "
                                + bogus.get().reason()))
                : then.apply(new Routing.Reachable(way.site(), left, way.explicit()));
    }

    /** Records that can be used say whom to trust; such that cannot still say that there is TLS (§2.2, §3.1.3). */
    static Protection raise(Dnssec dnssec, Protection byRules) {
        return switch (dnssec) {
            case Dnssec.Insecure insecure -> byRules;
            case Dnssec.Bogus bogus -> byRules;
            case Dnssec.Secure secure -> raise(secure, name(secure, byRules));
        };
    }

    /** What it proves of the name alone, so that those share connections who go to the same host in the same way. */
    static Protection name(Dnssec dnssec, Protection byRules) {
        return dnssec instanceof Dnssec.Secure ? byRules.asAuthentic() : byRules;
    }

    private static Protection raise(Dnssec.Secure secure, Protection byRules) {
        if (secure.tlsa().isEmpty()) {
            return byRules;
        }
        List<Tlsa> usable = secure.tlsa().stream().filter(Tlsa::isUsable).toList();
        return usable.isEmpty() ? byRules.byUnusableDane() : byRules.byDane(usable, secure.names());
    }
}
