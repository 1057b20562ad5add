package io.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotStufferTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; .|",
                "a|; a|.|",
                "a; a|.|",
                ".; ..|.|",
                ".|; ..|.|",
                "..a|.b|c.|; ...a|..b|c.|.|",
                "a|.|b|; a|..|b|.|",
                "|; |.|",
            })
    void writesABodyAsDataWantsIt(String body, String wire) {
        assertThat(stuffed(new String[] {body})).isEqualTo(wire);
    }

    @Test
    void cutsMakeNoDifference() {
        Random random = new Random(3);
        for (int round = 0; round < 2000; round++) {
            StringBuilder body = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--) {
                body.append(new String[] {".", "|", "a"}[random.nextInt(3)]);
            }
            String bytes = body.toString().replace("|", "\r\n");
            int cut = random.nextInt(bytes.length() + 1);

            String whole = stuffed(new String[] {bytes});
            String parts = stuffed(new String[] {bytes.substring(0, cut), bytes.substring(cut)});

            assertThat(parts).isEqualTo(whole);
        }
    }

    private static String stuffed(String[] chunks) {
        WireBuffer out = new WireBuffer();
        DotStuffer stuffer = new DotStuffer();
        for (String chunk : chunks) {
            stuffer.write(chunk.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII), out);
        }
        stuffer.end(out);
        WireBuffer.Taken taken = out.take();
        return new String(taken.bytes(), 0, taken.length(), StandardCharsets.US_ASCII).replace("\r\n", "|");
    }
}
