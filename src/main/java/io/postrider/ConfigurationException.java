package io.postrider;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; the findings say all that is known to be wrong, in the order of files and lines. */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    ConfigurationException(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        this.findings = List.copyOf(findings);
    }

    /** At least one, all of them errors. */
    public List<Finding> findings() {
        return findings;
    }
}
