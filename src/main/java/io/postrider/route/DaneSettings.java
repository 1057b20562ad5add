package io.postrider.route;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who says what of the DNS is proven. Every value is explained at its key in {@code reference.conf}.
 *
 * @param anchors where the chain of signatures begins; empty: the root's keys that we bring
 * @param keys of signed zones that are remembered, and of zones that are proven to be unsigned
 */
public record DaneSettings(Dnssec dnssec, Optional<Path> anchors, int keys) {

    private static final String PREFIX = "postrider.egress.dane.";

    /** Who checks the signatures. */
    public enum Dnssec {
        /** Nobody: all answers count as insecure. */
        OFF,
        /** The resolver, whose word (the AD bit) is taken for it. */
        RESOLVER,
        /** We. */
        VALIDATE
    }

    public static final DaneSettings OFF = new DaneSettings(Dnssec.OFF, Optional.empty(), 5000);

    public DaneSettings {
        if (keys < 1 || keys > 1_000_000) {
            throw new IllegalArgumentException(PREFIX + "key-cache-size: expected 1 to 1000000, but got " + keys);
        }
    }

    /** @param dane the section {@code postrider.egress.dane} */
    static DaneSettings from(Config dane) {
        String file = dane.getString("trust-anchors");
        DaneSettings settings = new DaneSettings(
                dnssec(dane.getString("dnssec")),
                file.isBlank() ? Optional.empty() : Optional.of(Path.of(file)),
                dane.getInt("key-cache-size"));
        if (settings.dnssec == Dnssec.VALIDATE) {
            TrustAnchors.read(settings.anchors);
        }
        return settings;
    }

    private static Dnssec dnssec(String text) {
        return switch (text) {
            case "off" -> Dnssec.OFF;
            case "resolver" -> Dnssec.RESOLVER;
            case "validate" -> Dnssec.VALIDATE;
            default ->
                throw new IllegalArgumentException(
                        PREFIX + "dnssec: expected off, resolver or validate, but got " + text);
        };
    }
}
