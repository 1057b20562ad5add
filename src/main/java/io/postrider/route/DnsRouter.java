package io.postrider.route;

import io.postrider.mail.Domain;
import io.postrider.sts.Names;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The way to a domain: a route of the configuration, else the address that a literal spells, else the DNS (RFC 5321
 * §5.1). Safe for all threads. Closing it ends its threads; what is still asked for then is Unresolved.
 */
public final class DnsRouter implements Router, AutoCloseable {

    private final RouteTable<Supplier<CompletionStage<Routing>>> routes;
    private final LookUps lookUps;
    private final MxHosts mxHosts;
    private final Gate gate;
    private final Names names;

    private DnsRouter(RouteSettings settings, Predicate<Domain> dane, InstantSource clock) {
        this.lookUps = new LookUps(settings.dns(), settings.dane(), clock);
        HostAddresses addresses = new HostAddresses(lookUps, settings.ipFamily(), settings.dns());
        this.gate = new Gate(settings, OwnAddresses.of(settings.listening()));
        this.mxHosts = new MxHosts(settings, lookUps, addresses, gate, dane);
        this.names = new PolicyNames(lookUps, addresses, settings.prohibited());
        this.routes = new RouteTable<>(settings.routes(), new RouteHosts(addresses)::prepare);
    }

    /** @param clock decides when a cached answer is too old */
    public static DnsRouter create(RouteSettings settings, InstantSource clock) {
        return create(settings, any -> true, clock);
    }

    /**
     * @param dane the domains whose hosts are asked for TLSA records, where all that leads to these is proven
     * @param clock decides when a cached answer is too old, and a signature
     */
    public static DnsRouter create(RouteSettings settings, Predicate<Domain> dane, InstantSource clock) {
        return new DnsRouter(settings, dane, clock);
    }

    @Override
    public CompletionStage<Routing> route(Domain domain) {
        Optional<Supplier<CompletionStage<Routing>>> configured = routes.find(domain);
        if (configured.isPresent()) {
            return configured.get().get();
        }
        return domain.isLiteral() ? CompletableFuture.completedFuture(gate.toLiteral(domain)) : mxHosts.route(domain);
    }

    /** The same look-ups for what domains publish of TLS. */
    public Names names() {
        return names;
    }

    @Override
    public void close() {
        lookUps.close();
    }
}
