package io.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.spool.Reservation.Answer;
import io.postrider.spool.Reservations.Reserved;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What everybody who keeps reservations must do. */
abstract class ReservationsContract {

    static final Duration KEEP = Duration.ofHours(24);
    static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");

    private static final Fingerprint PAYLOAD = Fingerprint.of("payload");
    private static final Fingerprint OTHER = Fingerprint.of("other payload");

    private final MessageIds ids = new MessageIds(InstantSource.fixed(NOW));

    abstract Reservations reservations();

    /** As after a restart of the process. */
    abstract void restart();

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static Answer answer(String text) {
        return new Answer(202, text.getBytes(StandardCharsets.UTF_8));
    }

    private Reserved reserve(String name, Fingerprint payload, Instant at) {
        return get(reservations().reserve(Fingerprint.of(name), payload, ids.next(), at));
    }

    @Test
    void reservesAFreeName() {
        MessageId id = ids.next();

        Reserved reserved = get(reservations().reserve(Fingerprint.of("a"), PAYLOAD, id, NOW));

        assertThat(reserved.isNew()).isTrue();
        assertThat(reserved.reservation().id()).isEqualTo(id);
        assertThat(reserved.reservation().payload()).isEqualTo(PAYLOAD);
        assertThat(reserved.reservation().at()).isEqualTo(NOW);
        assertThat(reserved.reservation().answer()).isEmpty();
    }

    @Test
    void showsWhatIsThereInsteadOfReservingTwice() {
        Reserved first = reserve("a", PAYLOAD, NOW);

        for (int round = 0; round < 2; round++) {
            Reserved second = reserve("a", OTHER, NOW.plusSeconds(1));

            assertThat(second.isNew()).isFalse();
            assertThat(second.reservation()).isEqualTo(first.reservation());
            restart();
        }
        assertThat(reserve("b", OTHER, NOW).isNew()).isTrue();
    }

    @Test
    void keepsTheAnswerByteForByte() {
        Reserved reserved = reserve("a", PAYLOAD, NOW);

        get(reservations().confirm(reserved.reservation(), answer("{\"id\": \"é\u0000\"}")));

        for (int round = 0; round < 2; round++) {
            Reservation found = reserve("a", PAYLOAD, NOW).reservation();
            assertThat(found.id()).isEqualTo(reserved.reservation().id());
            assertThat(found.answer().orElseThrow().code()).isEqualTo(202);
            assertThat(found.answer().orElseThrow().text())
                    .isEqualTo(answer("{\"id\": \"é\u0000\"}").text());
            restart();
        }
    }

    @Test
    void keepsAnEmptyAnswer() {
        get(reservations().confirm(reserve("a", PAYLOAD, NOW).reservation(), new Answer(999, new byte[0])));
        restart();

        Answer found = reserve("a", PAYLOAD, NOW).reservation().answer().orElseThrow();

        assertThat(found.code()).isEqualTo(999);
        assertThat(found.text()).isEmpty();
    }

    @Test
    void keepsAReservationWithoutAnAnswerOverARestart() {
        Reserved reserved = reserve("a", PAYLOAD, NOW);
        restart();

        Reserved again = reserve("a", PAYLOAD, NOW);

        assertThat(again.isNew()).isFalse();
        assertThat(again.reservation().id()).isEqualTo(reserved.reservation().id());
        assertThat(again.reservation().answer()).isEmpty();
    }

    @Test
    void freesANameThatIsForgotten() {
        Reserved reserved = reserve("a", PAYLOAD, NOW);

        get(reservations().forget(reserved.reservation()));

        assertThat(reserve("a", OTHER, NOW).isNew()).isTrue();
        restart();
        assertThat(reserve("a", OTHER, NOW).reservation().payload()).isEqualTo(OTHER);
    }

    @Test
    void doesNotWaitForWhatItWroteBefore() {
        Reserved reserved = reserve("a", PAYLOAD, NOW);
        reservations().confirm(reserved.reservation(), answer("one"));

        assertThat(reserve("a", PAYLOAD, NOW).reservation().answer()).isPresent();

        reservations().forget(reserved.reservation());
        assertThat(reserve("a", PAYLOAD, NOW).isNew()).isTrue();
    }

    @Test
    void remembersForAsLongAsItShouldAndNoLonger() {
        get(reservations().confirm(reserve("a", PAYLOAD, NOW).reservation(), answer("one")));
        Instant end = NOW.plus(KEEP);

        assertThat(reserve("a", OTHER, end.minusMillis(1)).isNew()).isFalse();
        assertThat(reserve("a", OTHER, end).isNew()).isTrue();
        assertThat(reserve("a", OTHER, end).reservation().answer()).isEmpty();
    }

    @Test
    void remembersOldAndNewKeysAtOnce() {
        for (int hour = 0; hour < 24; hour++) {
            reserve("key " + hour, PAYLOAD, NOW.plus(Duration.ofHours(hour)));
        }
        restart();

        for (int hour = 0; hour < 24; hour++) {
            assertThat(reserve("key " + hour, PAYLOAD, NOW.plus(KEEP).minusMillis(1))
                            .isNew())
                    .as("key %d", hour)
                    .isFalse();
        }
    }
}
