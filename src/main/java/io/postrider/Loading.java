package io.postrider;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One reading of a configuration, with everything that was noticed on the way.
 *
 * @param config resolved; the defaults alone when the file or the overrides could not be read
 */
record Loading(Config config, List<Finding> findings) {

    private static final String OVERRIDES = "command line";
    private static final String SEED_NODES = "pekko.cluster.seed-nodes";

    static Loading of(Optional<Path> file, Map<String, String> overrides) {
        List<Finding> findings = new ArrayList<>();
        Config defaults =
                ConfigFactory.parseResources("pekko.conf").withFallback(ConfigFactory.parseResources("reference.conf"));
        Config operator = file.map(path -> read(path, findings)).orElse(ConfigFactory.empty());
        Config stronger = overrides(overrides, findings);
        Config all = stronger.withFallback(operator).withFallback(defaults);
        try {
            Config resolved = all.resolve();
            check(resolved, defaults.resolve(), findings);
            if (findings.stream().noneMatch(Finding::isError)) {
                SettingsCheck.check(resolved, findings::add);
            }
            return new Loading(resolved, inOrder(findings));
        } catch (ConfigException unresolved) {
            findings.add(failure(unresolved, origin(file.map(Path::toString).orElse(OVERRIDES))));
            return new Loading(defaults.resolve(), inOrder(findings));
        }
    }

    /** Each once, by file and line. */
    static List<Finding> inOrder(List<Finding> findings) {
        return findings.stream()
                .distinct()
                .sorted(Comparator.comparing(Finding::file)
                        .thenComparingInt(Finding::line)
                        .thenComparing(Finding::key))
                .toList();
    }

    private static Config read(Path path, List<Finding> findings) {
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            findings.add(Finding.error("", origin(path.toString()), "expected a configuration file that can be read"));
            return ConfigFactory.empty();
        }
        try {
            ConfigParseOptions options = ConfigParseOptions.defaults().setAllowMissing(false);
            return ConfigFactory.parseFile(path.toFile(), options);
        } catch (ConfigException malformed) {
            findings.add(failure(malformed, origin(path.toString())));
            return ConfigFactory.empty();
        }
    }

    private static Config overrides(Map<String, String> overrides, List<Finding> findings) {
        Config all = ConfigFactory.empty();
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            try {
                ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription(OVERRIDES);
                all = ConfigFactory.parseString(override.getKey() + " = " + override.getValue(), options)
                        .withFallback(all);
            } catch (ConfigException malformed) {
                findings.add(failure(malformed, origin(OVERRIDES)));
            }
        }
        return all;
    }

    /** What came from the defaults passes, as the schema is made of them. */
    private static void check(Config source, Config defaults, List<Finding> findings) {
        for (Map.Entry<String, ConfigValue> entry : source.root().entrySet()) {
            ConfigValue value = entry.getValue();
            if (entry.getKey().equals("postrider") && value instanceof ConfigObject postrider) {
                Schema.of(defaults).check(postrider, findings::add);
            } else if (entry.getKey().equals("postrider") || NearestKey.slips(entry.getKey(), "postrider") <= 2) {
                findings.add(Finding.error(entry.getKey(), value.origin(), "expected a section postrider { … }"));
            } else if (!defaults.root().containsKey(entry.getKey())) {
                findings.add(Finding.warning(
                        entry.getKey(), value.origin(), "nothing reads this section; settings belong below postrider"));
            }
        }
        if (source.hasPath(SEED_NODES) && !source.getList(SEED_NODES).isEmpty()) {
            findings.add(Finding.error(
                    SEED_NODES,
                    source.getValue(SEED_NODES).origin(),
                    "a cluster of several nodes is not in this version, and embedded storage cannot serve one"));
        }
    }

    private static Finding failure(ConfigException failure, ConfigOrigin otherwise) {
        ConfigOrigin origin = failure.origin() == null ? otherwise : failure.origin();
        return Finding.error("", origin, SettingsCheck.withoutPlace(failure));
    }

    private static ConfigOrigin origin(String description) {
        return ConfigOriginFactory.newSimple(description);
    }
}
