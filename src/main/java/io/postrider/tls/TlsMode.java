package io.postrider.tls;

import java.util.Locale;
import java.util.Optional;

/** How much encryption towards another server is asked for. */
public enum TlsMode {
    /** Plain text, whatever the server offers. */
    NONE,
    /** Where the server offers it; whose certificate it is does not matter (RFC 7435). */
    OPPORTUNISTIC,
    /** Always, or the mail waits; whose certificate it is does not matter. */
    REQUIRED,
    /** Always, and by a certificate that proves the server's name, or the mail waits. */
    VERIFY;

    /** Reads {@code opportunistic}. */
    public static Optional<TlsMode> parse(String text) {
        for (TlsMode mode : values()) {
            if (mode.label().equals(text)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }

    /** As settings call it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
