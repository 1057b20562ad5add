package io.postrider.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.event.QueueEvent.Via;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Rows of earlier versions stay readable; these bytes were written by them. */
class HistoryRowTest {

    private static final byte[] KEY = HexFormat.of()
            .parseHex("019e35402b7a7000a1b2c3d4e5f60718" + "00000003" + "71756575657c612e74657374" + "0000000000000011"
                    + "00000002");

    /** Accepted at 1 s, for {@code r@a.test} from {@code s@b.test}, 5 bytes, a tag. */
    private static final String ENVELOPE =
            "01" + "e807" + "06612e74657374" + "01" + "00" + "0872406" + "12e74657374" + "087340622e74657374" + "05"
                    + "0161" + "00" + "00" + "0764656661756c74" + "01" + "0174" + "026c6e" + "0173";

    @Test
    void readsTheFirstVersionWhichKnewNoOwner() {
        HistoryEntry entry = HistoryRow.read(KEY, HexFormat.of().parseHex("01" + ENVELOPE));

        assertThat(entry.eventId()).isEqualTo("queue|a.test/17/2");
        assertThat(entry.recipientIndex()).isEqualTo(3);
        HistoryEntry.Envelope envelope = entry.envelope().orElseThrow();
        assertThat(envelope.recipient()).isEqualTo("r@a.test");
        assertThat(envelope.sender()).isEqualTo("s@b.test");
        assertThat(envelope.tenant()).isEqualTo("a");
        assertThat(envelope.tags()).containsExactly("t");
        assertThat(envelope.sessionId()).isEqualTo("s");
        assertThat(envelope.owner()).isEmpty();
    }

    @Test
    void readsTheSecondVersionWithItsOwner() {
        HistoryEntry entry = HistoryRow.read(KEY, HexFormat.of().parseHex("02" + ENVELOPE + "026b37"));

        assertThat(entry.envelope().orElseThrow().owner()).isEqualTo("k7");
    }

    @Test
    void readsTheThirdVersionWithItsEncryption() {
        String row = "03" + "02" + "e807" + "06612e74657374" + "24" + "01" + "0173" + "026d78" + "0131" + "0164"
                + "07544c5376312e33" + "03414553" + "06766572696679" + "026d78";

        HistoryEntry entry = HistoryRow.read(KEY, HexFormat.of().parseHex(row));

        assertThat(entry.mx()).isEqualTo("mx");
        assertThat(entry.tls()).isEqualTo(new Via.Tls("TLSv1.3", "AES", "verify", "mx"));
        assertThat(entry.retryAt()).isEmpty();
    }

    @Test
    void refusesAVersionThatItDoesNotKnow() {
        assertThatThrownBy(() -> HistoryRow.read(KEY, HexFormat.of().parseHex("04" + ENVELOPE)))
                .hasMessageContaining("but the store holds 4");
    }
}
