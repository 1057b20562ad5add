package io.postrider.dkim;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * RSA over SHA-256 (RFC 8301). Setting up a signature object costs more than a hash, so those that were used are kept: as
 * many as there were threads signing at once.
 */
final class RsaKey implements SigningKey {

    /** RFC 8301 §3.2: shorter ones are not used. */
    private static final int FEWEST_BITS = 1024;

    private static final int ENOUGH_BITS = 2048;

    private final RSAPrivateCrtKey key;
    private final byte[] published;
    private final Queue<Signature> idle = new ConcurrentLinkedQueue<>();

    private RsaKey(RSAPrivateCrtKey key, byte[] published) {
        this.key = key;
        this.published = published;
    }

    static RsaKey of(RSAPrivateCrtKey key) {
        BigInteger modulus = key.getModulus();
        if (modulus.bitLength() < FEWEST_BITS) {
            throw new IllegalArgumentException("expected an RSA key of at least " + FEWEST_BITS
                    + " bits (RFC 8301 §3.2), but this one has " + modulus.bitLength());
        }
        try {
            byte[] published = KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(modulus, key.getPublicExponent()))
                    .getEncoded();
            return new RsaKey(key, published);
        } catch (GeneralSecurityException wrong) {
            throw new IllegalArgumentException("expected an RSA key, but its numbers are wrong", wrong);
        }
    }

    @Override
    public String algorithm() {
        return "rsa-sha256";
    }

    @Override
    public String type() {
        return "rsa";
    }

    @Override
    public int bits() {
        return key.getModulus().bitLength();
    }

    @Override
    public byte[] published() {
        return published.clone();
    }

    @Override
    public List<String> warnings() {
        return bits() < ENOUGH_BITS
                ? List.of("an RSA key of " + bits() + " bits: receivers may not trust it, use 2048 (RFC 8301 §3.2)")
                : List.of();
    }

    /** A signature object that failed is not used again. */
    @Override
    public byte[] sign(byte[] bytes, int length) throws GeneralSecurityException {
        Optional<Signature> used = Optional.ofNullable(idle.poll());
        Signature signature = used.isPresent() ? used.get() : RsaProvider.signature(key);
        signature.update(bytes, 0, length);
        byte[] signed = signature.sign();
        idle.add(signature);
        return signed;
    }
}
