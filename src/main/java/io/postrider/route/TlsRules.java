package io.postrider.route;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.postrider.mail.Domain;
import io.postrider.tls.ClientTerms;
import io.postrider.tls.ClientTlsSettings;
import io.postrider.tls.Login;
import io.postrider.tls.TlsMode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the configuration says about TLS towards each domain: key by key its own {@code per-domain} section, then its
 * route, then {@code per-domain.default}, then {@code egress.tls}.
 */
public final class TlsRules {

    private static final String EGRESS = "postrider.egress.";
    private static final String DEFAULT = "default";

    private final ClientTlsSettings usual;
    private final RouteTable<ClientTlsSettings> byRoute;
    private final RouteTable<Optional<Login>> logins;
    private final Map<Domain, ClientTlsSettings> byDomain;
    private final Map<String, Config> sections = new LinkedHashMap<>();
    private final Set<ClientTerms> terms = new LinkedHashSet<>();
    private final Set<Login> allLogins = new LinkedHashSet<>();

    private TlsRules(Config postrider, List<Route> routes) {
        Config egress = postrider.getConfig("egress");
        Config all = egress.getConfig("tls");
        Config base = section(egress, "per-domain." + DEFAULT).withFallback(all);
        read(all, EGRESS + "tls");
        usual = read(base, EGRESS + "per-domain." + DEFAULT + ".tls");
        RouteTable<Config> ofRoutes =
                new RouteTable<>(routes, route -> ofRoute(egress, route).withFallback(base));
        byRoute = new RouteTable<>(
                routes, route -> ofRoute(route, ofRoute(egress, route).withFallback(base)));
        logins = new RouteTable<>(routes, Route::login);
        routes.forEach(route -> route.login().ifPresent(allLogins::add));
        byDomain = new HashMap<>();
        for (String name : egress.getObject("per-domain").keySet()) {
            String path = "per-domain." + ConfigUtil.quoteString(name);
            if (!name.equals(DEFAULT) && egress.hasPath(path + ".tls")) {
                Domain domain = Domain.parse(name)
                        .orElseThrow(
                                () -> new IllegalArgumentException(EGRESS + path + ": expected a domain as the name"));
                Config below = ofRoutes.find(domain).orElse(base);
                byDomain.put(domain, read(section(egress, path).withFallback(below), EGRESS + path + ".tls"));
            }
        }
    }

    /**
     * @param postrider the whole section {@code postrider}
     * @throws IllegalArgumentException when something is none of what it may be; the message starts with the full key
     */
    public static TlsRules from(Config postrider) {
        return new TlsRules(postrider, RouteSettings.from(postrider).routes());
    }

    ClientTlsSettings of(Domain domain) {
        ClientTlsSettings own = byDomain.get(domain);
        return own != null ? own : byRoute.find(domain).orElse(usual);
    }

    /** Whether records that the domain publishes can add to its rules: not where the operator wants less, or more. */
    public boolean openToDane(Domain domain) {
        TlsMode mode = of(domain).mode();
        return mode == TlsMode.OPPORTUNISTIC || mode == TlsMode.REQUIRED;
    }

    /** Who we are to the servers of the domain's route. */
    Optional<Login> login(Domain domain) {
        return logins.find(domain).flatMap(login -> login);
    }

    /** All that can come up. */
    public Set<ClientTerms> terms() {
        return Set.copyOf(terms);
    }

    public Set<Login> logins() {
        return Set.copyOf(allLogins);
    }

    /** All sections with their full keys, complete as they are read. */
    public Map<String, Config> sections() {
        return Map.copyOf(sections);
    }

    private ClientTlsSettings read(Config section, String key) {
        ClientTlsSettings settings = ClientTlsSettings.from(section, key);
        terms.add(settings.terms());
        sections.put(key, section);
        return settings;
    }

    private static Config section(Config egress, String path) {
        return egress.hasPath(path + ".tls") ? egress.getConfig(path + ".tls") : ConfigFactory.empty();
    }

    private ClientTlsSettings ofRoute(Route route, Config section) {
        String key = EGRESS + "routes." + ConfigUtil.quoteString(route.written());
        ClientTlsSettings settings = read(section, key + ".tls");
        boolean secret = route.login().isPresent();
        if (secret && settings.mode() != TlsMode.REQUIRED && settings.mode() != TlsMode.VERIFY) {
            throw new IllegalArgumentException(
                    key + ".tls: expected required or verify, as a password is shown, but got "
                            + settings.mode().label());
        }
        return settings;
    }

    /** A route says either the mode alone or a section. */
    private static Config ofRoute(Config egress, Route route) {
        ConfigValue value = egress.getObject("routes").get(route.written());
        if (!(value instanceof ConfigObject object) || !object.containsKey("tls")) {
            return ConfigFactory.empty();
        }
        ConfigValue tls = object.get("tls");
        return tls.valueType() == ConfigValueType.OBJECT ? ((ConfigObject) tls).toConfig() : tls.atKey("mode");
    }
}
