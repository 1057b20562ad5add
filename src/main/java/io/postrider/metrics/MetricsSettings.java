package io.postrider.metrics;

import com.typesafe.config.Config;

/**
 * What is exposed.
 *
 * @param topDomains how many domains have a label of their own; all others share {@code other}
 */
public record MetricsSettings(int topDomains) {

    public MetricsSettings {
        if (topDomains < 0 || topDomains > 1000) {
            throw new IllegalArgumentException(
                    "postrider.metrics.top-domains: expected 0 to 1000, but got " + topDomains);
        }
    }

    /** @param metrics the {@code postrider.metrics} section */
    public static MetricsSettings from(Config metrics) {
        return new MetricsSettings(metrics.getInt("top-domains"));
    }
}
