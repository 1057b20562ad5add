package io.postrider.cli.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {

    @Test
    void isZeroWhileThereAreNone() {
        assertThat(new Latencies().percentile(0.5)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 15, 16, 17, 31, 32, 1000, 123_456, 10_000_000, 7_200_000_000L})
    void isNeverSmallerThanTheValueAndAtMostASixteenthLarger(long micros) {
        Latencies latencies = new Latencies();

        latencies.add(micros * 1000);

        long found = latencies.percentile(1).toNanos() / 1000;
        assertThat(found).isGreaterThan(micros).isLessThanOrEqualTo(micros + micros / 16 + 1);
    }

    @Test
    void ordersThem() {
        Latencies latencies = new Latencies();
        for (int i = 1; i <= 1000; i++) {
            latencies.add(Duration.ofMillis(i).toNanos());
        }

        assertThat(latencies.percentile(0.5)).isBetween(Duration.ofMillis(500), Duration.ofMillis(535));
        assertThat(latencies.percentile(0.99)).isBetween(Duration.ofMillis(990), Duration.ofMillis(1060));
        assertThat(latencies.count()).isEqualTo(1000);
    }
}
