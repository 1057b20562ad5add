package io.postrider;

import com.typesafe.config.ConfigValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys that belong to a version to come. They stop the start, for an operator who writes them relies on them; a value
 * that only says what this version does anyway passes.
 */
final class LaterKeys {

    /** What the key would do, and values that ask for nothing. */
    private record Later(String pattern, String feature, Set<Object> harmless) {}

    private static final Set<Object> NOTHING = Set.of();

    /** The first row that fits counts. {@code *} stands for one name, {@code **} for one or more, {@code []} for a list's element. */
    private static final List<Later> TABLE = List.of(
            new Later("storage", "storage other than embedded", Set.of("embedded")),
            new Later("cluster", "a cluster of several nodes", NOTHING),
            new Later("webhooks", "webhooks", NOTHING));

    private LaterKeys() {}

    /** Whether the table knows this key itself. */
    static boolean knows(List<String> path) {
        return find(path).isPresent();
    }

    /** Whether the table knows keys below this section. */
    static boolean knowsBelow(List<String> section) {
        return TABLE.stream().anyMatch(later -> {
            String[] pattern = later.pattern.split("\\.");
            return pattern.length > section.size() && startsWith(pattern, section, section.size());
        });
    }

    /** What is missing when this value asks for something that is not in this version. */
    static Optional<String> missing(List<String> path, ConfigValue value) {
        return find(path)
                .filter(later -> !later.harmless.contains(value.unwrapped()))
                .map(later -> later.feature);
    }

    private static Optional<Later> find(List<String> path) {
        return TABLE.stream()
                .filter(later -> fits(later.pattern.split("\\."), path))
                .findFirst();
    }

    private static boolean fits(String[] pattern, List<String> path) {
        int last = pattern.length - 1;
        return pattern[last].equals("**")
                ? path.size() > last && startsWith(pattern, path, last)
                : path.size() == pattern.length && startsWith(pattern, path, pattern.length);
    }

    private static boolean startsWith(String[] pattern, List<String> path, int names) {
        for (int i = 0; i < names; i++) {
            boolean element = pattern[i].equals("[]") && path.get(i).startsWith("[");
            if (!element && !pattern[i].equals("*") && !pattern[i].equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }
}
