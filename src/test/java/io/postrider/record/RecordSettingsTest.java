package io.postrider.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecordSettingsTest {

    private static final Config DEFAULTS = ConfigFactory.defaultReference().getConfig("postrider");

    @Test
    void theDefaultsAreExactlyThese() {
        assertThat(HistorySettings.from(DEFAULTS.getConfig("history")))
                .isEqualTo(new HistorySettings(
                        Duration.ofDays(14),
                        Duration.ofHours(1),
                        256 * 1024,
                        Duration.ofMillis(100),
                        100_000,
                        20_000,
                        50_000));
        assertThat(EventSettings.from(DEFAULTS.getConfig("events")))
                .isEqualTo(new EventSettings(Duration.ofDays(7), 16L << 30, 4 << 20));
        assertThat(LogSettings.from(DEFAULTS.getConfig("log")))
                .isEqualTo(new LogSettings(256 << 20, Duration.ofDays(14), 200, 10_000));
    }

    @Test
    void everyKeySetToAnotherValueArrives() {
        Config history = ConfigFactory.parseString("keep = 1 day, expire-every = 2 minutes, batch-size = 3 KiB,"
                + " batch-delay = 4ms, max-lag = 5, max-scan = 700, cached-queues = 6");
        Config log = ConfigFactory.parseString(
                "max-file-size = 1 MiB, keep = 2 days, max-files = 3, max-rejected-waiting = 4");

        assertThat(HistorySettings.from(history))
                .isEqualTo(new HistorySettings(
                        Duration.ofDays(1), Duration.ofMinutes(2), 3 * 1024, Duration.ofMillis(4), 5, 700, 6));
        assertThat(EventSettings.from(ConfigFactory.parseString("keep = 1 day, max-size = 2 MiB, max-scan = 64 KiB")))
                .isEqualTo(new EventSettings(Duration.ofDays(1), 2 << 20, 64 * 1024));
        assertThat(LogSettings.from(log)).isEqualTo(new LogSettings(1 << 20, Duration.ofDays(2), 3, 4));
    }

    @Test
    void whatIsOutOfRangeIsNamedWithItsKey() {
        Config lag = ConfigFactory.parseString("max-lag = 0").withFallback(DEFAULTS.getConfig("history"));
        Config files = ConfigFactory.parseString("max-files = 1").withFallback(DEFAULTS.getConfig("log"));

        assertThatThrownBy(() -> HistorySettings.from(lag)).hasMessageStartingWith("postrider.history.max-lag: ");
        assertThatThrownBy(() -> LogSettings.from(files)).hasMessageStartingWith("postrider.log.max-files: ");
    }
}
