package io.postrider.route;

import io.postrider.mail.Domain;
import io.postrider.mail.Reply;
import io.postrider.route.HostAddresses.Addresses;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * A domain's mail servers as the DNS gives them: RFC 5321 §5.1 (preference, implicit MX, loops to ourselves), RFC 7505
 * (null MX).
 */
final class MxHosts {

    private record Mx(int preference, String host) {}

    private record Looked(Mx mx, Addresses found, Dnssec dnssec) {}

    /**
     * Where mail for a domain goes, by its MX records.
     *
     * @param aliasOf what the domain's CNAMEs lead to, or itself
     * @param secure DNSSEC proves the MX records, or that there are none
     */
    private record Destination(Domain domain, String aliasOf, boolean secure) {}

    private final RouteSettings settings;
    private final LookUps lookUps;
    private final HostAddresses hostAddresses;
    private final Gate gate;
    private final Predicate<Domain> dane;
    private final TlsaRecords tlsaRecords;

    /** @param dane the domains whose hosts are asked for TLSA records */
    MxHosts(RouteSettings settings, LookUps lookUps, HostAddresses hostAddresses, Gate gate, Predicate<Domain> dane) {
        this.settings = settings;
        this.lookUps = lookUps;
        this.hostAddresses = hostAddresses;
        this.gate = gate;
        this.dane = dane;
        this.tlsaRecords = new TlsaRecords(lookUps, settings.port());
    }

    CompletionStage<Routing> route(Domain domain) {
        return lookUps.ask(Question.about(domain.name(), Type.MX)).thenCompose(answer -> switch (answer) {
            case Answer.Found found -> among(domain, found);
            case Answer.NoSuchRecord none ->
                reach(new Destination(domain, domain.name(), none.secure()), List.of(new Mx(0, domain.name())));
            case Answer.NoSuchName none -> CompletableFuture.completedFuture(noSuchDomain(domain));
            case Answer.Failed failed ->
                CompletableFuture.completedFuture(notNow("MX look-up of " + domain + " failed: ", failed));
        });
    }

    private CompletionStage<Routing> among(Domain domain, Answer.Found found) {
        List<Mx> all = new ArrayList<>();
        for (Record record : found.records()) {
            MXRecord mx = (MXRecord) record;
            if (!mx.getTarget().equals(Name.root)) {
                all.add(new Mx(mx.getPriority(), mx.getTarget().toString(true).toLowerCase(Locale.ROOT)));
            }
        }
        if (all.isEmpty()) {
            return CompletableFuture.completedFuture(new Routing.Unreachable(
                    Reply.of(556, "5.1.10", domain + " takes no mail: it has a null MX (RFC 7505)")));
        }
        // By name as well, so that the cut is the same for every call and every domain of a provider.
        all.sort(Comparator.comparingInt(Mx::preference).thenComparing(Mx::host));
        Set<String> seen = new HashSet<>();
        all.removeIf(mx -> !seen.add(mx.host()));
        String aliasOf = found.records().get(0).getName().toString(true).toLowerCase(Locale.ROOT);
        return reach(
                new Destination(domain, aliasOf, found.secure()),
                all.subList(0, Math.min(all.size(), settings.dns().maxHosts())));
    }

    private CompletionStage<Routing> reach(Destination destination, List<Mx> hosts) {
        CompletionStage<List<Looked>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Mx mx : hosts) {
            CompletionStage<Looked> one = hostAddresses.inDns(mx.host()).thenCompose(found -> proven(
                            destination, mx, found)
                    .thenApply(dnssec -> new Looked(mx, found, dnssec)));
            all = all.thenCombine(one, (looked, host) -> {
                looked.add(host);
                return looked;
            });
        }
        return all.thenApply(looked -> decide(destination.domain(), looked));
    }

    /** RFC 7672 §2.2: where the way to a host is insecure, its TLSA records prove nothing, and some servers choke on them. */
    private CompletionStage<Dnssec> proven(Destination destination, Mx mx, Addresses found) {
        if (!destination.secure()) {
            return CompletableFuture.completedFuture(Dnssec.Insecure.DNS);
        }
        if (found.addresses().isEmpty() || !dane.test(destination.domain())) {
            return CompletableFuture.completedFuture(Dnssec.Secure.NAME);
        }
        return tlsaRecords.of(mx.host(), found, List.of(destination.domain().name(), destination.aliasOf()));
    }

    private Routing decide(Domain domain, List<Looked> looked) {
        List<Looked> better = withoutLoops(looked);
        if (better.isEmpty()) {
            return new Routing.Unreachable(
                    Reply.of(554, "5.4.6", "mail for " + domain + " loops back to this server: we are its best MX"));
        }
        Collections.shuffle(better, ThreadLocalRandom.current());
        better.sort(Comparator.comparingInt(host -> host.mx().preference()));
        List<Routing.Host> hosts = new ArrayList<>();
        for (Looked host : better) {
            List<InetSocketAddress> allowed = gate.allowed(host.found().addresses());
            if (!allowed.isEmpty()) {
                hosts.add(new Routing.Host(host.mx().host(), allowed).proven(host.dnssec()));
            }
        }
        return hosts.isEmpty() ? none(domain, better) : new Routing.Reachable(site(looked), List.copyOf(hosts), false);
    }

    /** RFC 5321 §5.1: where we are an MX ourselves, only those with a lower preference value are nearer than we. */
    private List<Looked> withoutLoops(List<Looked> looked) {
        int ours = Integer.MAX_VALUE;
        for (Looked host : looked) {
            if (host.mx().host().equals(gate.ownName())
                    || gate.isOwn(host.found().addresses())) {
                ours = Math.min(ours, host.mx().preference());
            }
        }
        List<Looked> nearer = new ArrayList<>();
        for (Looked host : looked) {
            if (host.mx().preference() < ours) {
                nearer.add(host);
            }
        }
        return nearer;
    }

    private static Routing none(Domain domain, List<Looked> looked) {
        Optional<Answer.Failed> failure = Optional.empty();
        boolean prohibited = false;
        boolean implicit = looked.size() == 1 && looked.get(0).mx().host().equals(domain.name());
        for (Looked host : looked) {
            failure = failure.or(() -> host.found().failure());
            prohibited |= !host.found().addresses().isEmpty();
        }
        if (failure.isPresent()) {
            return notNow("address look-up for the mail servers of " + domain + " failed: ", failure.get());
        }
        if (prohibited) {
            return Gate.prohibited("the mail servers of " + domain);
        }
        if (implicit && looked.get(0).found().noSuchName()) {
            return noSuchDomain(domain);
        }
        return new Routing.Unresolved(Reply.of(451, "4.4.4", "no mail server of " + domain + " has an address"));
    }

    private static Site site(List<Looked> looked) {
        Set<String> names = new HashSet<>();
        for (Looked host : looked) {
            names.add(host.mx().host());
        }
        return SiteNames.rollUp(names);
    }

    private static Routing noSuchDomain(Domain domain) {
        return new Routing.Unreachable(Reply.of(550, "5.1.2", "domain " + domain + " does not exist"));
    }

    private static Routing notNow(String what, Answer.Failed failed) {
        return new Routing.Unresolved(Reply.of(451, failed.bogus() ? "4.7.5" : "4.4.3", what + failed.reason()));
    }
}
