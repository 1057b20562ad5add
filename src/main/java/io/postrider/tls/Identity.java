package io.postrider.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate with its key.
 *
 * @param chain our own certificate first
 * @param file where it comes from
 */
public record Identity(PrivateKey privateKey, List<X509Certificate> chain, HostNames names, Path file) {

    private static final byte[] PROBE = "which key signs this?".getBytes(StandardCharsets.US_ASCII);

    public Identity {
        chain = List.copyOf(chain);
    }

    /**
     * Reads the files: blocks.
     *
     * @throws IOException when a file cannot be read, is no PEM, or the key does not belong to the certificate; the message
     *     names the file
     */
    public static Identity read(CertificateFiles files) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(files.certificate());
        PrivateKey key = PemFiles.privateKey(files.key(), files.passphrase());
        X509Certificate own = chain.get(0);
        if (!belongTogether(key, own.getPublicKey())) {
            throw new IOException("expected the key in " + files.key() + " to belong to the first certificate in "
                    + files.certificate() + ", but it does not");
        }
        return new Identity(key, chain, HostNames.of(own), files.certificate());
    }

    /**
     * Reads certificates alone, such as those of authorities.
     *
     * @return at least one
     * @throws IOException when the file cannot be read or holds none
     */
    public static List<X509Certificate> readCertificates(Path file) throws IOException {
        return PemFiles.certificates(file);
    }

    /** The certificate that says who we are. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    public Instant expiresAt() {
        return certificate().getNotAfter().toInstant();
    }

    private static boolean belongTogether(PrivateKey key, PublicKey certified) throws IOException {
        if (!key.getAlgorithm().equals(certified.getAlgorithm())
                && !(key.getAlgorithm().startsWith("EC")
                        && certified.getAlgorithm().startsWith("EC"))) {
            return false;
        }
        try {
            Signature signer = Signature.getInstance(signature(key));
            signer.initSign(key);
            signer.update(PROBE);
            Signature verifier = Signature.getInstance(signature(key));
            verifier.initVerify(certified);
            verifier.update(PROBE);
            return verifier.verify(signer.sign());
        } catch (java.security.SignatureException another) {
            return false;
        } catch (GeneralSecurityException unusable) {
            throw new IOException("expected an RSA or EC key, but got " + key.getAlgorithm(), unusable);
        }
    }

    private static String signature(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }
}
