package io.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdempotencySettingsTest {

    private static IdempotencySettings with(String text) {
        Config config = ConfigFactory.parseString(text).withFallback(ConfigFactory.load());
        return IdempotencySettings.from(config.getConfig("postrider"));
    }

    @Test
    void hasTheseDefaults() {
        assertThat(with("")).isEqualTo(new IdempotencySettings(Duration.ofHours(24), 10_000_000, 4L << 30, 1 << 20));
    }

    @Test
    void takesEveryKey() {
        assertThat(
                        with(
                                "postrider.idempotency { keep = 1 hour, max-keys = 200, max-bytes = 1 MiB, max-answer = 2 KiB }"))
                .isEqualTo(new IdempotencySettings(Duration.ofHours(1), 200, 1 << 20, 2 << 10));
    }

    @Test
    void remembersNoLongerThanTheHistoryKnowsWhatWasAccepted() {
        assertThat(with("postrider.history.keep = 2 hours").keep()).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void namesTheKeyThatIsOutOfRange() {
        assertThatThrownBy(() -> with("postrider.idempotency.keep = 0s"))
                .hasMessageStartingWith("postrider.idempotency.keep: expected");
        assertThatThrownBy(() -> with("postrider.idempotency.max-keys = 1"))
                .hasMessageStartingWith("postrider.idempotency.max-keys: expected");
        assertThatThrownBy(() -> with("postrider.idempotency.max-bytes = 1"))
                .hasMessageStartingWith("postrider.idempotency.max-bytes: expected");
        assertThatThrownBy(() -> with("postrider.idempotency.max-answer = 1 GiB"))
                .hasMessageStartingWith("postrider.idempotency.max-answer: expected");
    }
}
