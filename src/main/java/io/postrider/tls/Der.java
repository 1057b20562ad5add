package io.postrider.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Certificates and public keys from their bare bytes, nothing behind them. */
final class Der {

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519", "Ed448", "RSASSA-PSS");

    private Der() {}

    static X509Certificate certificate(byte[] bytes) throws GeneralSecurityException {
        X509Certificate certificate = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
        if (!Arrays.equals(certificate.getEncoded(), bytes)) {
            throw new InvalidKeySpecException("more than a certificate");
        }
        return certificate;
    }

    /** @param bytes a SubjectPublicKeyInfo */
    static PublicKey key(byte[] bytes) throws GeneralSecurityException {
        for (String algorithm : ALGORITHMS) {
            Optional<PublicKey> key = key(algorithm, bytes);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw new InvalidKeySpecException("no public key that we know");
    }

    private static Optional<PublicKey> key(String algorithm, byte[] bytes) throws GeneralSecurityException {
        try {
            PublicKey key = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(bytes));
            return Optional.of(key).filter(same -> Arrays.equals(same.getEncoded(), bytes));
        } catch (InvalidKeySpecException other) {
            return Optional.empty();
        }
    }
}
