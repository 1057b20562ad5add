package io.postrider.tls;

/** Whether a server asks its clients for a certificate. One that is shown and not by our CA ends the handshake. */
public enum ClientCertificates {
    NONE,
    OPTIONAL,
    REQUIRED
}
