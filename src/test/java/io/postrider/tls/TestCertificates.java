package io.postrider.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** An authority for tests, and the certificates and clients that it makes. */
public final class TestCertificates {

    private static final SecureRandom RANDOM = new SecureRandom();

    /** A certificate with its key. */
    public record Made(KeyPair keys, X509Certificate certificate) {

        /** Writes both into one file, which appears whole. */
        public Path writeTo(Path file) throws IOException {
            return write(file, pem(certificate) + pem(keys.getPrivate()));
        }
    }

    private final Made authority;

    public TestCertificates() {
        try {
            KeyPair keys = keys("EC");
            authority = new Made(
                    keys,
                    certificate(
                            "CN=Test Authority", keys, keys, "CN=Test Authority", List.of(), Duration.ofDays(3650)));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public X509Certificate authority() {
        return authority.certificate();
    }

    /** @param keyType RSA or EC; names with @ are mailboxes */
    public Made make(String keyType, Duration validFor, String... names) {
        try {
            KeyPair keys = keys(keyType);
            String subject = "CN=" + names[0];
            return new Made(
                    keys,
                    certificate(subject, keys, authority.keys(), "CN=Test Authority", Arrays.asList(names), validFor));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public Made make(String keyType, String... names) {
        return make(keyType, Duration.ofDays(90), names);
    }

    /** By another issuer. @param names none for an authority */
    public static Made under(Made issuer, String subject, Duration validFor, String... names) {
        try {
            KeyPair keys = keys("EC");
            String by = issuer.certificate().getSubjectX500Principal().getName();
            return new Made(
                    keys, certificate("CN=" + subject, keys, issuer.keys(), by, Arrays.asList(names), validFor));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The authority with its key. */
    public Made root() {
        return authority;
    }

    public Path writeAuthority(Path file) throws IOException {
        return write(file, pem(authority.certificate()));
    }

    /** Signed by itself. */
    public static Made selfSigned(String name) {
        try {
            KeyPair keys = keys("EC");
            return new Made(
                    keys, certificate("CN=" + name, keys, keys, "CN=" + name, List.of(name), Duration.ofDays(90)));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A server with this certificate, which trusts the authority's clients. */
    public SSLContext server(Made own) {
        return server(own, new X509Certificate[0]);
    }

    /** @param behind what it shows besides its own */
    public SSLContext server(Made own, X509Certificate... behind) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            X509Certificate[] chain = new X509Certificate[behind.length + 1];
            chain[0] = own.certificate();
            System.arraycopy(behind, 0, chain, 1, behind.length);
            keys.setKeyEntry("own", own.keys().getPrivate(), new char[0], chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(keys, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), trust(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private TrustManager[] trust() throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", authority.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        return trust.getTrustManagers();
    }

    /** A client that trusts the authority, and shows these certificates if it is asked. */
    public SSLContext client(Made... own) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            List<Identity> identities = Arrays.stream(own)
                    .map(made -> new Identity(
                            made.keys().getPrivate(),
                            List.of(made.certificate()),
                            HostNames.of(made.certificate()),
                            Path.of("test")))
                    .toList();
            context.init(new javax.net.ssl.KeyManager[] {new SniKeys(identities)}, trust(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate or a key, as PKCS#8. */
    public static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(
                    object instanceof PrivateKey key ? new PemObject("PRIVATE KEY", key.getEncoded()) : object);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /** Replaces the file by another one at once. */
    public static Path write(Path file, String text) throws IOException {
        Path aside = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
        Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rw-------"));
        return Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static KeyPair keys(String type) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
        generator.initialize(type.equals("RSA") ? 2048 : 256, RANDOM);
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(
            String subject, KeyPair keys, KeyPair issuer, String issuerName, List<String> names, Duration validFor)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuerName),
                new BigInteger(64, RANDOM),
                Date.from(now.minus(Duration.ofDays(400))),
                Date.from(now.plus(validFor)),
                new X500Name(subject),
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(names.isEmpty()));
        if (!names.isEmpty()) {
            GeneralName[] all = names.stream()
                    .map(name ->
                            new GeneralName(name.contains("@") ? GeneralName.rfc822Name : GeneralName.dNSName, name))
                    .toArray(GeneralName[]::new);
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all));
        }
        String algorithm = issuer.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(issuer.getPrivate())));
    }
}
