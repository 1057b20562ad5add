package io.postrider.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The names of cipher suites: IANA's, which are the JDK's as well, and OpenSSL's for those of TLS 1.2 (those of TLS 1.3
 * have one name).
 */
public final class CipherSuites {

    private static final List<String> TLS13 =
            List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");

    /** OpenSSL's name and IANA's, the strongest first. */
    private static final String[][] TLS12 = {
        {"ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
        {"ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
        {"ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
        {"ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
        {"ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
        {"ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
        {"DHE-RSA-AES256-GCM-SHA384", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
        {"DHE-RSA-AES128-GCM-SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
        {"DHE-RSA-CHACHA20-POLY1305", "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
        {"ECDHE-ECDSA-AES256-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
        {"ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
        {"ECDHE-ECDSA-AES128-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
        {"ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
        {"ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
        {"ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
        {"ECDHE-ECDSA-AES128-SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
        {"ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
        {"DHE-RSA-AES256-SHA256", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"},
        {"DHE-RSA-AES128-SHA256", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"},
        {"DHE-RSA-AES256-SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
        {"DHE-RSA-AES128-SHA", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
        {"AES256-GCM-SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384"},
        {"AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"},
        {"AES256-SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA256"},
        {"AES128-SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA256"},
        {"AES256-SHA", "TLS_RSA_WITH_AES_256_CBC_SHA"},
        {"AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"},
    };

    /**
     * Forward secrecy and authenticated encryption: the first six of the table. Those with DHE are left out, for a client
     * that wants one makes us compute for milliseconds, and every client that has them has ECDHE.
     */
    private static final int MODERN = 6;

    private static final Map<String, String> BY_NAME = byName();

    private CipherSuites() {}

    private static Map<String, String> byName() {
        Map<String, String> names = new HashMap<>();
        for (String[] suite : TLS12) {
            names.put(suite[0], suite[1]);
            names.put(suite[1], suite[1]);
        }
        TLS13.forEach(name -> names.put(name, name));
        return Map.copyOf(names);
    }

    /** IANA's name for either name; empty for one that we do not know. */
    public static Optional<String> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name.strip().toUpperCase(java.util.Locale.ROOT)));
    }

    /** Whether this name of IANA's is one of TLS 1.3. */
    public static boolean isTls13(String name) {
        return TLS13.contains(name);
    }

    /** What a server offers unless told otherwise: forward secrecy and authenticated encryption only. */
    static List<String> modern() {
        List<String> names = new ArrayList<>(TLS13);
        for (int i = 0; i < MODERN; i++) {
            names.add(TLS12[i][1]);
        }
        return names;
    }

    /**
     * The suites to enable, in order: for each of the two versions what was asked for, or what is in {@code others} of it
     * when nothing was.
     *
     * @param ciphers names for TLS 1.2
     * @param tls13Ciphers names for TLS 1.3
     * @param supported by the provider
     */
    static List<String> enabled(
            List<String> ciphers, List<String> tls13Ciphers, List<String> others, Set<String> supported) {
        Set<String> enabled = new LinkedHashSet<>();
        enabled.addAll(chosen(tls13Ciphers, others, true));
        enabled.addAll(chosen(ciphers, others, false));
        enabled.retainAll(supported);
        return List.copyOf(enabled);
    }

    private static List<String> chosen(List<String> names, List<String> others, boolean tls13) {
        List<String> known = names.isEmpty()
                ? others
                : names.stream().flatMap(name -> find(name).stream()).toList();
        return known.stream().filter(name -> isTls13(name) == tls13).toList();
    }
}
