package io.postrider.dkim;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * A public key as DNS holds it (RFC 6376 §3.6.1, RFC 8463 §4.2).
 *
 * @param type {@code rsa} or {@code ed25519}, or what else is written there
 * @param key empty when it was revoked
 * @param takesSha256 whether it is for signatures over SHA-256
 * @param forMail whether it is for mail
 * @param testing whether its owner says not to rely on it ({@code t=y})
 * @param exact whether {@code i=} must not be below {@code d=} ({@code t=s})
 */
public record PublishedKey(
        String type, byte[] key, boolean takesSha256, boolean forMail, boolean testing, boolean exact) {

    /** Empty when the text is no key record. */
    public static Optional<PublishedKey> parse(String record) {
        return TagList.parse(record)
                .filter(tags -> tags.packed("v").orElse("DKIM1").equals("DKIM1"))
                .flatMap(tags -> tags.packed("p").flatMap(PublishedKey::decoded).map(key -> {
                    String flags = tags.packed("t").orElse("");
                    return new PublishedKey(
                            tags.packed("k").orElse("rsa"),
                            key,
                            lists(tags.packed("h").orElse("sha256"), "sha256"),
                            lists(tags.packed("s").orElse("*"), "email")
                                    || lists(tags.packed("s").orElse("*"), "*"),
                            lists(flags, "y"),
                            lists(flags, "s"));
                }));
    }

    public boolean isRevoked() {
        return key.length == 0;
    }

    /** Whether it is the public half of this key. */
    public boolean belongsTo(SigningKey signing) {
        return type.equals(signing.type()) && Arrays.equals(key, signing.published());
    }

    /** @throws GeneralSecurityException when this is no key of its type */
    boolean verifies(byte[] bytes, int length, byte[] signature) throws GeneralSecurityException {
        if (type.equals("ed25519")) {
            if (key.length != Ed25519PublicKeyParameters.KEY_SIZE) {
                throw new GeneralSecurityException("an Ed25519 key of " + key.length + " bytes");
            }
            byte[] hash = Sha256.digest().digest(Arrays.copyOf(bytes, length));
            Ed25519Signer verifier = new Ed25519Signer();
            verifier.init(false, new Ed25519PublicKeyParameters(key, 0));
            verifier.update(hash, 0, hash.length);
            return verifier.verifySignature(signature);
        }
        Signature verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(key)));
        verifier.update(bytes, 0, length);
        return verifier.verify(signature);
    }

    private static Optional<byte[]> decoded(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    private static boolean lists(String colons, String word) {
        return (":" + colons + ":").contains(":" + word + ":");
    }
}
