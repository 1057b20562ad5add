package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.http.Trust;
import io.postrider.mail.Cidr;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSettingsTest {

    private static final Config DEFAULTS =
            ConfigFactory.parseResources("reference.conf").resolve().getConfig("postrider");
    private static final int MIB = 1 << 20;

    private static HttpSettings with(String lines) {
        return HttpSettings.from(
                ConfigFactory.parseString("http { " + lines + " }").withFallback(DEFAULTS));
    }

    @Test
    void hasTheseDefaults() {
        assertThat(HttpSettings.from(DEFAULTS))
                .isEqualTo(new HttpSettings(
                        new InetSocketAddress("127.0.0.1", 8080),
                        "http",
                        List.of(),
                        new Trust(
                                Cidr.parseAll(List.of("127.0.0.0/8", "::1")), List.of(), List.of("relay.example.com")),
                        Optional.empty(),
                        500,
                        1000,
                        1000,
                        400,
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(15),
                        Duration.ofSeconds(5),
                        new HttpSettings.Sizes(
                                72L * MIB,
                                50L * MIB,
                                1024L * MIB,
                                4 * MIB,
                                8 << 10,
                                128 << 10,
                                1024,
                                128L * MIB,
                                1000,
                                100,
                                100),
                        new HttpSettings.Batch(1000, 4 * MIB, 128),
                        new HttpSettings.Work(64 << 10, 200)));
    }

    @Test
    void takesEveryKey() {
        HttpSettings settings = with(
                """
                bind = "127.0.0.2:1", name = n, allow-hosts = ["192.0.2.0/24"], trusted-hosts = ["192.0.2.1"], trusted-proxies = ["192.0.2.2"]
                trusted-names = [Mail.Internal]
                api-keys-file = keys, max-connections = 2, backlog = 3, max-requests = 4, max-requests-per-client = 5
                idle-timeout = 6s, body-timeout = 7s, drain-timeout = 8s, max-body-size = 9 KiB, max-message-size = 10 KiB
                max-submission-size = 11 KiB, max-text-size = 12 KiB, max-header-size = 13 KiB, max-chunk-size = 23 KiB
                min-body-rate = 14
                receive-buffer = 1 MiB, max-recipients = 15, max-attachments = 16, max-hops = 17, large-request = 18 KiB
                max-large-requests = 19, batch { max-items = 20, max-line-size = 21 KiB, parallelism = 22 }""");

        assertThat(settings)
                .isEqualTo(new HttpSettings(
                        new InetSocketAddress("127.0.0.2", 1),
                        "n",
                        Cidr.parseAll(List.of("192.0.2.0/24")),
                        new Trust(
                                Cidr.parseAll(List.of("192.0.2.1")),
                                Cidr.parseAll(List.of("192.0.2.2")),
                                List.of("mail.internal", "relay.example.com")),
                        Optional.of(Path.of("keys")),
                        2,
                        3,
                        4,
                        5,
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        new HttpSettings.Sizes(
                                9 << 10, 10 << 10, 11 << 10, 12 << 10, 13 << 10, 23 << 10, 14, MIB, 15, 16, 17),
                        new HttpSettings.Batch(20, 21 << 10, 22),
                        new HttpSettings.Work(18 << 10, 19)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bind = nowhere|bind",
                "name = \"\"|name",
                "allow-hosts = [x]|allow-hosts",
                "trusted-hosts = [x]|trusted-hosts",
                "trusted-proxies = [x]|trusted-proxies",
                "trusted-names = [\"a.example:80\"]|trusted-names",
                "max-connections = 0|max-connections",
                "max-requests = 0|max-requests",
                "max-requests-per-client = 0|max-requests-per-client",
                "idle-timeout = 0s|idle-timeout",
                "body-timeout = 0s|body-timeout",
                "drain-timeout = 61s|drain-timeout",
                "max-body-size = 1|max-body-size",
                "max-message-size = 2 GiB|max-message-size",
                "max-recipients = 65536|max-recipients",
                "max-chunk-size = 1|max-chunk-size",
                "receive-buffer = 1|receive-buffer",
                "batch.max-items = 0|batch.max-items",
                "batch.parallelism = 0|batch.parallelism",
                "large-request = 1|large-request",
                "max-large-requests = 0|max-large-requests",
            })
    void namesTheKeyThatIsOutOfRange(String line, String key) {
        assertThatThrownBy(() -> with(line)).hasMessageStartingWith("postrider.http." + key + ": ");
    }
}
