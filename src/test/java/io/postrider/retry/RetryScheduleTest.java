package io.postrider.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryScheduleTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Config DEFAULTS =
            ConfigFactory.parseResources("reference.conf").getConfig("postrider.retry");

    @ParameterizedTest
    @CsvSource({"1,300", "2,600", "3,1200", "6,9600", "7,14400", "50,14400", "2000,14400"})
    void waitsEverLongerUpToTheLongest(int attempt, long seconds) {
        RetrySchedule schedule = RetrySettings.from(DEFAULTS).schedule();

        assertThat(schedule.due(attempt, NOW, 0.5)).isEqualTo(NOW.plusSeconds(seconds));
    }

    @Test
    void spreadsByTheJitter() {
        RetrySchedule schedule = RetrySettings.from(DEFAULTS).schedule();

        assertThat(schedule.due(1, NOW, 0)).isEqualTo(NOW.plusSeconds(270));
        assertThat(schedule.due(1, NOW, 1)).isEqualTo(NOW.plusSeconds(330));
    }

    @Test
    void backsOffADomainNoSlowerThanItsMessages() {
        Backoff usual = new Backoff(RetrySettings.from(DEFAULTS).schedule());
        Backoff quick = new Backoff(
                new RetrySchedule(Duration.ofSeconds(2), 2, Duration.ofSeconds(10), 0.1, Duration.ofDays(1)));

        assertThat(usual.until(1, NOW, 0.5)).isEqualTo(NOW.plusSeconds(60));
        assertThat(usual.until(20, NOW, 0.5)).isEqualTo(NOW.plusSeconds(1800));
        assertThat(quick.until(1, NOW, 0.5)).isEqualTo(NOW.plusSeconds(2));
        assertThat(quick.until(9, NOW, 0.5)).isEqualTo(NOW.plusSeconds(10));
    }

    @Test
    void theDefaultsAreExactlyThese() {
        assertThat(RetrySettings.from(DEFAULTS))
                .isEqualTo(new RetrySettings(Duration.ofMinutes(5), 2, Duration.ofHours(4), 0.1, Duration.ofDays(5)));
    }

    @Test
    void everyKeyArrives() {
        Config other =
                ConfigFactory.parseString("first = 1s, factor = 3, longest = 1h, jitter = 0, give-up-after = 2d");

        assertThat(RetrySettings.from(other))
                .isEqualTo(new RetrySettings(Duration.ofSeconds(1), 3, Duration.ofHours(1), 0, Duration.ofDays(2)));
    }

    @Test
    void namesTheKeyThatIsOutOfRange() {
        Config wrong = ConfigFactory.parseString("longest = 1s").withFallback(DEFAULTS);

        assertThatThrownBy(() -> RetrySettings.from(wrong)).hasMessageStartingWith("postrider.retry.longest: expected");
    }
}
