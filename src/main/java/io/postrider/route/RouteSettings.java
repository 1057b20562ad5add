package io.postrider.route;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.postrider.mail.Cidr;
import io.postrider.mail.Domain;
import io.postrider.mail.IpLiteral;
import io.postrider.tls.Login;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What decides the way to a domain.
 *
 * @param routes in the order of their patterns
 * @param port where mail servers listen that the DNS names
 * @param prohibited addresses that no DNS answer may send us to
 * @param hostname our own name, which as an MX means a loop
 * @param listening where we listen at {@code port} ourselves, which as an MX means a loop too; may hold the wildcard
 */
public record RouteSettings(
        List<Route> routes,
        int port,
        IpFamily ipFamily,
        List<Cidr> prohibited,
        String hostname,
        List<InetAddress> listening,
        DnsSettings dns,
        DaneSettings dane) {

    private static final String ROUTES = "postrider.egress.routes";
    private static final Set<String> KEYS = Set.of("hosts", "tls", "user", "password-file");
    private static final Set<String> TLS_KEYS = ConfigFactory.defaultReference(RouteSettings.class.getClassLoader())
            .getObject("postrider.egress.tls")
            .keySet();

    public RouteSettings {
        routes = List.copyOf(routes);
        prohibited = List.copyOf(prohibited);
        listening = List.copyOf(listening);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("postrider.egress.port: expected 1 to 65535, but got " + port);
        }
    }

    /** @param postrider the section {@code postrider} */
    public static RouteSettings from(Config postrider) {
        Config egress = postrider.getConfig("egress");
        int port = egress.getInt("port");
        return new RouteSettings(
                routes(egress.getObject("routes"), port),
                port,
                IpFamily.of(egress.getString("ip-family")),
                ranges(egress.getStringList("prohibited-addresses")),
                postrider.getString("node.hostname"),
                listening(postrider, port),
                DnsSettings.from(postrider.getConfig("dns")),
                DaneSettings.from(egress.getConfig("dane")));
    }

    /** Servers whose word on DNSSEC is taken although it comes over a network, on which others can say it too. */
    public List<InetSocketAddress> believedFromAfar() {
        return dane.dnssec() == DaneSettings.Dnssec.RESOLVER
                ? dns.serversInUse().stream()
                        .filter(server -> !server.getAddress().isLoopbackAddress())
                        .toList()
                : List.of();
    }

    private static List<Route> routes(ConfigObject routes, int defaultPort) {
        List<Route> found = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(routes).entrySet()) {
            String key = ROUTES + "." + ConfigUtil.quoteString(entry.getKey());
            found.add(new Route(
                    pattern(entry.getKey(), key),
                    entry.getKey(),
                    targets(entry.getValue(), key, defaultPort),
                    login(entry.getValue(), key)));
        }
        return found;
    }

    private static String pattern(String text, String key) {
        if (text.equals("*")) {
            return text;
        }
        boolean wildcard = text.startsWith("*.");
        return Domain.parse(wildcard ? text.substring(2) : text)
                .filter(domain -> !wildcard || !domain.isLiteral())
                .map(domain -> wildcard ? "*." + domain.name() : domain.name())
                .orElseThrow(() -> new IllegalArgumentException(
                        key + ": expected a domain, \"*.domain\" or \"*\", but got '" + text + "'"));
    }

    private static List<Target> targets(ConfigValue value, String key, int defaultPort) {
        if (value.valueType() == ConfigValueType.STRING) {
            return List.of(target(value.unwrapped(), key, defaultPort));
        }
        if (!(value instanceof ConfigObject object) || !object.containsKey("hosts")) {
            throw new IllegalArgumentException(key + ": expected \"host:port\" or { hosts = [\"host:port\"] };"
                    + " write the domain in quotes, as in routes.\"example.com\"");
        }
        requireKnownKeys(object, key);
        ConfigValue hosts = object.get("hosts");
        if (hosts.valueType() != ConfigValueType.LIST) {
            throw new IllegalArgumentException(key + ".hosts: expected a list such as [\"a.example:587\"]");
        }
        List<Target> targets = new ArrayList<>();
        for (Object host : (List<?>) hosts.unwrapped()) {
            targets.add(target(host, key + ".hosts", defaultPort));
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException(key + ".hosts: expected at least one host, but got none");
        }
        return targets;
    }

    private static void requireKnownKeys(ConfigObject route, String key) {
        for (String name : route.keySet()) {
            if (!KEYS.contains(name)) {
                throw new IllegalArgumentException(
                        key + "." + name + ": expected hosts, tls, user or password-file, but got " + name);
            }
        }
        if (route.get("tls") instanceof ConfigObject tls) {
            for (String name : tls.keySet()) {
                if (!TLS_KEYS.contains(name)) {
                    throw new IllegalArgumentException(
                            key + ".tls." + name + ": expected a key of egress.tls, but got " + name);
                }
            }
        }
    }

    private static Optional<Login> login(ConfigValue value, String key) {
        if (!(value instanceof ConfigObject route)) {
            return Optional.empty();
        }
        String user = text(route, "user");
        String file = text(route, "password-file");
        if (user.isEmpty() != file.isEmpty()) {
            String missing = user.isEmpty() ? ".user" : ".password-file";
            throw new IllegalArgumentException(key + missing + ": expected both user and password-file, but got one");
        }
        return user.isEmpty() ? Optional.empty() : Optional.of(new Login(user, Path.of(file)));
    }

    private static String text(ConfigObject route, String key) {
        ConfigValue value = route.get(key);
        return value == null ? "" : String.valueOf(value.unwrapped());
    }

    private static Target target(Object text, String key, int defaultPort) {
        try {
            return Target.parse(String.valueOf(text), defaultPort);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(key + ": " + malformed.getMessage(), malformed);
        }
    }

    /** A bind that does not parse is the ingress settings' to refuse. */
    private static List<InetAddress> listening(Config postrider, int port) {
        if (!postrider.hasPath("smtp.listeners")) {
            return List.of();
        }
        List<InetAddress> addresses = new ArrayList<>();
        String byDefault = "smtp.listener-defaults.bind";
        String otherwise = postrider.hasPath(byDefault) ? postrider.getString(byDefault) : "";
        for (Config listener : postrider.getConfigList("smtp.listeners")) {
            String bind = listener.hasPath("bind") ? listener.getString("bind") : otherwise;
            int colon = bind.lastIndexOf(':');
            if (colon > 0 && bind.substring(colon + 1).equals(Integer.toString(port))) {
                String host = bind.substring(0, colon);
                boolean bracketed = host.startsWith("[") && host.endsWith("]");
                IpLiteral.parse(bracketed ? host.substring(1, host.length() - 1) : host)
                        .ifPresent(addresses::add);
            }
        }
        return addresses;
    }

    private static List<Cidr> ranges(List<String> texts) {
        List<Cidr> ranges = new ArrayList<>();
        for (String text : texts) {
            try {
                ranges.add(Cidr.parse(text));
            } catch (IllegalArgumentException malformed) {
                throw new IllegalArgumentException(
                        "postrider.egress.prohibited-addresses: " + malformed.getMessage(), malformed);
            }
        }
        return ranges;
    }
}
