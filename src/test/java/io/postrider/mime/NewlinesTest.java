package io.postrider.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In the tables {@code r} is CR and {@code n} is LF. */
class NewlinesTest {

    private static byte[] bytes(String text) {
        return text.replace('r', '\r').replace('n', '\n').getBytes(ISO_8859_1);
    }

    private static String mended(String text) {
        byte[] bytes = bytes(text);
        byte[] mended = Newlines.mended(bytes, bytes.length).orElse(bytes);
        return new String(mended, ISO_8859_1).replace('\r', 'r').replace('\n', 'n');
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rn", "arn", "arnrnbrn", ".rn"})
    void leavesWhatIsRightAsItIs(String text) {
        byte[] bytes = bytes(text);

        assertThat(Newlines.mended(bytes, bytes.length)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a, arn",
        "n, rn",
        "r, rn",
        "an, arn",
        "ar, arn",
        "anb, arnbrn",
        "arb, arnbrn",
        "nn, rnrn",
        "rr, rnrn",
        "nr, rnrn",
        "rrn, rnrn",
        "rnn, rnrn",
        "rnr, rnrn",
        "arnb, arnbrn",
        "anrnb, arnrnbrn",
        "rnn.nb, rnrn.rnbrn",
        "rn.rnb, rn.rnbrn",
    })
    void endsEveryLineWithCrLf(String text, String expected) {
        assertThat(mended(text)).isEqualTo(expected);
    }

    @Test
    void readsNoFurtherThanTheLength() {
        assertThat(Newlines.mended(bytes("arnbbb"), 3)).isEmpty();
        assertThat(Newlines.mended(bytes("arn"), 2)).contains(bytes("arn"));
    }

    @Test
    void leavesNoBareEndAndNothingElseChangedWhateverComes() {
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            byte[] text = new byte[random.nextInt(12)];
            for (int i = 0; i < text.length; i++) {
                text[i] = (byte) "\r\na.".charAt(random.nextInt(4));
            }

            byte[] once = Newlines.mended(text, text.length).orElse(text);

            String result = new String(once, ISO_8859_1);
            assertThat(result.replace("\r\n", "")).as(Arrays.toString(text)).doesNotContain("\r", "\n");
            assertThat(result.replace("\r\n", ""))
                    .isEqualTo(new String(text, ISO_8859_1).replace("\r", "").replace("\n", ""));
            assertThat(Newlines.mended(once, once.length)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"arnrnb, 5", "arnrn, 5", "arnb, 4", "'', 0", "annb, 4", "rnrn, 4"})
    void findsTheEndOfTheHeader(String text, int expected) {
        byte[] bytes = bytes(text);

        assertThat(Newlines.endOfHeader(bytes, bytes.length)).isEqualTo(expected);
    }

    @Test
    void tellsAsciiWithinTheBoundsItIsGiven() {
        byte[] bytes = {(byte) 0xC3, 'a', 0x7F, (byte) 0x80};

        assertThat(Newlines.isAscii(bytes, 1, 3)).isTrue();
        assertThat(Newlines.isAscii(bytes, 0, 3)).isFalse();
        assertThat(Newlines.isAscii(bytes, 1, 4)).isFalse();
        assertThat(Newlines.isAscii(bytes, 2, 2)).isTrue();
    }
}
