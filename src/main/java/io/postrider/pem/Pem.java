package io.postrider.pem;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Reads PEM files. Bouncy Castle reads the formats; what comes out are keys and certificates of the JDK, which its TLS and
 * signatures take as they are. No provider is installed. Computes only, but an encrypted key costs tens of milliseconds by
 * its design.
 */
public final class Pem {

    /** A file of keys or certificates is smaller, in bytes; who reads one may stop there. */
    public static final int MOST_BYTES = 1 << 20;

    private Pem() {}

    /**
     * The only private key in a file: RSA, EC or Ed25519 as PKCS#8 ({@code PRIVATE KEY}, {@code ENCRYPTED PRIVATE KEY}),
     * PKCS#1 ({@code RSA PRIVATE KEY}) or SEC 1 ({@code EC PRIVATE KEY}), the latter two also encrypted the old way
     * ({@code Proc-Type}). Certificates and parameters beside it are passed over.
     *
     * @param passphrase for an encrypted key; it does not matter for one that is not
     * @throws PemException when there is no key, or more than one, or it cannot be read
     */
    public static PrivateKey privateKey(byte[] file, Optional<char[]> passphrase) throws PemException {
        List<PemBlock> blocks = PemBlock.all(file);
        List<PemBlock> keys = blocks.stream().filter(PemBlock::isPrivateKey).toList();
        if (keys.isEmpty()) {
            throw new PemException(1, "expected a PEM private key, but the file holds " + holds(blocks));
        }
        if (keys.size() > 1) {
            throw new PemException(keys.get(1).line(), "expected one private key, but this is another one");
        }
        PemBlock key = keys.get(0);
        try {
            return jdkKey(key, info(key, passphrase));
        } catch (IOException | RuntimeException damaged) {
            throw new PemException(key.line(), "expected " + key.article() + ", but its content is damaged", damaged);
        }
    }

    /**
     * The certificates of a file in their order. Keys beside them are passed over.
     *
     * @return at least one
     * @throws PemException when there is none, or one cannot be read
     */
    public static List<X509Certificate> certificates(byte[] file) throws PemException {
        List<PemBlock> blocks = PemBlock.all(file);
        List<X509Certificate> certificates = new ArrayList<>();
        for (PemBlock block : blocks) {
            if (block.isCertificate()) {
                certificates.add(certificate(block));
            }
        }
        if (certificates.isEmpty()) {
            throw new PemException(1, "expected a PEM certificate, but the file holds " + holds(blocks));
        }
        return certificates;
    }

    /** A passphrase as it stands in a file of its own: the first line, without its end. */
    public static char[] passphrase(byte[] file) {
        String text = new String(file, StandardCharsets.UTF_8);
        return text.lines().findFirst().orElse("").toCharArray();
    }

    private static String holds(List<PemBlock> blocks) {
        return blocks.isEmpty()
                ? "none"
                : blocks.stream().map(PemBlock::article).distinct().collect(Collectors.joining(" and "));
    }

    private static PrivateKeyInfo info(PemBlock key, Optional<char[]> passphrase) throws PemException, IOException {
        Object read;
        try (PEMParser parser = new PEMParser(new StringReader(key.text()))) {
            read = parser.readObject();
        }
        if (read instanceof PrivateKeyInfo info) {
            return info;
        }
        if (read instanceof PEMKeyPair pair) {
            return pair.getPrivateKeyInfo();
        }
        if (read instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
            char[] secret = secret(key, passphrase);
            try {
                return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                        .setProvider(new BouncyCastleProvider())
                        .build(secret));
            } catch (PKCSException | OperatorCreationException | RuntimeException wrong) {
                throw wrongPassphrase(key, wrong);
            }
        }
        if (read instanceof PEMEncryptedKeyPair encrypted) {
            char[] secret = secret(key, passphrase);
            try {
                return encrypted
                        .decryptKeyPair(new JcePEMDecryptorProviderBuilder()
                                .setProvider(new BouncyCastleProvider())
                                .build(secret))
                        .getPrivateKeyInfo();
            } catch (IOException | RuntimeException wrong) {
                throw wrongPassphrase(key, wrong);
            }
        }
        throw new PemException(
                key.line(),
                "expected a key as PKCS#8, PKCS#1 or SEC 1, but this is " + key.article()
                        + "; openssl pkcs8 -topk8 converts it");
    }

    private static char[] secret(PemBlock key, Optional<char[]> passphrase) throws PemException {
        return passphrase.orElseThrow(
                () -> new PemException(key.line(), "the key is encrypted: expected a passphrase"));
    }

    private static PemException wrongPassphrase(PemBlock key, Exception cause) {
        return new PemException(key.line(), "the key cannot be decrypted: the passphrase is wrong", cause);
    }

    private static PrivateKey jdkKey(PemBlock key, PrivateKeyInfo info) throws PemException, IOException {
        ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
        String name = name(algorithm);
        if (name.isEmpty()) {
            throw new PemException(
                    key.line(), "expected an RSA, EC or Ed25519 key, but its algorithm is " + algorithm.getId());
        }
        try {
            return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException wrong) {
            throw new PemException(key.line(), "expected an " + name + " key, but its content is damaged", wrong);
        }
    }

    private static String name(ASN1ObjectIdentifier algorithm) {
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return "RSA";
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return "EC";
        }
        return algorithm.equals(EdECObjectIdentifiers.id_Ed25519) ? "Ed25519" : "";
    }

    private static X509Certificate certificate(PemBlock block) throws PemException {
        try (PemReader reader = new PemReader(new StringReader(block.text()))) {
            PemObject object = reader.readPemObject();
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(object.getContent()));
        } catch (IOException | GeneralSecurityException | RuntimeException damaged) {
            throw new PemException(block.line(), "expected a certificate, but its content is damaged", damaged);
        }
    }
}
