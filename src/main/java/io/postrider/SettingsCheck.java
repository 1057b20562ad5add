package io.postrider;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.postrider.admin.AdminSettings;
import io.postrider.egress.EgressSettings;
import io.postrider.http.EndpointSettings;
import io.postrider.ingress.HandOverSettings;
import io.postrider.ingress.IngressSettings;
import io.postrider.ingress.IntakeSettings;
import io.postrider.ingress.http.EventStreamSettings;
import io.postrider.ingress.http.HttpSettings;
import io.postrider.journal.JournalSettings;
import io.postrider.metrics.MetricsSettings;
import io.postrider.mime.template.TemplateSettings;
import io.postrider.record.EventSettings;
import io.postrider.record.HistorySettings;
import io.postrider.record.LogSettings;
import io.postrider.retry.RetrySettings;
import io.postrider.route.RouteSettings;
import io.postrider.route.TlsRules;
import io.postrider.signing.KeyFiles;
import io.postrider.signing.SigningSettings;
import io.postrider.spool.IdempotencySettings;
import io.postrider.spool.SpoolSettings;
import io.postrider.store.StoreSettings;
import io.postrider.sts.StsSettings;
import io.postrider.tls.TlsSettings;
import io.postrider.tls.TlsWorkSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lets every package read its settings, so that what is out of range is found before anything starts, and finds the
 * line that the package's complaint is about.
 */
final class SettingsCheck {

    private static final String PREFIX = "postrider.";

    /** Each takes the section {@code postrider}. */
    private static final List<Consumer<Config>> PACKAGES = List.of(
            NodeSettings::from,
            StoreSettings::from,
            SpoolSettings::from,
            IdempotencySettings::from,
            JournalSettings::from,
            RouteSettings::from,
            EgressSettings::from,
            TlsRules::from,
            StsSettings::from,
            TlsWorkSettings::from,
            postrider -> TlsSettings.of(postrider, "http"),
            postrider -> TlsSettings.of(postrider, "admin"),
            postrider -> TlsSettings.of(postrider, "metrics"),
            HandOverSettings::from,
            IngressSettings::from,
            IntakeSettings::from,
            HttpSettings::from,
            AdminSettings::from,
            NodeLogins::check,
            postrider -> KeyFiles.check(SigningSettings.from(postrider)),
            EndpointSettings::metrics,
            postrider -> HistorySettings.from(postrider.getConfig("history")),
            postrider -> EventStreamSettings.from(postrider.getConfig("events")),
            postrider -> EventSettings.from(postrider.getConfig("events")),
            postrider -> LogSettings.from(postrider.getConfig("log")),
            postrider -> MetricsSettings.from(postrider.getConfig("metrics")),
            TemplateSettings::from,
            postrider -> RetrySettings.from(postrider.getConfig("retry")));

    private SettingsCheck() {}

    static void check(Config config, Consumer<Finding> findings) {
        for (Consumer<Config> read : PACKAGES) {
            complaint(config, read).ifPresent(findings);
        }
    }

    private static Optional<Finding> complaint(Config config, Consumer<Config> read) {
        try {
            read.accept(config.getConfig("postrider"));
            return Optional.empty();
        } catch (ConfigException wrong) {
            ConfigOrigin origin = wrong.origin() == null ? config.root().origin() : wrong.origin();
            return Optional.of(Finding.error("", origin, withoutPlace(wrong)));
        } catch (IllegalArgumentException outOfRange) {
            return Optional.of(finding(config, String.valueOf(outOfRange.getMessage())));
        }
    }

    /** A complaint starts with the full key and a colon. */
    static Finding finding(Config config, String complaint) {
        int colon = complaint.indexOf(": ");
        if (!complaint.startsWith(PREFIX) || colon < 0) {
            return Finding.error("", config.getValue("postrider").origin(), complaint);
        }
        String key = complaint.substring(0, colon);
        return Finding.error(key, origin(config, key.substring(PREFIX.length())), complaint.substring(colon + 2));
    }

    /** Of the key, or of the nearest section above it that exists. */
    private static ConfigOrigin origin(Config config, String key) {
        ConfigValue found = config.getValue("postrider");
        for (String name : names(key)) {
            Optional<ConfigValue> below = below(found, name);
            if (below.isEmpty()) {
                return found.origin();
            }
            found = below.get();
        }
        return found.origin();
    }

    private static List<String> names(String key) {
        try {
            return ConfigUtil.splitPath(key.replace("[", ".\"[").replace("]", "]\""));
        } catch (ConfigException notAPath) {
            return List.of(key.split("\\."));
        }
    }

    private static Optional<ConfigValue> below(ConfigValue value, String name) {
        if (value instanceof ConfigObject section) {
            return Optional.ofNullable(section.get(name));
        }
        if (value instanceof List<?> list && name.startsWith("[") && name.endsWith("]")) {
            int index = Integer.parseInt(name.substring(1, name.length() - 1));
            return index < list.size() ? Optional.of((ConfigValue) list.get(index)) : Optional.empty();
        }
        return Optional.empty();
    }

    /** The library starts its messages with the origin, which a finding has on its own. */
    static String withoutPlace(ConfigException wrong) {
        String message = String.valueOf(wrong.getMessage());
        String place = wrong.origin() == null ? "" : wrong.origin().description() + ": ";
        return message.startsWith(place) ? message.substring(place.length()) : message;
    }
}
