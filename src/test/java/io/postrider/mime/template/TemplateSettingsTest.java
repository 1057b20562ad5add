package io.postrider.mime.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateSettingsTest {

    private static final Config DEFAULTS = ConfigFactory.defaultReference().getConfig("postrider");

    @Test
    void hasTheseDefaults() {
        assertThat(TemplateSettings.from(DEFAULTS))
                .isEqualTo(new TemplateSettings(2 << 20, 1 << 20, 200_000, Duration.ofSeconds(1), 4 << 20));
    }

    @Test
    void takesEveryKey() {
        Config config = ConfigFactory.parseString(
                "templates { max-output = 1, max-template = 2, max-steps = 5, max-time = 3s, cache = 4 }");

        assertThat(TemplateSettings.from(config.withFallback(DEFAULTS)))
                .isEqualTo(new TemplateSettings(1, 2, 5, Duration.ofSeconds(3), 4));
    }

    @ParameterizedTest
    @CsvSource({
        "max-output, 0",
        "max-output, 1GiB",
        "max-template, 65MiB",
        "max-steps, 0",
        "max-time, 0s",
        "max-time, 61s",
        "cache, 0"
    })
    void namesTheKeyThatIsOutOfRange(String key, String value) {
        Config config =
                ConfigFactory.parseString("templates." + key + " = " + value).withFallback(DEFAULTS);

        assertThatThrownBy(() -> TemplateSettings.from(config))
                .hasMessageStartingWith("postrider.templates." + key + ":");
    }
}
