package io.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.MessageId;
import io.postrider.store.TemporaryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RocksReservationsTest extends ReservationsContract {

    private static final IdempotencySettings SETTINGS = new IdempotencySettings(KEEP, 800, 10_000_000, 1000);
    private static final Fingerprint PAYLOAD = Fingerprint.of("payload");

    private TemporaryStore temporary;
    private RocksReservations reservations;

    @BeforeEach
    void open() {
        temporary = TemporaryStore.with(RocksReservations.FAMILIES);
        reservations = RocksReservations.open(temporary.store(), SETTINGS);
    }

    @AfterEach
    void close() {
        temporary.close();
    }

    @Override
    Reservations reservations() {
        return reservations;
    }

    @Override
    void restart() {
        reservations = RocksReservations.open(temporary.reopen(), SETTINGS);
    }

    private boolean isNew(int key, Instant at) {
        return get(reservations.reserve(Fingerprint.of("key " + key), PAYLOAD, new MessageId(1, key), at))
                .isNew();
    }

    private long rows() {
        restart();
        List<byte[]> keys = new ArrayList<>();
        temporary
                .store()
                .scanKeys(
                        temporary.store().table(RocksReservations.FAMILIES.get(0)),
                        new byte[0],
                        new byte[] {127},
                        keys::add);
        return keys.size();
    }

    @Test
    void takesWhatIsTooOldOffTheDisk() {
        for (int key = 0; key < 200; key++) {
            isNew(key, NOW);
        }

        isNew(200, NOW.plus(KEEP));
        isNew(201, NOW.plus(KEEP).plus(Duration.ofHours(4)));
        assertThat(isNew(202, NOW.plus(KEEP.multipliedBy(2)).plus(Duration.ofHours(8))))
                .isTrue();

        assertThat(rows()).isEqualTo(1 + 1);
    }

    @Test
    void forgetsTheOldestWhenThereAreTooMany() {
        for (int key = 0; key < 1_000; key++) {
            isNew(key, NOW.plusMillis(key));
        }

        assertThat(rows()).isBetween(700L, 820L);
        assertThat(reservations.keys()).isBetween(700L, 800L);
        assertThat(isNew(999, NOW.plusSeconds(1))).isFalse();
        assertThat(isNew(0, NOW.plusSeconds(1))).isTrue();
    }

    @Test
    void forgetsTheOldestWhenAnswersAreTooLong() {
        byte[] text = new byte[100_000];
        for (int key = 0; key < 300; key++) {
            Reservation reservation = get(reservations.reserve(
                            Fingerprint.of("key " + key), PAYLOAD, new MessageId(1, key), NOW.plusMillis(key)))
                    .reservation();
            get(reservations.confirm(reservation, new Reservation.Answer(202, text)));
        }

        assertThat(rows()).isBetween(70L, 120L);
        assertThat(isNew(299, NOW.plusSeconds(1))).isFalse();
        assertThat(isNew(0, NOW.plusSeconds(1))).isTrue();
    }
}
