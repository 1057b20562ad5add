package io.postrider.smtp.sasl;

/**
 * What a server keeps of a password for SCRAM-SHA-256 (RFC 5802 §5.1): neither the password nor enough to log in
 * elsewhere.
 *
 * @param salt of this user
 * @param iterations of the hash, at least 4096 (RFC 7677 §4)
 * @param storedKey 32 bytes
 * @param serverKey 32 bytes
 */
public record ScramKeys(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {

    /** Shows no key. */
    @Override
    public String toString() {
        return "ScramKeys[iterations=" + iterations + "]";
    }
}
