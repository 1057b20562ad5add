package io.postrider;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import io.postrider.mail.Cidr;
import io.postrider.mail.IpLiteral;
import io.postrider.route.RouteSettings;
import io.postrider.route.TlsRules;
import io.postrider.signing.KeyFiles;
import io.postrider.signing.SigningSettings;
import io.postrider.tls.ClientTlsSettings;
import io.postrider.tls.TlsSettings;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a configuration may say but better would not. Reads a configuration that has no errors. */
final class Unwise {

    private static final List<String> PRIVATE = List.of(
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "fc00::/7",
            "fe80::/10");

    /** Broader than any one owner's network. */
    private static final int BROAD_V4 = 8;

    private static final int BROAD_V6 = 16;

    private final Config config;
    private final Config defaults = ConfigFactory.parseResources("reference.conf");
    private final List<Finding> findings = new ArrayList<>();

    private Unwise(Config config) {
        this.config = config;
    }

    static List<Finding> in(Config config) {
        Unwise unwise = new Unwise(config);
        unwise.node();
        unwise.listeners();
        unwise.consoles();
        unwise.http();
        unwise.retry();
        unwise.egress();
        unwise.tlsOut();
        unwise.dane();
        unwise.dkim();
        unwise.zeroLimits(config.getObject("postrider"), "postrider");
        return List.copyOf(unwise.findings);
    }

    private void node() {
        String hostname = config.getString("postrider.node.hostname");
        if (hostname.equals("relay.example.com")) {
            warn(
                    "postrider.node.hostname",
                    "still the example's; receivers expect a name that resolves to this server");
        } else if (hostname.indexOf('.') < 0) {
            warn("postrider.node.hostname", "not fully qualified; many receivers refuse such an EHLO name");
        }
        if (config.getString("postrider.sync").equals("never")) {
            warn("postrider.sync", "mail that was answered 250 is lost when the machine fails");
        }
        Path directory = Path.of(config.getString("postrider.data-dir")).normalize();
        if (directory.startsWith("/tmp") || directory.startsWith("/var/tmp") || directory.startsWith("/dev/shm")) {
            warn("postrider.data-dir", "mail in " + directory + " may be wiped by the system");
        }
    }

    private void listeners() {
        if (!config.hasPath("postrider.smtp.listeners")) {
            return;
        }
        ConfigList listeners = config.getList("postrider.smtp.listeners");
        if (listeners.isEmpty()) {
            warn("postrider.smtp.listeners", "no listener, so no mail comes in");
        }
        for (int i = 0; i < listeners.size(); i++) {
            if (listeners.get(i) instanceof ConfigObject listener) {
                passwords(listener, "postrider.smtp.listeners[" + i + "]");
            }
            if (listeners.get(i) instanceof ConfigObject listener && listener.containsKey("relay-hosts")) {
                relayHosts(listener.get("relay-hosts"), "postrider.smtp.listeners[" + i + "].relay-hosts");
            }
        }
        if (config.hasPath("postrider.smtp.listener-defaults.relay-hosts")) {
            relayHosts(
                    config.getValue("postrider.smtp.listener-defaults.relay-hosts"),
                    "postrider.smtp.listener-defaults.relay-hosts");
        }
    }

    private void passwords(ConfigObject listener, String key) {
        Config postrider = config.getConfig("postrider");
        Config all = listener.toConfig()
                .withFallback(postrider.getConfig("smtp.listener-defaults"))
                .withFallback(postrider.getConfig("tls.server-defaults").atKey("tls"));
        boolean logIns = !postrider.getString("smtp.users-file").isBlank()
                && !all.getString("auth").equals("off");
        boolean tls = !all.getString("tls.certificate").isBlank()
                || !all.getList("tls.certificates").isEmpty();
        if (logIns && !all.getBoolean("auth-require-tls")) {
            warn(key + ".auth-require-tls", listener.origin(), "passwords may cross the network in the clear");
        } else if (logIns && !tls) {
            warn(
                    key + ".auth",
                    listener.origin(),
                    "nobody can log in here without a certificate: see auth-require-tls");
        }
    }

    private void relayHosts(ConfigValue hosts, String key) {
        if (!(hosts instanceof ConfigList list)) {
            return;
        }
        for (ConfigValue host : list) {
            String text = String.valueOf(host.unwrapped());
            network(text).ifPresent(network -> {
                if (isBroad(network)) {
                    warn(key, host.origin(), text + " lets strangers relay: this is an open relay");
                } else if (isPrivate(text, network)) {
                    warn(
                            key,
                            host.origin(),
                            text + " is a private network; behind NAT or Docker strangers show up in it");
                }
            });
        }
    }

    private static Optional<Cidr> network(String text) {
        try {
            return Optional.of(Cidr.parse(text));
        } catch (IllegalArgumentException checkedElsewhere) {
            return Optional.empty();
        }
    }

    private static boolean isPrivate(String text, Cidr network) {
        int slash = text.indexOf('/');
        return IpLiteral.parse(slash < 0 ? text : text.substring(0, slash))
                .filter(address -> PRIVATE.stream()
                        .map(Cidr::parse)
                        .anyMatch(range -> range.contains(address) && range.prefix() <= network.prefix()))
                .isPresent();
    }

    private void consoles() {
        for (String name : List.of("postrider.admin", "postrider.metrics")) {
            trustedHosts(name + ".trusted-hosts");
        }
    }

    private void http() {
        trustedHosts("postrider.http.trusted-hosts");
        trustedHosts("postrider.http.trusted-proxies");
        privateNetworks("postrider.http.trusted-hosts", "may hand in mail without a key");
        privateNetworks("postrider.http.trusted-proxies", "may say who they are");
        boolean keys = !config.getString("postrider.http.api-keys-file").isBlank();
        boolean proxies = !config.getList("postrider.http.trusted-proxies").isEmpty();
        boolean open = !isLoopback(config.getString("postrider.http.bind"));
        if (open && !keys) {
            warn(
                    "postrider.http.bind",
                    "reached from other machines, but there is no http.api-keys-file: whoever has, or can take, the"
                            + " address of a trusted host may send mail. Make keys by bin/postrider key");
        } else if (open
                && !proxies
                && !TlsSettings.of(config.getConfig("postrider"), "http").isOffered()) {
            warn(
                    "postrider.http.bind",
                    "reached from other machines without TLS, so keys and mail cross the network in the clear: give"
                            + " http.tls a certificate, or put a proxy with TLS before it");
        }
        if (config.getStringList("postrider.http.trusted-names").contains("*")) {
            warn(
                    "postrider.http.trusted-names",
                    "pages in a browser on a trusted host can read mail here, by names that resolve to this node");
        }
    }

    private void trustedHosts(String key) {
        if (!config.hasPath(key)) {
            return;
        }
        for (ConfigValue host : config.getList(key)) {
            String text = String.valueOf(host.unwrapped());
            network(text)
                    .filter(Unwise::isBroad)
                    .ifPresent(network -> warn(key, host.origin(), text + " trusts strangers"));
        }
    }

    private void privateNetworks(String key, String what) {
        for (ConfigValue host : config.getList(key)) {
            String text = String.valueOf(host.unwrapped());
            network(text)
                    .filter(network -> !isBroad(network) && !isOneAddress(network) && isPrivate(text, network))
                    .ifPresent(network -> warn(
                            key,
                            host.origin(),
                            text + " is a private network; behind NAT or Docker strangers show up in it, and they "
                                    + what));
        }
    }

    private static boolean isBroad(Cidr network) {
        return network.prefix() < (network.v4() ? BROAD_V4 : BROAD_V6);
    }

    /** Somebody meant just that machine. */
    private static boolean isOneAddress(Cidr network) {
        return network.prefix() == (network.v4() ? 32 : 128);
    }

    private static boolean isLoopback(String bind) {
        int colon = bind.lastIndexOf(':');
        String host = bind.substring(0, Math.max(0, colon)).replace("[", "").replace("]", "");
        return host.equals("localhost")
                || IpLiteral.parse(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    private void retry() {
        Duration first = config.getDuration("postrider.retry.first");
        Duration longest = config.getDuration("postrider.retry.longest");
        Duration giveUp = config.getDuration("postrider.retry.give-up-after");
        if (giveUp.compareTo(first) < 0) {
            warn("postrider.retry.give-up-after", "shorter than retry.first, so nothing is tried a second time");
        } else if (giveUp.compareTo(Duration.ofDays(1)) < 0) {
            warn(
                    "postrider.retry.give-up-after",
                    "a receiver that is down for a day costs mail; RFC 5321 asks for 4 to 5 days");
        }
        if (longest.compareTo(first) < 0) {
            warn("postrider.retry.longest", "shorter than retry.first");
        }
        if (first.compareTo(Duration.ofSeconds(30)) < 0) {
            warn("postrider.retry.first", "tries again so soon that greylisting servers count it against us");
        }
    }

    private void egress() {
        if (config.getList("postrider.egress.prohibited-addresses").isEmpty()) {
            warn("postrider.egress.prohibited-addresses", "strangers' MX records may lead us into our own network");
        }
        if (config.getString("postrider.egress.pipeline-next-envelope").equals("always")) {
            warn("postrider.egress.pipeline-next-envelope", "some servers on the open Internet mishandle it");
        }
    }

    private void dane() {
        RouteSettings.from(config.getConfig("postrider"))
                .believedFromAfar()
                .forEach(server -> warn(
                        "postrider.egress.dane.dnssec",
                        server.getAddress().getHostAddress()
                                + " is not this machine, and whoever is on the way to it can say the same;"
                                + " run a validating resolver on 127.0.0.1, or set validate"));
    }

    private void tlsOut() {
        boolean mayBeCertain = config.getBoolean("postrider.egress.mta-sts.enabled")
                || !config.getString("postrider.egress.dane.dnssec").equals("off");
        TlsRules.from(config.getConfig("postrider")).sections().forEach((section, tls) -> {
            boolean isRoute = section.startsWith("postrider.egress.routes.");
            for (ClientTlsSettings.Idle idle : ClientTlsSettings.withoutEffect(tls, mayBeCertain || isRoute)) {
                String key = section + "." + idle.key();
                if (config.hasPath(key)) {
                    warn(key, "without effect, as " + idle.reason());
                }
            }
        });
    }

    private void dkim() {
        SigningSettings settings = SigningSettings.from(config.getConfig("postrider"));
        KeyFiles.warnings(settings)
                .forEach(warning -> warn(
                        warning.key(), config.getValue("postrider.dkim.signers").origin(), warning.message()));
    }

    /** A bound of 0 where the default is more usually shuts a door that was meant to be opened wide. */
    private void zeroLimits(ConfigObject section, String path) {
        for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
            String key = path + "." + ConfigUtil.joinPath(entry.getKey());
            ConfigValue value = entry.getValue();
            if (value instanceof ConfigObject below) {
                zeroLimits(below, key);
            } else if (isLimit(entry.getKey()) && isZero(value) && !isZero(byDefault(key))) {
                warn(key, value.origin(), "0 means none at all here, not unlimited");
            }
        }
    }

    private static boolean isLimit(String name) {
        return name.startsWith("max-") || name.equals("connections") || name.equals("cache-size");
    }

    /** Where 0 is the default, it means what the default means. */
    private ConfigValue byDefault(String key) {
        return defaults.hasPath(key) ? defaults.getValue(key) : ConfigValueFactory.fromAnyRef("");
    }

    private static boolean isZero(ConfigValue value) {
        boolean measure = value.valueType() == ConfigValueType.NUMBER || value.valueType() == ConfigValueType.STRING;
        try {
            return measure && value.atKey("value").getBytes("value") == 0;
        } catch (ConfigException notASize) {
            return false;
        }
    }

    private void warn(String key, String message) {
        warn(key, config.getValue(key).origin(), message);
    }

    private void warn(String key, ConfigOrigin origin, String message) {
        findings.add(Finding.warning(key, origin, message));
    }
}
