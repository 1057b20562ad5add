package io.postrider.tls;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * TLS of one listener.
 *
 * @param key the full key of the section, for complaints
 * @param certificates the first one goes to clients that name no host, or one that no certificate has; empty: no TLS
 * @param ciphers for TLS 1.2, by IANA's or OpenSSL's names; empty: forward secrecy and authenticated encryption
 * @param tls13Ciphers the same for TLS 1.3; empty: all
 * @param clientCa certificates of the authorities that clients' certificates must come from
 */
public record TlsSettings(
        String key,
        List<CertificateFiles> certificates,
        TlsVersion minVersion,
        List<String> ciphers,
        List<String> tls13Ciphers,
        ClientCertificates clientCertificates,
        Optional<Path> clientCa) {

    /** Each certificate is offered in turn to whoever names a host, and has a label in the metrics. */
    private static final int MOST_CERTIFICATES = 100;

    public TlsSettings {
        certificates = List.copyOf(certificates);
        ciphers = List.copyOf(ciphers);
        tls13Ciphers = List.copyOf(tls13Ciphers);
        if (certificates.size() > MOST_CERTIFICATES) {
            throw wrong(key, "certificates", "at most " + MOST_CERTIFICATES, certificates.size() + "");
        }
        checkNames(key, "ciphers", ciphers);
        checkNames(key, "tls13-ciphers", tls13Ciphers);
        if (clientCertificates != ClientCertificates.NONE && clientCa.isEmpty()) {
            throw wrong(key, "client-ca", "a file with the authorities of clients' certificates", "none");
        }
    }

    /** @param key the full key of the section */
    public static TlsSettings none(String key) {
        return new TlsSettings(
                key, List.of(), TlsVersion.V1_2, List.of(), List.of(), ClientCertificates.NONE, Optional.empty());
    }

    /** Whether there is a certificate, and so TLS. */
    public boolean isOffered() {
        return !certificates.isEmpty();
    }

    /**
     * What a section's {@code tls} says, and {@code tls.server-defaults} where it is silent.
     *
     * @param postrider the section {@code postrider}
     * @param section below it
     */
    public static TlsSettings of(Config postrider, String section) {
        Config own = postrider.getConfig(section + ".tls");
        return from(own.withFallback(postrider.getConfig("tls.server-defaults")), "postrider." + section + ".tls");
    }

    /**
     * @param tls the section
     * @param key its full key
     */
    public static TlsSettings from(Config tls, String key) {
        List<CertificateFiles> certificates = new ArrayList<>();
        if (!tls.getString("certificate").isBlank()) {
            certificates.add(files(tls, key));
        } else {
            for (String needless : List.of("key", "passphrase-file")) {
                if (!tls.getString(needless).isBlank()) {
                    throw wrong(key, "certificate", "a file that goes with " + needless, "none");
                }
            }
        }
        for (Config further : tls.getConfigList("certificates")) {
            if (certificates.isEmpty()) {
                throw wrong(key, "certificate", "the one for clients that name no host", "only others for some hosts");
            }
            certificates.add(
                    files(further.withFallback(NOTHING), key + ".certificates[" + (certificates.size() - 1) + "]"));
        }
        String version = tls.getString("min-version");
        return new TlsSettings(
                key,
                certificates,
                TlsVersion.parse(version).orElseThrow(() -> wrong(key, "min-version", "TLSv1.2 or TLSv1.3", version)),
                tls.getStringList("ciphers"),
                tls.getStringList("tls13-ciphers"),
                clientCertificates(tls, key),
                path(tls, "client-ca"));
    }

    private static final Config NOTHING =
            com.typesafe.config.ConfigFactory.parseString("certificate = \"\", key = \"\", passphrase-file = \"\"");

    private static CertificateFiles files(Config section, String key) {
        Path certificate = path(section, "certificate").orElseThrow(() -> wrong(key, "certificate", "a file", "none"));
        return new CertificateFiles(
                certificate, path(section, "key").orElse(certificate), path(section, "passphrase-file"));
    }

    private static Optional<Path> path(Config section, String key) {
        String text = section.getString(key);
        return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
    }

    private static ClientCertificates clientCertificates(Config tls, String key) {
        String text = tls.getString("client-certificates");
        for (ClientCertificates value : ClientCertificates.values()) {
            if (value.name().equalsIgnoreCase(text)) {
                return value;
            }
        }
        throw wrong(key, "client-certificates", "none, optional or required", text);
    }

    private static void checkNames(String key, String list, List<String> names) {
        for (String name : names) {
            if (CipherSuites.find(name).isEmpty()) {
                throw wrong(
                        key,
                        list,
                        "names such as ECDHE-RSA-AES256-GCM-SHA384 or TLS_AES_256_GCM_SHA384 of suites for TLS 1.2 and"
                                + " 1.3",
                        name.toLowerCase(Locale.ROOT).contains(":") ? name + "; write a list" : name);
            }
        }
    }

    private static IllegalArgumentException wrong(String key, String name, String expected, String got) {
        return new IllegalArgumentException(key + "." + name + ": expected " + expected + ", but got " + got);
    }
}
