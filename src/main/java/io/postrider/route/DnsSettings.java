package io.postrider.route;

import com.typesafe.config.Config;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.ResolverConfig;

/**
 * How names are looked up. Every bound is explained at its key in {@code reference.conf}.
 *
 * @param servers asked in this order; empty: the system's
 * @param hostsFile looked into before the DNS for the targets of routes; empty: none
 * @param timeout of one question to one server
 * @param attempts rounds over all servers before a look-up fails
 */
public record DnsSettings(
        List<InetSocketAddress> servers,
        String hostsFile,
        Duration timeout,
        int attempts,
        int threads,
        int maxQueries,
        int maxWaiting,
        int cacheSize,
        Duration shortestTtl,
        Duration longestTtl,
        Duration longestNegativeTtl,
        int maxHosts,
        int maxAddressesPerHost) {

    private static final int DNS_PORT = 53;
    private static final String PREFIX = "postrider.dns.";

    public DnsSettings {
        servers = List.copyOf(servers);
        positive("timeout", timeout);
        inRange("attempts", attempts, 1, 10);
        inRange("threads", threads, 1, 64);
        inRange("max-queries", maxQueries, 1, 20_000);
        inRange("max-waiting", maxWaiting, 0, 1_000_000);
        inRange("cache-size", cacheSize, 0, 10_000_000);
        positive("shortest-ttl", shortestTtl);
        positive("longest-ttl", longestTtl);
        positive("longest-negative-ttl", longestNegativeTtl);
        inRange("max-hosts", maxHosts, 1, 100);
        inRange("max-addresses-per-host", maxAddressesPerHost, 1, 100);
        if (longestTtl.compareTo(shortestTtl) < 0) {
            throw wrong("longest-ttl", "at least shortest-ttl (" + shortestTtl + ")", longestTtl);
        }
    }

    /** @param dns the section {@code postrider.dns} */
    static DnsSettings from(Config dns) {
        return new DnsSettings(
                servers(dns.getStringList("servers")),
                dns.getString("hosts-file"),
                dns.getDuration("timeout"),
                dns.getInt("attempts"),
                dns.getInt("threads"),
                dns.getInt("max-queries"),
                dns.getInt("max-waiting"),
                dns.getInt("cache-size"),
                dns.getDuration("shortest-ttl"),
                dns.getDuration("longest-ttl"),
                dns.getDuration("longest-negative-ttl"),
                dns.getInt("max-hosts"),
                dns.getInt("max-addresses-per-host"));
    }

    /** Those that are asked, in their order. */
    List<InetSocketAddress> serversInUse() {
        return servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers;
    }

    private static List<InetSocketAddress> servers(List<String> texts) {
        List<InetSocketAddress> servers = new ArrayList<>();
        for (String text : texts) {
            servers.add(server(text));
        }
        return servers;
    }

    private static InetSocketAddress server(String text) {
        try {
            Target target = Target.parse(text, DNS_PORT);
            return target.address()
                    .map(address -> new InetSocketAddress(address, target.port()))
                    .orElseThrow(() -> wrong("servers", "an address, as a name would need a server first", text));
        } catch (IllegalArgumentException malformed) {
            throw wrong("servers", "addresses such as \"192.0.2.53\" or \"127.0.0.1:5353\"", text);
        }
    }

    private static void positive(String key, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw wrong(key, "more than 0", value);
        }
    }

    private static void inRange(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw wrong(key, least + " to " + most, value);
        }
    }

    private static IllegalArgumentException wrong(String key, String expected, Object value) {
        return new IllegalArgumentException(PREFIX + key + ": expected " + expected + ", but got " + value);
    }
}
