package io.postrider;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A configuration that may be used: every key of Postrider's is known, of the right type and in its range.
 *
 * @param config everything, resolved: Postrider's settings under {@code postrider}, and Pekko's
 */
public record Configuration(Config config) {

    /**
     * Reads the operator's file over the defaults of {@code pekko.conf} and {@code reference.conf}. System properties
     * play no part; {@code ${NAME}} in the file takes environment variables.
     *
     * @param file empty: the defaults alone
     * @param overrides full keys with values as HOCON would have them, stronger than the file
     * @throws ConfigurationException with everything that is wrong, each with key, file and line
     */
    public static Configuration load(Optional<Path> file, Map<String, String> overrides) {
        Loading loading = Loading.of(file, overrides);
        List<Finding> errors =
                loading.findings().stream().filter(Finding::isError).toList();
        if (!errors.isEmpty()) {
            throw new ConfigurationException(errors);
        }
        return new Configuration(loading.config());
    }

    /** The section {@code postrider}, as the settings of all packages want it. */
    public Config postrider() {
        return config.getConfig("postrider");
    }
}
