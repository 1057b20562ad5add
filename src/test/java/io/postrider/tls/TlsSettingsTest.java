package io.postrider.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsSettingsTest {

    private static Config postrider(String text) {
        return ConfigFactory.parseString(text)
                .atPath("postrider")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
    }

    @Test
    void hasTheseDefaults() {
        assertThat(TlsSettings.of(postrider(""), "http")).isEqualTo(TlsSettings.none("postrider.http.tls"));
        assertThat(TlsWorkSettings.from(postrider("")))
                .isEqualTo(new TlsWorkSettings(
                        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                        1000,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(1)));
    }

    @Test
    void takesEveryKey() {
        TlsSettings settings = TlsSettings.of(
                postrider(
                        """
                http.tls {
                  certificate = c, key = k, passphrase-file = p, min-version = "tlsv1.3", ciphers = ["AES128-SHA"]
                  tls13-ciphers = ["TLS_AES_128_GCM_SHA256"], client-certificates = required, client-ca = ca
                  certificates = [{ certificate = d }, { certificate = e, key = f, passphrase-file = g }]
                }
                """),
                "http");

        assertThat(settings)
                .isEqualTo(new TlsSettings(
                        "postrider.http.tls",
                        List.of(
                                new CertificateFiles(Path.of("c"), Path.of("k"), Optional.of(Path.of("p"))),
                                new CertificateFiles(Path.of("d"), Path.of("d"), Optional.empty()),
                                new CertificateFiles(Path.of("e"), Path.of("f"), Optional.of(Path.of("g")))),
                        TlsVersion.V1_3,
                        List.of("AES128-SHA"),
                        List.of("TLS_AES_128_GCM_SHA256"),
                        ClientCertificates.REQUIRED,
                        Optional.of(Path.of("ca"))));
        assertThat(TlsWorkSettings.from(postrider(
                        "tls { handshake-threads = 3, max-waiting = 4, handshake-timeout = 5s, look-every = 6s }")))
                .isEqualTo(new TlsWorkSettings(3, 4, Duration.ofSeconds(5), Duration.ofSeconds(6)));
    }

    @Test
    void takesFromTheDefaultsOfAllWhatAListenerLeavesOut() {
        TlsSettings settings = TlsSettings.of(
                postrider("tls.server-defaults.min-version = \"TLSv1.3\", admin.tls.certificate = a"), "admin");

        assertThat(settings.minVersion()).isEqualTo(TlsVersion.V1_3);
        assertThat(settings.certificates()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http.tls.min-version = TLSv1.1 | postrider.http.tls.min-version: expected TLSv1.2 or TLSv1.3, but got TLSv1.1",
                "http.tls.key = k | postrider.http.tls.certificate: expected a file that goes with key, but got none",
                "http.tls.certificates = [{certificate = a}] | postrider.http.tls.certificate: expected the one for clients that name no host, but got only others for some hosts",
                "http.tls { certificate = a, certificates = [{key = a}] } | postrider.http.tls.certificates[0].certificate: expected a file, but got none",
                "http.tls.ciphers = [RC4-MD5] | postrider.http.tls.ciphers: expected names such as",
                "http.tls.tls13-ciphers = [x] | postrider.http.tls.tls13-ciphers: expected names such as",
                "http.tls.ciphers = [\"HIGH:!aNULL\"] | HIGH:!aNULL; write a list",
                "http.tls.client-certificates = maybe | postrider.http.tls.client-certificates: expected none, optional or required, but got maybe",
                "http.tls.client-certificates = optional | postrider.http.tls.client-ca: expected a file with the authorities",
            })
    void namesWhatIsWrong(String text, String complaint) {
        assertThatThrownBy(() -> TlsSettings.of(postrider(text), "http"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource({"handshake-threads = 257", "max-waiting = 0", "handshake-timeout = 0s", "look-every = 0s"})
    void hasRanges(String setting) {
        String name = setting.substring(0, setting.indexOf(' '));
        assertThatThrownBy(() -> TlsWorkSettings.from(postrider("tls." + setting)))
                .hasMessageStartingWith("postrider.tls." + name + ": expected ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "min-version = \"TLSv1.3\", ciphers = [AES128-SHA] | ciphers | no effect: they are for TLS 1.2",
                "ciphers = [TLS_AES_128_GCM_SHA256] | ciphers | TLS_AES_128_GCM_SHA256 has no effect: it is a suite of TLS 1.3",
                "tls13-ciphers = [AES128-SHA] | tls13-ciphers | AES128-SHA has no effect: it is a suite of TLS 1.2",
                "ciphers = [ECDHE-ECDSA-AES256-GCM-SHA384] | ciphers | no certificate here has an EC key",
                "client-ca = ca | client-ca | no effect: client-certificates = none",
            })
    void saysWhatHasNoEffect(String text, String name, String why) {
        Identity rsa = identity("RSA");
        TlsSettings settings = TlsSettings.of(postrider("http.tls { " + text + " }"), "http");

        Map<String, String> found = NoEffect.in(settings, List.of(rsa));

        assertThat(found).containsOnlyKeys(name);
        assertThat(found.get(name)).contains(why);
    }

    @Test
    void findsNothingWhereEverythingHasAnEffect() {
        TlsSettings settings = TlsSettings.of(
                postrider("http.tls { ciphers = [ECDHE-ECDSA-AES256-GCM-SHA384, ECDHE-RSA-AES128-GCM-SHA256],"
                        + " tls13-ciphers = [TLS_CHACHA20_POLY1305_SHA256] }"),
                "http");

        assertThat(NoEffect.in(settings, List.of(identity("RSA"), identity("EC"))))
                .isEmpty();
    }

    private static Identity identity(String keyType) {
        TestCertificates.Made made = new TestCertificates().make(keyType, "a.example");
        return new Identity(
                made.keys().getPrivate(),
                List.of(made.certificate()),
                HostNames.of(made.certificate()),
                Path.of("c.pem"));
    }
}
