package io.postrider.tls;

import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** Settings that change nothing, as an operator should know who relies on them. */
public final class NoEffect {

    private NoEffect() {}

    /**
     * What has no effect, and why, by the names below the section.
     *
     * @param identities the certificates that the settings name
     */
    public static Map<String, String> in(TlsSettings settings, List<Identity> identities) {
        Map<String, String> found = new LinkedHashMap<>();
        if (settings.clientCa().isPresent() && settings.clientCertificates() == ClientCertificates.NONE) {
            found.put("client-ca", "no effect: client-certificates = none, so nobody is asked for one");
        }
        Set<String> supported = supported();
        settings.tls13Ciphers().forEach(name -> iana(name)
                .flatMap(suite -> CipherSuites.isTls13(suite)
                        ? unsupported(name, suite, supported)
                        : Optional.of(name + " has no effect: it is a suite of TLS 1.2, for ciphers"))
                .ifPresent(why -> found.putIfAbsent("tls13-ciphers", why)));
        if (!settings.ciphers().isEmpty() && settings.minVersion() == TlsVersion.V1_3) {
            found.put("ciphers", "no effect: they are for TLS 1.2, and min-version is TLSv1.3");
            return found;
        }
        settings.ciphers().forEach(name -> iana(name)
                .flatMap(suite -> CipherSuites.isTls13(suite)
                        ? Optional.of(name + " has no effect: it is a suite of TLS 1.3, for tls13-ciphers")
                        : unsupported(name, suite, supported).or(() -> unsigned(name, suite, identities)))
                .ifPresent(why -> found.putIfAbsent("ciphers", why)));
        return found;
    }

    private static Optional<String> iana(String name) {
        return CipherSuites.find(name);
    }

    private static Optional<String> unsupported(String name, String suite, Set<String> supported) {
        return supported.contains(suite)
                ? Optional.empty()
                : Optional.of(name + " has no effect: this Java does not have it");
    }

    /** In TLS 1.2 the suite says what kind of key must sign. */
    private static Optional<String> unsigned(String name, String suite, List<Identity> identities) {
        String needed = suite.contains("_ECDSA_") ? "EC" : "RSA";
        boolean has = identities.stream()
                .anyMatch(identity ->
                        identity.certificate().getPublicKey().getAlgorithm().equals(needed));
        return has
                ? Optional.empty()
                : Optional.of(name + " has no effect: no certificate here has an " + needed + " key");
    }

    private static Set<String> supported() {
        try {
            return Set.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        } catch (NoSuchAlgorithmException noTls) {
            return Set.of();
        }
    }
}
