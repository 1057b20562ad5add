package io.postrider.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenBucketTest {

    @ParameterizedTest
    @CsvSource({"100/minute,60,100,1", "10/s,1,10,1", "5000/hour,3600,5000,1", "5000/second,1,5000,100"})
    void readsARate(String text, long seconds, int count, int burst) {
        assertThat(Rate.parse(text)).isEqualTo(new Rate(count, Duration.ofSeconds(seconds), burst));
    }

    @ParameterizedTest
    @CsvSource({"100", "/s", "0/s", "-1/s", "10/fortnight", "ten/s", "9999999999/s"})
    void refusesWhatIsNoRate(String text) {
        assertThatThrownBy(() -> Rate.parse(text)).hasMessageContaining("expected a rate");
    }

    @ParameterizedTest
    @CsvSource({
        "100/minute,0",
        "100/minute,1",
        "100/minute,30",
        "100/minute,100",
        "10/s,0",
        "2000/s,0",
        "1/s,0",
        "7/s,3"
    })
    void noWindowEverExceedsTheRate(String text, int burst) {
        Rate rate = Rate.parse(text, burst == 0 ? Optional.empty() : Optional.of(burst));
        long window = rate.window().toNanos();
        Random random = new Random(7);
        long now = 1_000;
        TokenBucket bucket = TokenBucket.full(rate, now);
        ArrayDeque<Long> starts = new ArrayDeque<>();

        for (int step = 0; step < 20_000; step++) {
            now += random.nextInt(3) == 0 ? bucket.nanosUntilNext(now) : random.nextLong(window / 50);
            int taken = bucket.take(1 + random.nextInt(5), now);
            for (int i = 0; i < taken; i++) {
                starts.add(now);
            }
            while (!starts.isEmpty() && starts.peek() <= now - window) {
                starts.poll();
            }
            assertThat(starts.size()).as("in the window up to %s", now).isLessThanOrEqualTo(rate.count());
        }
    }

    @Test
    void givesTheWholeRateToWhoTakesEveryToken() {
        TokenBucket bucket = TokenBucket.full(Rate.parse("100/minute"), 0);
        long now = 0;
        int taken = 0;

        while (now < Duration.ofMinutes(10).toNanos()) {
            taken += bucket.take(16, now);
            now += bucket.nanosUntilNext(now);
        }

        assertThat(taken).isEqualTo(1000);
    }

    @Test
    void waitsOneWindowAfterAnUncleanStop() {
        Rate rate = Rate.parse("100/minute", Optional.of(50));
        TokenBucket bucket = TokenBucket.afterUncleanStop(rate, 0);

        assertThat(bucket.nanosUntilNext(0)).isEqualTo(rate.window().toNanos());
        assertThat(bucket.take(1, rate.window().toNanos() - 1)).isZero();
        assertThat(bucket.take(9, rate.window().toNanos())).isEqualTo(1);
    }

    @Test
    void takesBackWhatWasNotUsed() {
        TokenBucket bucket = TokenBucket.full(Rate.parse("10/s", Optional.of(5)), 0);

        assertThat(bucket.take(5, 0)).isEqualTo(5);
        bucket.giveBack(3);

        assertThat(bucket.take(5, 0)).isEqualTo(3);
        assertThat(bucket.nanosUntilNext(0)).isEqualTo(Duration.ofMillis(200).toNanos());
    }

    @Test
    void neverHoldsBackWhatIsUnlimited() {
        TokenBucket bucket = TokenBucket.afterUncleanStop(Rate.UNLIMITED, 0);

        assertThat(bucket.take(1_000_000, 0)).isEqualTo(1_000_000);
        assertThat(bucket.nanosUntilNext(0)).isZero();
    }
}
