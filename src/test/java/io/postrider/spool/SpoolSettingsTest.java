package io.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

class SpoolSettingsTest {

    @Test
    void hasTheseDefaults() {
        assertThat(SpoolSettings.from(ConfigFactory.load().getConfig("postrider")))
                .isEqualTo(new SpoolSettings(32 << 20));
    }

    @Test
    void takesEveryKey() {
        assertThat(SpoolSettings.from(ConfigFactory.parseString("spool.recent-bytes = 7")))
                .isEqualTo(new SpoolSettings(7));
    }

    @Test
    void namesTheKeyThatIsOutOfRange() {
        assertThatThrownBy(() -> new SpoolSettings(-1)).hasMessageStartingWith("postrider.spool.recent-bytes:");
    }
}
