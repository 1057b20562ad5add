package io.postrider.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StsSettingsTest {

    private static StsSettings settings(String lines) {
        Config config = ConfigFactory.parseString("postrider.egress.mta-sts { " + lines + " }")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve();
        return StsSettings.from(config.getConfig("postrider"));
    }

    @Test
    void defaultsAreThese() {
        assertThat(settings(""))
                .isEqualTo(new StsSettings(
                        true,
                        Optional.empty(),
                        443,
                        Duration.ofMinutes(1),
                        65_536,
                        Duration.ofMinutes(5),
                        Duration.ofDays(1),
                        Duration.ofDays(30),
                        100,
                        10_000,
                        16 << 20,
                        10_000));
    }

    @Test
    void everyKeyArrives() {
        assertThat(
                        settings(
                                """
                        enabled = false, ca-file = "ca.pem", policy-port = 8443, timeout = 5s, max-size = 2 KiB, retry-after = 6m
                        refresh-after = 2h, keep-unused = 3d, max-fetches = 7, max-waiting = 8, cache = 1 MiB, max-failures = 9
                        """))
                .isEqualTo(new StsSettings(
                        false,
                        Optional.of(Path.of("ca.pem")),
                        8443,
                        Duration.ofSeconds(5),
                        2048,
                        Duration.ofMinutes(6),
                        Duration.ofHours(2),
                        Duration.ofDays(3),
                        7,
                        8,
                        1 << 20,
                        9));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "policy-port = 0 | policy-port: expected 1 to 65535, but got 0",
                "timeout = 0s | timeout: expected 1 second to 10 minutes, but got PT0S",
                "max-size = 10 | max-size: expected 1 KiB to 1 MiB, but got 10",
                "retry-after = 2d | retry-after: expected 1 second to 1 day",
                "refresh-after = 1s | refresh-after: expected 1 minute to 31 days",
                "keep-unused = 500d | keep-unused: expected 0 to 366 days",
                "max-fetches = 0 | max-fetches: expected 1 to 1000",
                "max-waiting = -1 | max-waiting: expected 0 to 1000000",
                "cache = 1 KiB | cache: expected 64 KiB to 4 GiB",
                "max-failures = 0 | max-failures: expected 1 to 10000000",
            })
    void outOfRangeIsNamed(String line, String complaint) {
        assertThatThrownBy(() -> settings(line)).hasMessageStartingWith("postrider.egress.mta-sts." + complaint);
    }
}
