package io.postrider.egress;

import io.postrider.egress.EgressSettings.Share;
import io.postrider.egress.Transport.Way;
import io.postrider.route.Routing.Host;
import io.postrider.tls.Protection;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which source a request may use, which one it gets, and which addresses that one tries in which order. */
final class Sources {

    private final EgressSettings settings;
    private final FailedHosts failedHosts;
    private final FailedHosts plainHosts;
    private final Map<String, WeightedTurn> turns = new HashMap<>();

    /** @param plainHosts whose handshakes failed lately */
    Sources(EgressSettings settings, FailedHosts failedHosts, FailedHosts plainHosts) {
        this.settings = settings;
        this.plainHosts = plainHosts;
        this.failedHosts = failedHosts;
    }

    Turns.Kind kind(ToPool.Borrow request) {
        boolean v4 = false;
        boolean v6 = false;
        Set<Protection> protections = new HashSet<>(2);
        Set<String> hosts = new HashSet<>(0);
        for (Host host : request.way().hosts()) {
            protections.add(host.protection());
            if (request.exactly()) {
                hosts.add(host.name());
            }
            for (InetSocketAddress address : host.addresses()) {
                boolean isV4 = address.getAddress().getAddress().length == 4;
                v4 |= isV4;
                v6 |= !isV4;
            }
        }
        return new Turns.Kind(nameOf(request), v4, v6, protections, hosts);
    }

    /** A pool that the configuration does not name stands for {@code default}. */
    private String nameOf(ToPool.Borrow request) {
        return settings.pools().containsKey(request.pool()) ? request.pool() : "default";
    }

    /** Whether this transport will do for him: by its source, by how it is protected, and by where it leads. */
    boolean uses(Waiter waiter, Transport transport) {
        Way way = transport.way();
        Set<String> hosts = waiter.kind.hosts();
        return waiter.kind.protections().contains(way.protection())
                && (hosts.isEmpty() || hosts.contains(way.host()))
                && uses(waiter.request, way.source());
    }

    boolean uses(ToPool.Borrow request, Source source) {
        for (Share share : settings.pool(request.pool())) {
            if (share.source().equals(source.name())) {
                return true;
            }
        }
        return false;
    }

    boolean anyReaches(ToPool.Borrow request) {
        for (Share share : settings.pool(request.pool())) {
            if (reaches(share.source(), request)) {
                return true;
            }
        }
        return false;
    }

    boolean canOpen(Site site, ToPool.Borrow request) {
        for (Share share : settings.pool(request.pool())) {
            if (hasRoom(site, share.source()) && reaches(share.source(), request)) {
                return true;
            }
        }
        return false;
    }

    /** By weight among those that have room and reach one of the hosts. */
    Optional<String> choose(Site site, ToPool.Borrow request) {
        String pool = nameOf(request);
        return turns.computeIfAbsent(pool, name -> new WeightedTurn(settings.pool(name)))
                .next(source -> hasRoom(site, source) && reaches(source, request));
    }

    /** No source has room at this site. */
    boolean allFull(Site site) {
        if (site.lanes().size() < settings.sources().size()) {
            return false;
        }
        for (SiteLane lane : site.lanes().values()) {
            if (lane.hasRoom()) {
                return false;
            }
        }
        return true;
    }

    /** The addresses that this source reaches, in the order of the hosts, those that failed lately last. */
    ArrayDeque<Way> ways(ToPool.Borrow request, Source source, long nowNanos) {
        List<Way> good = new ArrayList<>();
        List<Way> failed = new ArrayList<>(0);
        String site = request.way().site().name();
        for (Host host : request.way().hosts()) {
            for (InetSocketAddress address : host.addresses()) {
                if (source.reaches(address.getAddress())) {
                    boolean clear = host.protection().fallsBack() && plainHosts.failedLately(address, nowNanos);
                    Way way = new Way(
                            site, source, host.name(), address, request.way().explicit(), host.protection(), clear);
                    (failedHosts.failedLately(address, nowNanos) ? failed : good).add(way);
                }
            }
        }
        good.addAll(failed);
        return new ArrayDeque<>(good.subList(0, Math.min(good.size(), settings.maxAddressesTried())));
    }

    private static boolean hasRoom(Site site, String source) {
        SiteLane lane = site.lanes().get(source);
        return lane == null || lane.hasRoom();
    }

    private boolean reaches(String source, ToPool.Borrow request) {
        for (Host host : request.way().hosts()) {
            for (InetSocketAddress address : host.addresses()) {
                if (settings.source(source).reaches(address.getAddress())) {
                    return true;
                }
            }
        }
        return false;
    }
}
