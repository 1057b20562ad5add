package io.postrider;

import com.typesafe.config.ConfigException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at a configuration without starting anything: what is wrong, and what is unwise. */
public final class ConfigurationCheck {

    private ConfigurationCheck() {}

    /** Errors and warnings in the order of files and lines; empty when nothing is to be said. Throws nothing. */
    public static List<Finding> check(Optional<Path> file, Map<String, String> overrides) {
        Loading loading = Loading.of(file, overrides);
        List<Finding> findings = new ArrayList<>(loading.findings());
        if (findings.stream().noneMatch(Finding::isError)) {
            findings.addAll(Unwise.in(loading.config()));
            findings.addAll(NobodyYet.in(loading.config()));
        }
        findings.addAll(certificates(loading));
        return Loading.inOrder(findings);
    }

    /** Beside other errors too, so that everything which is missing is named at once. */
    private static List<Finding> certificates(Loading loading) {
        try {
            return CertificateCheck.all(loading.config(), Instant.now());
        } catch (ConfigException | IllegalArgumentException toldAlready) {
            return List.of();
        }
    }
}
