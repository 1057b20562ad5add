package io.postrider.egress;

import io.postrider.mail.Reply;
import io.postrider.route.Routing;
import io.postrider.route.Routing.Host;
import io.postrider.tls.Protection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which servers of a domain may have mail that requires TLS, as far as is known, and why the others may not (RFC 8689
 * §4.2.1). What one connection has met, it remembers. Confined to its connection.
 */
final class StrictWay {

    private static final String UNPROVEN_NAME =
            "encryption with a proven server needed, but neither DNSSEC nor a policy of the domain proves that this is its server";
    private static final String UNENCRYPTED = "encryption needed, but the settings here know none for this server";
    private static final String NO_SUPPORT = "5.7.30";

    private final Map<String, Reply> objections = new HashMap<>(2);
    private Routing.@Nullable Reachable way;

    void wayIs(Routing.Reachable found) {
        way = found;
        objections.clear();
        for (Host host : found.hosts()) {
            Protection protection = host.protection();
            if (protection.policy() == Protection.Policy.NONE) {
                objections.put(host.name(), Reply.of(550, "5.7.10", UNENCRYPTED));
            } else if (!protection.authentic()) {
                objections.put(host.name(), Reply.of(550, "5.7.10", UNPROVEN_NAME));
            }
        }
    }

    /** Takes note of a server that has told what it offers. */
    void met(Transport transport) {
        String host = transport.way().host();
        if (names(host)) {
            transport.tooOpen().ifPresent(why -> objections.putIfAbsent(host, why));
        }
    }

    /** Whether such mail may go over this transport, which may have been opened for another domain of the site. */
    boolean leadsOver(Transport transport) {
        String host = transport.way().host();
        return transport.tooOpen().isEmpty() && names(host) && !objections.containsKey(host);
    }

    /** The way by way of those servers of whom nothing speaks against it; empty when there are none. */
    Optional<Routing.Reachable> left() {
        if (way == null) {
            return Optional.empty();
        }
        List<Host> left = new ArrayList<>(way.hosts().size());
        for (Host host : way.hosts()) {
            if (!objections.containsKey(host.name())) {
                left.add(host);
            }
        }
        return left.isEmpty() ? Optional.empty() : Optional.of(new Routing.Reachable(way.site(), left, way.explicit()));
    }

    /** What becomes of such mail when nothing is {@link #left}: of all objections the one that leaves most hope. */
    Reply refusal() {
        Reply best = Reply.of(550, "5.7.10", UNENCRYPTED);
        String of = "";
        int most = -1;
        if (way != null) {
            for (Host host : way.hosts()) {
                Reply objection = objections.get(host.name());
                if (objection != null && hope(objection) > most) {
                    most = hope(objection);
                    best = objection;
                    of = host.name() + ": ";
                }
            }
        }
        return new Reply(best.code(), best.enhanced(), List.of(of + best.text()));
    }

    private static int hope(Reply objection) {
        if (objection.isTransient()) {
            return 2;
        }
        boolean encrypts = objection
                .enhanced()
                .map(code -> code.toString().equals(NO_SUPPORT))
                .orElse(false);
        return encrypts ? 1 : 0;
    }

    private boolean names(String name) {
        return way != null && way.hosts().stream().anyMatch(host -> host.name().equals(name));
    }
}
