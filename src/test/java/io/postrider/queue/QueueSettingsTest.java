package io.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.mail.Domain;
import io.postrider.retry.Rate;
import io.postrider.retry.RetrySchedule;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueueSettingsTest {

    private static final RetrySchedule RETRY =
            new RetrySchedule(Duration.ofMinutes(5), 2, Duration.ofHours(4), 0.1, Duration.ofDays(5));
    private static final DomainLimits LIMITS =
            new DomainLimits(new DomainLimits.Limits(Rate.UNLIMITED, RETRY, Optional.empty()), Map.of());

    @Test
    void theDefaultsAreExactlyThese() {
        assertThat(QueueSettings.from(QueueFixture.config("")))
                .isEqualTo(new QueueSettings(
                        10,
                        2,
                        2000,
                        2000,
                        100_000,
                        20_000,
                        Duration.ofSeconds(2),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(5),
                        500,
                        Duration.ofSeconds(1),
                        1 << 20,
                        20,
                        Duration.ofSeconds(10),
                        Duration.ofHours(1),
                        LIMITS,
                        new ReportSettings("", 1000, 10_000, 32, 10_000, 50 << 10, Duration.ZERO)));
    }

    @Test
    void everyKeyArrives() {
        String other =
                """
                postrider.queue {
                  connections-per-domain = 7, first-connections = 3, buffer = 11, messages-per-step = 12
                  unrecorded = 113, awake = 14, rest-after = 15s, linger = 16s, sleep-when-due-in = 17s
                  wakes-per-second = 18, wake-interval = 19s, snapshot-bytes = 20, recent-replies = 21, drain = 22s
                  trust-clock-after = 23s
                }
                postrider.reports {
                  from = "post@example.org", per-sender = 1, max-senders = 2, max-under-way = 3, max-owed = 4
                  max-returned = 5, delay-after = 6h
                }
                """;

        assertThat(QueueSettings.from(QueueFixture.config(other)))
                .isEqualTo(new QueueSettings(
                        7,
                        3,
                        11,
                        12,
                        113,
                        14,
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(16),
                        Duration.ofSeconds(17),
                        18,
                        Duration.ofSeconds(19),
                        20,
                        21,
                        Duration.ofSeconds(22),
                        Duration.ofSeconds(23),
                        LIMITS,
                        new ReportSettings("post@example.org", 1, 2, 3, 4, 5, Duration.ofHours(6))));
    }

    @Test
    void aDomainHasItsOwnRateAndRetries() {
        QueueSettings settings = QueueSettings.from(
                QueueFixture.config(
                        """
                postrider.egress.per-domain {
                  default { rate = "1000/hour" }
                  "slow.example" { rate = "10/minute", burst = 5, retry { first = 1s, give-up-after = 1h } }
                }
                """));

        DomainLimits.Limits slow = settings.limits(Domain.of("slow.example"));
        assertThat(slow.rate()).isEqualTo(new Rate(10, Duration.ofMinutes(1), 5));
        assertThat(slow.retry().first()).isEqualTo(Duration.ofSeconds(1));
        assertThat(slow.retry().longest()).isEqualTo(Duration.ofHours(4));
        assertThat(slow.giveUpAfter()).contains(Duration.ofHours(1));
        assertThat(settings.limits(Domain.of("other.example")).rate().toString())
                .isEqualTo("1000/hour");
    }

    @Test
    void namesTheKeyThatIsWrong() {
        assertThatThrownBy(() -> QueueSettings.from(QueueFixture.config("postrider.queue.buffer = 1")))
                .hasMessage("postrider.queue.buffer: expected 10 to 1000000, but got 1");
        assertThatThrownBy(() -> QueueSettings.from(QueueFixture.config("postrider.reports.from = nobody")))
                .hasMessage("postrider.reports.from: expected local@domain, but got nobody");
        assertThatThrownBy(() -> QueueSettings.from(QueueFixture.config("postrider.reports.delay-after = 1 ms")))
                .hasMessageStartingWith("postrider.reports.delay-after: expected 0, or 1 second to 30 days, but got");
        assertThatThrownBy(() -> QueueSettings.from(QueueFixture.config("postrider.reports.max-returned = 1 MiB")))
                .hasMessage("postrider.reports.max-returned: expected 0 to 262144, but got 1048576");
        assertThatThrownBy(() -> QueueSettings.from(
                        QueueFixture.config("postrider.egress.per-domain.\"a.example\".rate = fast")))
                .hasMessageStartingWith("postrider.egress.per-domain.\"a.example\": expected a rate");
    }
}
