package io.postrider.route;

import io.postrider.mail.Reply;
import io.postrider.route.HostAddresses.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The hosts of a configured route, in its order. Whatever they resolve to is allowed: the operator named them. */
final class RouteHosts {

    private final HostAddresses hostAddresses;

    RouteHosts(HostAddresses hostAddresses) {
        this.hostAddresses = hostAddresses;
    }

    /** What answers for the route from now on: for addresses alone one prepared object, because this is the hot path. */
    Supplier<CompletionStage<Routing>> prepare(Route route) {
        Site site = route.site();
        List<Routing.Host> fixed = new ArrayList<>();
        for (Target target : route.targets()) {
            target.address().ifPresent(address -> fixed.add(host(target, List.of(address))));
        }
        if (fixed.size() < route.targets().size()) {
            return () -> lookUp(route, site);
        }
        CompletionStage<Routing> always =
                CompletableFuture.completedStage(new Routing.Reachable(site, List.copyOf(fixed), true));
        return () -> always;
    }

    private CompletionStage<Routing> lookUp(Route route, Site site) {
        CompletionStage<List<Addresses>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Target target : route.targets()) {
            all = all.thenCombine(addresses(target), (found, one) -> {
                found.add(one);
                return found;
            });
        }
        return all.thenApply(found -> reachable(route, site, found));
    }

    private CompletionStage<Addresses> addresses(Target target) {
        return target.address()
                .map(address -> (CompletionStage<Addresses>)
                        CompletableFuture.completedFuture(Addresses.fixed(target.host(), List.of(address))))
                .orElseGet(() -> hostAddresses.inHostsFileOrDns(target.host()));
    }

    private static Routing reachable(Route route, Site site, List<Addresses> found) {
        List<Routing.Host> hosts = new ArrayList<>();
        Optional<Answer.Failed> failure = Optional.empty();
        for (int i = 0; i < found.size(); i++) {
            Addresses one = found.get(i);
            failure = failure.or(one::failure);
            if (!one.addresses().isEmpty()) {
                hosts.add(host(route.targets().get(i), one.addresses()));
            }
        }
        if (!hosts.isEmpty()) {
            return new Routing.Reachable(site, List.copyOf(hosts), true);
        }
        // A slip in our configuration must not bounce mail, so a name that does not exist is temporary here.
        String where = "no address for the route to " + site + " (" + route.pattern() + ")";
        return new Routing.Unresolved(failure.map(reason -> Reply.of(451, "4.4.3", where + ": " + reason.reason()))
                .orElseGet(() -> Reply.of(451, "4.4.4", where)));
    }

    private static Routing.Host host(Target target, List<InetAddress> addresses) {
        List<InetSocketAddress> sockets = new ArrayList<>();
        for (InetAddress address : addresses) {
            sockets.add(new InetSocketAddress(address, target.port()));
        }
        return new Routing.Host(target.host(), List.copyOf(sockets));
    }
}
