package io.postrider.smtp;

/**
 * Whether clients of a listener may or must say who they are (RFC 4954).
 *
 * @param offered whether there is anybody who could
 * @param required whether nothing is taken from others
 * @param requireTls whether a password may cross the network under TLS alone
 */
public record AuthTerms(boolean offered, boolean required, boolean requireTls) {

    public static final AuthTerms OFF = new AuthTerms(false, false, true);
}
