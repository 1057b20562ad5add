package io.postrider.mail;

/** What whoever handed in a message wants of TLS on its whole way (RFC 8689). */
public enum TlsWish {
    /** Nothing: each hop decides by its own rules and by what domains publish. */
    USUAL,
    /**
     * REQUIRETLS: only to servers whose name is certain, whose certificate proves it, and who ask the same of the next
     * one.
     */
    REQUIRED,
    /** {@code TLS-Required: No}: rather in plain text, or to whoever answers, than not at all. */
    OPTIONAL;

    /** Both were asked for: "the TLS-Required header field MUST be ignored" (RFC 8689 §4.1). */
    public TlsWish or(TlsWish other) {
        return this == REQUIRED || other == USUAL ? this : other;
    }
}
