package io.postrider.tls;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one section {@code tls} of the egress says. */
public record ClientTlsSettings(TlsMode mode, ClientTerms terms) {

    /**
     * @param tls the section, with all keys
     * @param key its full key, for complaints
     * @throws IllegalArgumentException when a value is none of those that it may be
     */
    public static ClientTlsSettings from(Config tls, String key) {
        String mode = tls.getString("mode");
        String version = tls.getString("min-version");
        TlsVersion min =
                TlsVersion.parse(version).orElseThrow(() -> wrong(key, "min-version", "TLSv1.2 or TLSv1.3", version));
        return new ClientTlsSettings(
                TlsMode.parse(mode)
                        .orElseThrow(() -> wrong(key, "mode", "none, opportunistic, required or verify", mode)),
                new ClientTerms(
                        min,
                        suites(tls, key, "ciphers", false),
                        suites(tls, key, "tls13-ciphers", true),
                        clear(tls.getString("on-handshake-failure"), key, min),
                        path(tls, "ca-file"),
                        certificate(tls, key)));
    }

    /** A stricter version must never mean plain text unless somebody says so. */
    private static boolean clear(String text, String key, TlsVersion min) {
        return switch (text) {
            case "auto" -> min == TlsVersion.V1_2;
            case "clear" -> true;
            case "defer" -> false;
            default -> throw wrong(key, "on-handshake-failure", "auto, clear or defer", text);
        };
    }

    private static List<String> suites(Config tls, String key, String list, boolean tls13) {
        List<String> names = tls.getStringList(list);
        for (String name : names) {
            boolean fits = CipherSuites.find(name)
                    .filter(suite -> CipherSuites.isTls13(suite) == tls13)
                    .isPresent();
            if (!fits) {
                String example = tls13 ? "TLS_AES_256_GCM_SHA384" : "ECDHE-RSA-AES256-GCM-SHA384";
                String version = tls13 ? "1.3" : "1.2";
                throw wrong(key, list, "names of suites for TLS " + version + " such as " + example, name);
            }
        }
        return names;
    }

    private static Optional<CertificateFiles> certificate(Config tls, String key) {
        Optional<Path> certificate = path(tls, "client-certificate");
        if (certificate.isEmpty()) {
            for (String needless : List.of("client-key", "client-passphrase-file")) {
                if (path(tls, needless).isPresent()) {
                    throw wrong(key, "client-certificate", "a file that goes with " + needless, "none");
                }
            }
        }
        return certificate.map(file ->
                new CertificateFiles(file, path(tls, "client-key").orElse(file), path(tls, "client-passphrase-file")));
    }

    /** A key that has no effect beside the others. */
    public record Idle(String key, String reason) {}

    /**
     * @param tls a section, with all keys
     * @param mayBeCertain something may say for certain who a server is (a route, DNSSEC, MTA-STS): then certificates are
     *     verified with any mode but none, where a policy asks for it or mail requires TLS
     */
    public static List<Idle> withoutEffect(Config tls, boolean mayBeCertain) {
        List<Idle> found = new ArrayList<>();
        ClientTlsSettings settings = from(tls, "");
        ClientTerms terms = settings.terms;
        if (settings.mode == TlsMode.NONE) {
            if (!terms.ciphers().isEmpty()) {
                found.add(new Idle("ciphers", "mode is none"));
            }
            if (!terms.tls13Ciphers().isEmpty()) {
                found.add(new Idle("tls13-ciphers", "mode is none"));
            }
        } else if (!terms.ciphers().isEmpty() && terms.minVersion() == TlsVersion.V1_3) {
            found.add(new Idle("ciphers", "these are suites of TLS 1.2, but min-version allows TLS 1.3 alone"));
        }
        if (settings.mode != TlsMode.OPPORTUNISTIC
                && !tls.getString("on-handshake-failure").equals("auto")) {
            found.add(new Idle("on-handshake-failure", "mode is " + settings.mode.label()));
        }
        boolean verifies = settings.mode == TlsMode.VERIFY || (mayBeCertain && settings.mode != TlsMode.NONE);
        if (!verifies && terms.authorities().isPresent()) {
            found.add(new Idle("ca-file", "mode is " + settings.mode.label() + ", which verifies nothing"));
        }
        if (settings.mode == TlsMode.NONE && terms.certificate().isPresent()) {
            found.add(new Idle("client-certificate", "mode is none"));
        }
        return found;
    }

    private static Optional<Path> path(Config section, String key) {
        String text = section.getString(key);
        return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
    }

    private static IllegalArgumentException wrong(String key, String name, String expected, String got) {
        return new IllegalArgumentException(key + "." + name + ": expected " + expected + ", but got " + got);
    }
}
