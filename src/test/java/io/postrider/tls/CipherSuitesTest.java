package io.postrider.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class CipherSuitesTest {

    private static final Set<String> SUPPORTED = supported();

    private static Set<String> supported() {
        try {
            return Set.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code openssl ciphers -stdname} prints IANA's name, a dash and its own. */
    @Test
    void callsEverySuiteAsOpenSslDoes() throws Exception {
        Map<String, String> byOwnName = new HashMap<>();
        for (String line : openssl().split("\n")) {
            String[] words = line.trim().split(" +");
            byOwnName.put(words[2], words[0]);
        }
        assumeTrue(byOwnName.size() > 30, "openssl is not installed");

        byOwnName.forEach((own, iana) -> CipherSuites.find(own)
                .ifPresent(found -> assertThat(found).as(own).isEqualTo(iana)));
        assertThat(byOwnName.entrySet().stream()
                        .filter(entry -> SUPPORTED.contains(entry.getValue()))
                        .filter(entry -> !entry.getKey().contains("PSK")
                                && !entry.getKey().contains("DSS"))
                        .map(Map.Entry::getKey)
                        .filter(own -> CipherSuites.find(own).isEmpty()))
                .as("suites that Java and OpenSSL have and we cannot name")
                .isEmpty();
    }

    private static String openssl() throws IOException {
        try {
            Process process = new ProcessBuilder("openssl", "ciphers", "-stdname", "ALL:@SECLEVEL=0").start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException none) {
            return "";
        }
    }

    @Test
    void knowsNamesOfBothKindsWithoutCase() {
        assertThat(CipherSuites.find("ecdhe-rsa-aes256-gcm-sha384")).contains("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(CipherSuites.find("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"))
                .contains("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(CipherSuites.find("TLS_AES_128_GCM_SHA256")).contains("TLS_AES_128_GCM_SHA256");
        assertThat(CipherSuites.find("RC4-MD5")).isEmpty();
    }

    @Test
    void enablesWhatWasAskedForOfEachVersionAndTheRestOfTheOther() {
        assertThat(CipherSuites.enabled(
                        List.of("ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "TLS_AES_128_GCM_SHA256"),
                        List.of(),
                        CipherSuites.modern(),
                        SUPPORTED))
                .containsExactly(
                        "TLS_AES_256_GCM_SHA384",
                        "TLS_AES_128_GCM_SHA256",
                        "TLS_CHACHA20_POLY1305_SHA256",
                        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(CipherSuites.enabled(List.of(), List.of("TLS_AES_128_GCM_SHA256"), CipherSuites.modern(), SUPPORTED))
                .startsWith("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
                .hasSize(7);
    }

    @Test
    void offersByItselfOnlyForwardSecrecyWithAuthenticatedEncryption() {
        assertThat(CipherSuites.modern())
                .allMatch(name -> name.startsWith("TLS_AES_")
                        || name.startsWith("TLS_CHACHA20_")
                        || (name.contains("ECDHE_") && (name.contains("_GCM_") || name.contains("_POLY1305_"))))
                .hasSize(9);
    }
}
