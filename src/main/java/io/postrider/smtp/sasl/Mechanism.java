package io.postrider.smtp.sasl;

import java.util.Locale;
import java.util.Optional;

/** The mechanisms that we know, the best first. */
public enum Mechanism {
    SCRAM_SHA_256_PLUS("SCRAM-SHA-256-PLUS"),
    SCRAM_SHA_256("SCRAM-SHA-256"),
    PLAIN("PLAIN"),
    LOGIN("LOGIN");

    private final String word;

    Mechanism(String word) {
        this.word = word;
    }

    /** Its registered name. */
    public String word() {
        return word;
    }

    /** Without case. */
    public static Optional<Mechanism> of(String word) {
        String upper = word.toUpperCase(Locale.ROOT);
        for (Mechanism mechanism : values()) {
            if (mechanism.word.equals(upper)) {
                return Optional.of(mechanism);
            }
        }
        return Optional.empty();
    }

    /** One more authentication. */
    public Exchange begin(SaslHost host) {
        return switch (this) {
            case SCRAM_SHA_256_PLUS -> new Scram(host, true);
            case SCRAM_SHA_256 -> new Scram(host, false);
            case PLAIN -> new Plain();
            case LOGIN -> new Login();
        };
    }
}
