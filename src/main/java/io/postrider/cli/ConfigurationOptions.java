package io.postrider.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which configuration {@code run} and {@code check} mean. */
final class ConfigurationOptions {

    private static final Path USUAL = Path.of("conf", "postrider.conf");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "the configuration (default conf/postrider.conf, here or else beside bin/)")
    private Optional<Path> named = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "overrides one key, the value as the file would have it: postrider.data-dir=/tmp/data; may be repeated")
    private Map<String, String> overrides = new LinkedHashMap<>();

    /** Empty when none is named and there is none at the usual places: the defaults alone. */
    Optional<Path> file() {
        if (named.isPresent() || Files.exists(USUAL)) {
            return named.or(() -> Optional.of(USUAL));
        }
        return Optional.ofNullable(System.getProperty("postrider.home"))
                .map(home -> Path.of(home).resolve(USUAL))
                .filter(Files::exists);
    }

    Map<String, String> overrides() {
        return overrides;
    }
}
