package io.postrider.tls;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSession;

/**
 * What tells one TLS connection from all others, so that a log-in can be bound to it: {@code tls-server-end-point}
 * (RFC 5929 §4) always, {@code tls-exporter} (RFC 9266) under TLS 1.3 and a JDK of at least 25, whose sessions can export
 * keys. {@code tls-unique} is not to be had of the JDK, and does not exist in TLS 1.3.
 */
public final class ChannelBindings {

    /** Of a connection that is not encrypted. */
    public static final ChannelBindings NONE = new ChannelBindings(Optional.empty(), Optional.empty());

    private static final String EXPORTER_LABEL = "EXPORTER-Channel-Binding";
    private static final int EXPORTER_BYTES = 32;
    private static final Optional<MethodHandle> EXPORT = export();

    private final Optional<byte[]> serverEndPoint;
    private final Optional<byte[]> exporter;

    private ChannelBindings(Optional<byte[]> serverEndPoint, Optional<byte[]> exporter) {
        this.serverEndPoint = serverEndPoint;
        this.exporter = exporter;
    }

    /** Of a server's session after the handshake. */
    static ChannelBindings ofServer(SSLSession session) {
        Certificate[] shown = session.getLocalCertificates();
        Optional<byte[]> endPoint = shown != null && shown.length > 0 && shown[0] instanceof X509Certificate own
                ? serverEndPoint(own)
                : Optional.empty();
        return new ChannelBindings(endPoint, exported(session));
    }

    public boolean hasAny() {
        return serverEndPoint.isPresent() || exporter.isPresent();
    }

    /** @param type by its registered name */
    public Optional<byte[]> of(String type) {
        return switch (type) {
            case "tls-server-end-point" -> serverEndPoint;
            case "tls-exporter" -> exporter;
            default -> Optional.empty();
        };
    }

    /** The hash of the signature's algorithm, but SHA-256 in place of MD5 and SHA-1; undefined where there is none. */
    static Optional<byte[]> serverEndPoint(X509Certificate certificate) {
        String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        int with = algorithm.indexOf("WITH");
        if (with <= 0) {
            return Optional.empty();
        }
        String hash =
                switch (algorithm.substring(0, with)) {
                    case "MD5", "SHA1", "SHA256" -> "SHA-256";
                    case "SHA224" -> "SHA-224";
                    case "SHA384" -> "SHA-384";
                    case "SHA512" -> "SHA-512";
                    default -> "";
                };
        try {
            return hash.isEmpty()
                    ? Optional.empty()
                    : Optional.of(MessageDigest.getInstance(hash).digest(certificate.getEncoded()));
        } catch (GeneralSecurityException notToBeHashed) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> exported(SSLSession session) {
        boolean fits =
                session instanceof ExtendedSSLSession && session.getProtocol().equals("TLSv1.3");
        if (!fits || EXPORT.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of((byte[])
                    EXPORT.get().invoke((ExtendedSSLSession) session, EXPORTER_LABEL, new byte[0], EXPORTER_BYTES));
        } catch (Throwable providerCannot) {
            return Optional.empty();
        }
    }

    /** Not in the JDK that we compile for. */
    private static Optional<MethodHandle> export() {
        try {
            return Optional.of(MethodHandles.publicLookup()
                    .findVirtual(
                            ExtendedSSLSession.class,
                            "exportKeyingMaterialData",
                            MethodType.methodType(byte[].class, String.class, byte[].class, int.class)));
        } catch (ReflectiveOperationException olderJdk) {
            return Optional.empty();
        }
    }
}
