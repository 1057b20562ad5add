package io.postrider;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which keys there are below {@code postrider} and what kind of value each takes: exactly those of {@code
 * reference.conf}, and below the sections where the operator chooses names, what their pattern says.
 */
final class Schema {

    private static final String ANY_NAME = "*";

    /** Stands for values that the package itself checks. */
    private static final String ANY_VALUE = "any value";

    /** For sections with names of the operator's choice, under {@code "*"}, and for elements of lists. */
    private static final String PATTERNS =
            """
            postrider {
              egress.sources."*" { bind-v4 = "", bind-v6 = "", ehlo = "" }
              egress.pools."*" = [ { source = "", weight = 1 } ]
              egress.routes."*" = any value
              egress.per-site."*" = ${?postrider.egress.per-site.default}
              egress.per-domain."*" = ${?postrider.egress.per-domain.default} { retry = ${?postrider.retry}, tls = ${?postrider.egress.tls} }
              tls.server-defaults.certificates = [ { certificate = "", key = "", passphrase-file = "" } ]
              http.tls = ${?postrider.tls.server-defaults}
              admin.tls = ${?postrider.tls.server-defaults}
              metrics.tls = ${?postrider.tls.server-defaults}
              smtp.listener-defaults.tls = ${?postrider.tls.server-defaults}
              dkim.signers = [ ${?postrider.dkim.signer-defaults} { domain = "", selector = "", key-file = "" } ]
              smtp.listeners = [ ${?postrider.smtp.listener-defaults} { name = "", bind = "" } ]
            }
            """;

    private final ConfigObject patterns;

    private Schema(ConfigObject patterns) {
        this.patterns = patterns;
    }

    /** @param defaults {@code reference.conf}, resolved */
    static Schema of(Config defaults) {
        Config patterns = ConfigFactory.parseString(
                PATTERNS, ConfigParseOptions.defaults().setOriginDescription("patterns"));
        return new Schema(patterns.withFallback(defaults).resolve().getObject("postrider"));
    }

    /** Names what is unknown, ill-typed or not in this version below {@code postrider}. */
    void check(ConfigObject postrider, Consumer<Finding> findings) {
        checkSection(postrider, patterns, List.of(), findings);
    }

    private void checkSection(
            ConfigObject section, ConfigObject pattern, List<String> path, Consumer<Finding> findings) {
        for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
            List<String> below = with(path, entry.getKey());
            ConfigValue value = entry.getValue();
            ConfigValue expected = pattern.getOrDefault(ANY_NAME, pattern.get(entry.getKey()));
            if (LaterKeys.knows(below)) {
                LaterKeys.missing(below, value)
                        .ifPresent(feature -> findings.accept(
                                Finding.error(key(below), value.origin(), feature + " is not in this version")));
            } else if (expected != null) {
                checkValue(value, expected, below, findings);
            } else if (value instanceof ConfigObject later && LaterKeys.knowsBelow(below)) {
                checkSection(later, patterns.withoutKey(ANY_NAME), below, findings);
            } else {
                String hint = hint(entry.getKey(), pattern, path);
                findings.accept(Finding.error(key(below), value.origin(), "there is no such key" + hint));
            }
        }
    }

    private void checkValue(ConfigValue value, ConfigValue expected, List<String> path, Consumer<Finding> findings) {
        if (ANY_VALUE.equals(expected.unwrapped())) {
            return;
        }
        ValueKind kind = ValueKind.of(expected);
        if (!kind.accepts(value)) {
            String got = value.valueType() == ConfigValueType.OBJECT ? "a section" : shown(value);
            findings.accept(
                    Finding.error(key(path), value.origin(), "expected " + kind.expected() + ", but got " + got));
        } else if (value instanceof ConfigObject section && expected instanceof ConfigObject pattern) {
            checkSection(section, pattern, path, findings);
        } else if (value instanceof ConfigList list && expected instanceof ConfigList pattern) {
            checkElements(list, pattern, path, findings);
        }
    }

    /** Elements are what the pattern's element is; of a list that is empty by default, texts. */
    private void checkElements(ConfigList list, ConfigList pattern, List<String> path, Consumer<Finding> findings) {
        for (int i = 0; i < list.size(); i++) {
            List<String> below = with(path, "[" + i + "]");
            ConfigValue element = list.get(i);
            if (!pattern.isEmpty()) {
                checkValue(element, pattern.get(0), below, findings);
            } else if (!ValueKind.TEXT.accepts(element)) {
                findings.accept(
                        Finding.error(key(below), element.origin(), "expected a text, but got " + shown(element)));
            }
        }
    }

    private String hint(String wrong, ConfigObject pattern, List<String> path) {
        Set<String> neighbours = new LinkedHashSet<>(pattern.keySet());
        neighbours.remove(ANY_NAME);
        Optional<String> near = NearestKey.of(wrong, neighbours);
        if (near.isPresent()) {
            return "; did you mean " + key(with(path, near.get())) + "?";
        }
        List<String> elsewhere = new ArrayList<>();
        collect(wrong, patterns, List.of(), elsewhere);
        return elsewhere.isEmpty() ? "" : "; did you mean " + elsewhere.get(0) + "?";
    }

    private static void collect(String name, ConfigObject pattern, List<String> path, List<String> found) {
        for (Map.Entry<String, ConfigValue> entry : pattern.entrySet()) {
            List<String> below = with(path, entry.getKey());
            if (entry.getKey().equals(name)) {
                found.add(key(below));
            }
            if (entry.getValue() instanceof ConfigObject section) {
                collect(name, section, below, found);
            } else if (entry.getValue() instanceof ConfigList list
                    && !list.isEmpty()
                    && list.get(0) instanceof ConfigObject element) {
                collect(name, element, with(below, "[0]"), found);
            }
        }
    }

    private static String shown(ConfigValue value) {
        return value.render(ConfigRenderOptions.concise());
    }

    private static List<String> with(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }

    /** {@code postrider.smtp.listeners[0].bind}. */
    private static String key(List<String> path) {
        StringBuilder key = new StringBuilder("postrider");
        for (String name : path) {
            key.append(name.startsWith("[") && name.endsWith("]") ? name : "." + ConfigUtil.joinPath(name));
        }
        return key.toString();
    }
}
