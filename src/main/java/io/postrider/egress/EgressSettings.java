package io.postrider.egress;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.postrider.smtp.ClientTimeouts;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How this node sends; the keys of {@code postrider.egress} that are not {@code route}'s or the queue's.
 *
 * @param sources by name
 * @param pools by name, each with at least one source
 */
public record EgressSettings(
        Map<String, Source> sources,
        Map<String, List<Share>> pools,
        SiteLimits.Table perSite,
        int window,
        PipelineNext pipelineNext,
        Duration connectTimeout,
        int maxAddressesTried,
        Duration failedHostMemory,
        int maxFailedHosts,
        Duration plainHostMemory,
        int maxPlainHosts,
        Duration linger,
        Duration idleTimeout,
        int maxIdle,
        int messagesPerTurn,
        int maxWaiting,
        int maxQuietSites,
        int recentReplies,
        ClientTimeouts timeouts) {

    /** When the next envelope goes out together with the final dot (RFC 2920 §3.1). */
    public enum PipelineNext {
        ROUTES,
        ALWAYS,
        NEVER
    }

    /**
     * A source's share of a pool's connections.
     *
     * @param weight 1 to 1000
     */
    public record Share(String source, int weight) {}

    public EgressSettings {
        sources = Map.copyOf(sources);
        pools = Map.copyOf(pools);
        pools.forEach((name, shares) -> checkPool(name, shares));
        require(pools.containsKey("default"), "pools", "a pool named default", pools.keySet());
        inRange("window", window, 1, 1000);
        inRange("max-addresses-tried", maxAddressesTried, 1, 100);
        inRange("max-failed-hosts", maxFailedHosts, 1, 10_000_000);
        inRange("max-idle", maxIdle, 0, 100_000);
        inRange("messages-per-turn", messagesPerTurn, 1, 1_000_000);
        inRange("max-waiting", maxWaiting, 1, 10_000_000);
        inRange("max-quiet-sites", maxQuietSites, 1, 10_000_000);
        inRange("recent-replies", recentReplies, 0, 1000);
        positive("connect-timeout", connectTimeout);
        positive("failed-host-memory", failedHostMemory);
        positive("plain-host-memory", plainHostMemory);
        inRange("max-plain-hosts", maxPlainHosts, 1, 10_000_000);
        positive("idle-timeout", idleTimeout);
        require(!linger.isNegative(), "linger", "a duration of 0 or more", linger);
        positive("timeouts.greeting", timeouts.greeting());
        positive("timeouts.ehlo", timeouts.ehlo());
        positive("timeouts.tls", timeouts.tls());
        positive("timeouts.mail", timeouts.mail());
        positive("timeouts.rcpt", timeouts.rcpt());
        positive("timeouts.data", timeouts.data());
        positive("timeouts.data-block", timeouts.dataBlock());
        positive("timeouts.final-dot", timeouts.finalDot());
        positive("timeouts.rset", timeouts.rset());
        positive("timeouts.quit", timeouts.quit());
        for (List<Share> shares : pools.values()) {
            for (Share share : shares) {
                require(sources.containsKey(share.source()), "pools", "sources that exist", share.source());
            }
        }
    }

    /** @param postrider the whole {@code postrider} section: sources greet with {@code node.hostname} by default */
    public static EgressSettings from(Config postrider) {
        Config egress = postrider.getConfig("egress");
        return new EgressSettings(
                sources(egress.getConfig("sources"), postrider.getString("node.hostname")),
                pools(egress.getConfig("pools")),
                SiteLimits.Table.from(egress.getConfig("per-site")),
                egress.getInt("window"),
                pipelineNext(egress.getString("pipeline-next-envelope")),
                egress.getDuration("connect-timeout"),
                egress.getInt("max-addresses-tried"),
                egress.getDuration("failed-host-memory"),
                egress.getInt("max-failed-hosts"),
                egress.getDuration("plain-host-memory"),
                egress.getInt("max-plain-hosts"),
                egress.getDuration("linger"),
                egress.getDuration("idle-timeout"),
                egress.getInt("max-idle"),
                egress.getInt("messages-per-turn"),
                egress.getInt("max-waiting"),
                egress.getInt("max-quiet-sites"),
                egress.getInt("recent-replies"),
                timeouts(egress.getConfig("timeouts")));
    }

    /** The pool of that name, or {@code default} when there is none: an old message may name a pool that was removed. */
    public List<Share> pool(String name) {
        List<Share> shares = pools.get(name);
        return shares != null ? shares : pools.getOrDefault("default", List.of());
    }

    /** A source that a pool names. */
    Source source(String name) {
        Source source = sources.get(name);
        if (source == null) {
            throw new IllegalArgumentException("expected the name of a source, but got " + name);
        }
        return source;
    }

    private static Map<String, Source> sources(Config config, String hostname) {
        Map<String, Source> sources = new LinkedHashMap<>();
        for (String name : config.root().keySet()) {
            Config source = config.getConfig(ConfigUtil.joinPath(name));
            sources.put(
                    name,
                    new Source(
                            name,
                            address(source, name, "bind-v4", 4),
                            address(source, name, "bind-v6", 16),
                            source.hasPath("ehlo") ? source.getString("ehlo") : hostname));
        }
        return sources;
    }

    private static Optional<InetAddress> address(Config source, String name, String key, int bytes) {
        if (!source.hasPath(key)) {
            return Optional.empty();
        }
        String text = source.getString(key);
        String path = "sources." + name + "." + key;
        boolean literal = !text.isEmpty() && (text.indexOf(':') >= 0 || Character.isDigit(text.charAt(0)));
        require(literal, path, "an IP address", text);
        try {
            InetAddress address = InetAddress.getByName(text);
            require(address.getAddress().length == bytes, path, "an address of its family", text);
            return Optional.of(address);
        } catch (UnknownHostException notAnAddress) {
            throw new IllegalArgumentException(
                    "postrider.egress." + path + ": expected an IP address, but got " + text, notAnAddress);
        }
    }

    private static Map<String, List<Share>> pools(Config config) {
        Map<String, List<Share>> pools = new LinkedHashMap<>();
        for (String name : config.root().keySet()) {
            List<Share> shares = new ArrayList<>();
            for (Config share : config.getConfigList(ConfigUtil.joinPath(name))) {
                shares.add(new Share(share.getString("source"), share.hasPath("weight") ? share.getInt("weight") : 1));
            }
            pools.put(name, List.copyOf(shares));
        }
        return pools;
    }

    private static PipelineNext pipelineNext(String text) {
        return switch (text) {
            case "routes" -> PipelineNext.ROUTES;
            case "always" -> PipelineNext.ALWAYS;
            case "never" -> PipelineNext.NEVER;
            default ->
                throw new IllegalArgumentException(
                        "postrider.egress.pipeline-next-envelope: expected routes, always or never, but got " + text);
        };
    }

    private static ClientTimeouts timeouts(Config config) {
        return new ClientTimeouts(
                config.getDuration("greeting"),
                config.getDuration("ehlo"),
                config.getDuration("tls"),
                config.getDuration("mail"),
                config.getDuration("rcpt"),
                config.getDuration("data"),
                config.getDuration("data-block"),
                config.getDuration("final-dot"),
                config.getDuration("rset"),
                config.getDuration("quit"));
    }

    private static void checkPool(String name, List<Share> shares) {
        require(!shares.isEmpty(), "pools." + name, "at least one source", "none");
        for (Share share : shares) {
            inRange("pools." + name + ".weight", share.weight(), 1, 1000);
        }
    }

    private static void inRange(String key, int value, int min, int max) {
        require(value >= min && value <= max, key, min + " to " + max, value);
    }

    private static void positive(String key, Duration value) {
        require(!value.isNegative() && !value.isZero(), key, "a duration above 0", value);
    }

    private static void require(boolean holds, String key, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "postrider.egress." + key + ": expected " + expected + ", but got " + got);
        }
    }
}
