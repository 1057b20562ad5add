package io.postrider.tls;

import java.util.Optional;

/** The versions that we speak. TLS 1.0 and 1.1 are dead (RFC 8996). */
public enum TlsVersion {
    V1_2("TLSv1.2"),
    V1_3("TLSv1.3");

    private final String protocol;

    TlsVersion(String protocol) {
        this.protocol = protocol;
    }

    /** As settings, logs and Java call it. */
    public String protocol() {
        return protocol;
    }

    /** Reads {@code TLSv1.2}, without case. */
    public static Optional<TlsVersion> parse(String text) {
        for (TlsVersion version : values()) {
            if (version.protocol.equalsIgnoreCase(text)) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }
}
