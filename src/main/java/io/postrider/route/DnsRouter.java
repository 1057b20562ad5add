package io.postrider.route;

import io.postrider.mail.Domain;
import io.postrider.mail.Reply;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The way to a domain: a route of the configuration, else the MX records of the DNS (RFC 5321 §5.1). */
public final class DnsRouter implements Router, AutoCloseable {

    private final RouteTable<CompletionStage<Routing>> table;

    private DnsRouter(RouteSettings settings, InstantSource clock) {
        Objects.requireNonNull(clock, "clock");
        this.table = new RouteTable<>(settings.routes(), DnsRouter::fixed);
    }

    public static DnsRouter create(RouteSettings settings, InstantSource clock) {
        return new DnsRouter(settings, clock);
    }

    @Override
    public CompletionStage<Routing> route(Domain domain) {
        Optional<CompletionStage<Routing>> configured = table.find(domain);
        return configured.orElseGet(() -> CompletableFuture.completedStage(
                new Routing.Unresolved(Reply.of(451, "4.4.3", "no answer from the DNS for " + domain))));
    }

    private static CompletionStage<Routing> fixed(Route route) {
        List<Routing.Host> hosts = new ArrayList<>();
        for (Target target : route.targets()) {
            target.address()
                    .ifPresent(address -> hosts.add(
                            new Routing.Host(target.host(), List.of(new InetSocketAddress(address, target.port())))));
        }
        return CompletableFuture.completedStage(new Routing.Reachable(route.site(), List.copyOf(hosts), true));
    }

    @Override
    public void close() {}
}
