package io.postrider.dkim;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Base64;
import java.util.List;

/** A private key that signs mail. Safe for all threads. */
public sealed interface SigningKey permits RsaKey, Ed25519Key {

    /** The value of {@code a=}: {@code rsa-sha256} or {@code ed25519-sha256}. */
    String algorithm();

    /** The value of {@code k=} in its DNS record: {@code rsa} or {@code ed25519}. */
    String type();

    /** Length of the key. */
    int bits();

    /** What DNS publishes in {@code p=}: SubjectPublicKeyInfo for RSA, the bare key for Ed25519 (RFC 8463 §4.2). */
    byte[] published();

    /**
     * The signature over the first {@code length} bytes.
     *
     * @throws GeneralSecurityException when the key cannot sign
     */
    byte[] sign(byte[] bytes, int length) throws GeneralSecurityException;

    /** The text of the record that DNS is to hold at {@code SELECTOR._domainkey.DOMAIN}. */
    default String record() {
        return "v=DKIM1; k=" + type() + "; p=" + Base64.getEncoder().encodeToString(published());
    }

    /** What is unwise about it, in words for an operator. */
    default List<String> warnings() {
        return List.of();
    }

    /**
     * A key that signs with this one.
     *
     * @throws IllegalArgumentException when mail cannot be signed with it: EC, or RSA of less than 1024 bits (RFC 8301
     *     §3.2)
     */
    static SigningKey of(PrivateKey key) {
        if (key instanceof RSAPrivateCrtKey rsa) {
            return RsaKey.of(rsa);
        }
        if (key instanceof EdECPrivateKey ed && ed.getParams().getName().equals("Ed25519")) {
            return new Ed25519Key(ed.getBytes().orElseThrow());
        }
        throw new IllegalArgumentException("expected an RSA or Ed25519 key, but this one is " + key.getAlgorithm());
    }
}
