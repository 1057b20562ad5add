package io.postrider;

import com.typesafe.config.Config;
import io.postrider.mail.Domain;
import java.nio.file.Path;

/**
 * What concerns the node as a whole.
 *
 * @param name letters, digits, hyphens, dots and underscores
 * @param hostname a host name
 * @param dataDirectory relative to the working directory, or absolute
 * @param sync whether a 250 waits for the disk
 */
public record NodeSettings(String name, String hostname, Path dataDirectory, boolean sync) {

    public NodeSettings {
        boolean plain = !name.isEmpty()
                && name.chars().allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || "-._".indexOf(c) >= 0);
        if (!plain) {
            throw wrong("node.name", "letters, digits, hyphens, dots and underscores", name);
        }
        if (Domain.parse(hostname).filter(domain -> !domain.isLiteral()).isEmpty()) {
            throw wrong("node.hostname", "a host name such as relay.example.com", hostname);
        }
    }

    /** @param postrider the section {@code postrider} */
    public static NodeSettings from(Config postrider) {
        String directory = postrider.getString("data-dir");
        if (directory.isBlank()) {
            throw wrong("data-dir", "a directory", directory);
        }
        return new NodeSettings(
                postrider.getString("node.name"),
                postrider.getString("node.hostname"),
                Path.of(directory),
                sync(postrider.getString("sync")));
    }

    private static boolean sync(String word) {
        return switch (word) {
            case "always" -> true;
            case "never" -> false;
            default -> throw wrong("sync", "always or never", word);
        };
    }

    private static IllegalArgumentException wrong(String key, String expected, String value) {
        return new IllegalArgumentException(
                "postrider." + key + ": expected " + expected + ", but got '" + value + "'");
    }
}
