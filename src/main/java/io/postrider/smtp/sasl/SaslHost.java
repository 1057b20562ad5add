package io.postrider.smtp.sasl;

import java.util.Optional;

/** What mechanisms ask of the node. Called on the session's own thread; must return at once. */
public interface SaslHost {

    /**
     * What is kept of this user's password. For a user that does not exist: keys that nobody's password fits, with a salt
     * that is the same whenever it is asked for, so that nobody learns who exists.
     */
    ScramKeys keys(String user);

    /** Printable characters without a comma that nobody can foresee, never the same. */
    String nonce();

    /** Whether the connection can be bound to: by any type. */
    boolean hasBindings();

    /** What tells this TLS connection from others: {@code tls-exporter} (RFC 9266) or {@code tls-server-end-point} (RFC 5929). */
    Optional<byte[]> binding(String type);
}
