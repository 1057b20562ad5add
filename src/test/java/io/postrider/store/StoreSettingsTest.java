package io.postrider.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreSettingsTest {

    private static final long MIB = 1 << 20;

    private static StoreSettings with(String overrides) {
        Config postrider = ConfigFactory.parseString(overrides)
                .withFallback(ConfigFactory.load().getConfig("postrider"));
        return StoreSettings.from(postrider);
    }

    @Test
    void hasTheseDefaults() {
        assertThat(with(""))
                .isEqualTo(new StoreSettings(
                        true,
                        160 * MIB,
                        224 * MIB,
                        64 * MIB,
                        256 * MIB,
                        2,
                        8 * MIB,
                        64 * MIB,
                        100_000,
                        Duration.ofMillis(2),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        2,
                        10_000));
    }

    @Test
    void takesEveryKey() {
        assertThat(
                        with(
                                """
                                sync = never
                                store {
                                  write-buffers = 32 MiB, block-cache = 48 MiB, body-memtable = 8 MiB, max-wal = 64 MiB
                                  background-jobs = 3, batch-bytes = 1 MiB, queue-bytes = 2 MiB, queue-writes = 7
                                  sync-within = 9ms, lazy-sync-after = 2s, retry-at-most = 3s, unhealthy-after = 4s
                                  read-threads = 5, read-queue = 6
                                }
                                """))
                .isEqualTo(new StoreSettings(
                        false,
                        32 * MIB,
                        48 * MIB,
                        8 * MIB,
                        64 * MIB,
                        3,
                        MIB,
                        2 * MIB,
                        7,
                        Duration.ofMillis(9),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        5,
                        6));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "store.write-buffers = 1 MiB",
                "store.block-cache = 1 MiB",
                "store.body-memtable = 1 GiB",
                "store.max-wal = 1 MiB",
                "store.background-jobs = 0",
                "store.batch-bytes = 1",
                "store.queue-bytes = 1",
                "store.queue-writes = 0",
                "store.sync-within = 101ms",
                "store.lazy-sync-after = 0s",
                "store.retry-at-most = 0s",
                "store.unhealthy-after = -1s",
                "store.read-threads = 0",
                "store.read-queue = 0",
                "sync = sometimes"
            })
    void namesTheKeyThatIsOutOfRange(String line) {
        String key = line.substring(0, line.indexOf(' '));

        assertThatThrownBy(() -> with(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("postrider." + key + ":");
    }
}
