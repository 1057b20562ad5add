package io.postrider.dkim;

import java.security.MessageDigest;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Ed25519 over SHA-256 (RFC 8463 §3): short keys and signatures, and the cheaper one to make. */
final class Ed25519Key implements SigningKey {

    private final Ed25519PrivateKeyParameters key;

    /** @param seed 32 bytes */
    Ed25519Key(byte[] seed) {
        key = new Ed25519PrivateKeyParameters(seed, 0);
    }

    @Override
    public String algorithm() {
        return "ed25519-sha256";
    }

    @Override
    public String type() {
        return "ed25519";
    }

    @Override
    public int bits() {
        return 256;
    }

    @Override
    public byte[] published() {
        return key.generatePublicKey().getEncoded();
    }

    @Override
    public byte[] sign(byte[] bytes, int length) {
        MessageDigest sha256 = Sha256.digest();
        sha256.update(bytes, 0, length);
        byte[] hash = sha256.digest();
        byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
        key.sign(Ed25519.Algorithm.Ed25519, null, hash, 0, hash.length, signature, 0);
        return signature;
    }
}
