package io.postrider.egress;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.postrider.retry.Rate;
import io.postrider.route.Routing.Host;
import io.postrider.route.Site;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one site bears from one of our sources.
 *
 * @param connections most open at once, 1 to 10000
 * @param messagesPerConnection then a connection is closed, 1 to 1000000
 * @param rate transactions started
 */
public record SiteLimits(int connections, int messagesPerConnection, Rate rate) {

    public SiteLimits {
        if (connections < 1 || connections > 10_000) {
            throw new IllegalArgumentException("connections: expected 1 to 10000, but got " + connections);
        }
        if (messagesPerConnection < 1 || messagesPerConnection > 1_000_000) {
            throw new IllegalArgumentException(
                    "messages-per-connection: expected 1 to 1000000, but got " + messagesPerConnection);
        }
    }

    /** The limits of all sites: {@code default}, and those named by site or MX suffix. */
    public record Table(SiteLimits byDefault, Map<String, SiteLimits> named) {

        static Table from(Config perSite) {
            Config byDefault = perSite.getConfig("default");
            Map<String, SiteLimits> named = new HashMap<>();
            for (String name : perSite.root().keySet()) {
                if (!name.equals("default")) {
                    Config own = perSite.getConfig(ConfigUtil.joinPath(name));
                    named.put(name, limits("\"" + name + "\"", own.withFallback(byDefault)));
                }
            }
            return new Table(limits("default", byDefault), Map.copyOf(named));
        }

        private static SiteLimits limits(String name, Config config) {
            int burst = config.getInt("burst");
            try {
                Rate rate = Rate.parse(config.getString("rate"), burst == 0 ? Optional.empty() : Optional.of(burst));
                return new SiteLimits(config.getInt("connections"), config.getInt("messages-per-connection"), rate);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(
                        "postrider.egress.per-site." + name + ": " + wrong.getMessage(), wrong);
            }
        }

        /** The longest name that is the site, one of its hosts, or a suffix of either behind a dot. */
        public SiteLimits of(Site site, List<Host> hosts) {
            String best = "";
            SiteLimits limits = byDefault;
            for (Map.Entry<String, SiteLimits> entry : named.entrySet()) {
                String name = entry.getKey();
                boolean longer =
                        name.length() > best.length() || (name.length() == best.length() && name.compareTo(best) < 0);
                if (longer && (isUnder(site.name(), name) || anyIsUnder(hosts, name))) {
                    best = name;
                    limits = entry.getValue();
                }
            }
            return limits;
        }

        private static boolean anyIsUnder(List<Host> hosts, String suffix) {
            for (Host host : hosts) {
                if (isUnder(host.name(), suffix)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean isUnder(String name, String suffix) {
            if (!name.endsWith(suffix)) {
                return false;
            }
            int before = name.length() - suffix.length() - 1;
            return before < 0 || name.charAt(before) == '.';
        }
    }
}
