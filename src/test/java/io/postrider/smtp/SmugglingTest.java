package io.postrider.smtp;

import static io.postrider.smtp.ServerTranscript.TERMS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only CRLF.CRLF ends a message, and no bare newline leaves us. */
class SmugglingTest {

    private static final String OPEN = "EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n";
    private static final ServerTerms REJECTING =
            new ServerTerms("relay.example", AddressSyntax.LENIENT, BareNewline.REJECT, 1000, 3, 0, 512, 20, 100, true);

    /** What stands before the true end of data, and the message that it is. */
    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of("a\r\n", "a\r\n"),
                Arguments.of("", ""),
                Arguments.of("\r\n", "\r\n"),
                Arguments.of("..a\r\n..\r\n...\r\n", ".a\r\n.\r\n..\r\n"),
                Arguments.of(".a\r\n", "a\r\n"),
                Arguments.of("a\n.\nb\r\n", "a\r\n.\r\nb\r\n"),
                Arguments.of("a\n.\r\nb\r\n", "a\r\n.\r\nb\r\n"),
                Arguments.of("a\r\n.\nb\r\n", "a\r\n\r\nb\r\n"),
                Arguments.of("a\r.\rb\r\n", "a\r\n.\r\nb\r\n"),
                Arguments.of("a\r\n.\rb\r\n", "a\r\n\r\nb\r\n"),
                Arguments.of("a\r.\r\nb\r\n", "a\r\n.\r\nb\r\n"),
                Arguments.of("a\r\n.\r\r\nb\r\n", "a\r\n\r\n\r\nb\r\n"),
                Arguments.of("a\r\r\nb\r\n", "a\r\n\r\nb\r\n"),
                Arguments.of("a\n\rb\r\n", "a\r\n\r\nb\r\n"),
                Arguments.of("a\n..b\r\n", "a\r\n..b\r\n"),
                Arguments.of("a\r\n.\0\r\n", "a\r\n\0\r\n"),
                Arguments.of("a\0\r\n", "a\0\r\n"),
                Arguments.of("a\n.\nMAIL FROM:<e@x>\nDATA\r\n", "a\r\n.\r\nMAIL FROM:<e@x>\r\nDATA\r\n"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void endsAMessageOnlyWhereItEnds(String data, String expected) {
        String input = OPEN + "DATA\r\n" + data + ".\r\nNOOP\r\n";

        ServerTranscript whole = ServerTranscript.of(input);
        ServerTranscript bytes = new ServerTranscript(TERMS, true).byteByByte(input);

        assertThat(whole.bodies).containsExactly(expected);
        assertThat(whole.codes()).isEqualTo("250 250 250 354 250 250");
        assertThat(bytes.everything()).isEqualTo(whole.everything());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void refusesBareNewlinesWhenToldTo(String data, String expected) {
        boolean bare = data.replace("\r\n", "").matches("(?s).*[\r\n].*");
        String input = OPEN + "DATA\r\n" + data + ".\r\nNOOP\r\n";

        ServerTranscript transcript = new ServerTranscript(REJECTING, true).whole(input);

        assertThat(transcript.codes()).isEqualTo("250 250 250 354 " + (bare ? "550" : "250") + " 250");
        assertThat(transcript.bodies).hasSize(bare ? 0 : 1);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void mendsChunksByTheSameRule(String data, String ignored) {
        String input = OPEN + "BDAT " + data.length() + " LAST\r\n" + data + "NOOP\r\n";

        ServerTranscript whole = ServerTranscript.of(input);

        String mended = data.replace("\r\n", "\n").replace('\r', '\n').replace("\n", "\r\n");
        assertThat(whole.bodies).containsExactly(mended);
        assertThat(new ServerTranscript(TERMS, true).byteByByte(input).everything())
                .isEqualTo(whole.everything());
    }

    @Test
    void givesAChunkedMessageItsLastNewline() {
        assertThat(ServerTranscript.of(OPEN + "BDAT 1 LAST\r\nx").bodies).containsExactly("x\r\n");
        assertThat(ServerTranscript.of(OPEN + "BDAT 2\r\nx\rBDAT 0 LAST\r\n").bodies)
                .containsExactly("x\r\n");
        assertThat(ServerTranscript.of(OPEN + "BDAT 2\r\nx\rBDAT 1 LAST\r\n\n").bodies)
                .containsExactly("x\r\n");
        assertThat(ServerTranscript.of(OPEN + "BDAT 0 LAST\r\n").bodies).containsExactly("");
        assertThat(ServerTranscript.of(OPEN + "BDAT 7 LAST\r\n\r\n.\r\n.\r").bodies)
                .containsExactly("\r\n.\r\n.\r\n");
    }

    @Test
    void neverLetsABareNewlineOutWhateverComesIn() {
        char[] alphabet = {'\r', '\n', '.', 'a', '\0'};
        for (long seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            StringBuilder data = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                data.append(alphabet[random.nextInt(alphabet.length)]);
            }
            String input = OPEN + "DATA\r\n" + data + "\r\n.\r\n";

            ServerTranscript whole = ServerTranscript.of(input);

            for (String body : whole.bodies) {
                String rest = body.replace("\r\n", "");
                assertThat(rest).as("seed %s", seed).doesNotContain("\r").doesNotContain("\n");
            }
            int end = ("\r\n" + data + "\r\n.\r\n").indexOf("\r\n.\r\n");
            assertThat(whole.bodies).as("seed %s", seed).hasSizeGreaterThanOrEqualTo(end >= 0 ? 1 : 0);
            assertThat(new ServerTranscript(TERMS, true).atRandom(input, seed).everything())
                    .as("seed %s", seed)
                    .isEqualTo(whole.everything());
        }
    }
}
