package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.ingress.ProxyHeader.State;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    /** In one piece, and byte by byte. */
    private static ProxyHeader read(byte[] bytes, State expected) {
        ProxyHeader whole = new ProxyHeader();
        assertThat(whole.receive(bytes)).isEqualTo(expected);
        ProxyHeader drop = new ProxyHeader();
        int at = 0;
        while (at < bytes.length && drop.state() == State.MORE) {
            drop.receive(new byte[] {bytes[at++]});
        }
        assertThat(drop.state()).isEqualTo(expected);
        assertThat(drop.client()).isEqualTo(whole.client());
        assertThat(Arrays.copyOfRange(bytes, at, bytes.length)).isEqualTo(whole.rest());
        return whole;
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 65535,192.0.2.1",
        "PROXY TCP6 2001:db8::1 ::1 1 25,2001:db8::1",
        "PROXY UNKNOWN,",
        "PROXY UNKNOWN ffff::1 ffff::2 1 2,"
    })
    void readsVersion1(String line, String client) throws Exception {
        ProxyHeader header = read(ascii(line + "\r\nEHLO x\r\n"), State.READ);

        assertThat(header.rest()).isEqualTo(ascii("EHLO x\r\n"));
        if (client == null) {
            assertThat(header.client()).isEmpty();
        } else {
            assertThat(header.client()).contains(InetAddress.getByName(client));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EHLO x\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 1 2\nx",
                "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n",
                "PROXY TCP4 ::1 ::1 1 2\r\n",
                "PROXY TCP6 192.0.2.1 192.0.2.1 1 2\r\n",
                "PROXY TCP4 host.test 192.0.2.1 1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.1 1 65536\r\n",
                "PROXY TCP4  192.0.2.1 192.0.2.1 1 2\r\n",
                "PROXY UDP4 192.0.2.1 192.0.2.1 1 2\r\n",
                "PROXY \r\n",
                "proxy TCP4 192.0.2.1 192.0.2.1 1 2\r\n",
                "PROXY UNKNOWN 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456\r\n"
            })
    void refusesWhatIsNoHeader(String text) {
        ProxyHeader header = new ProxyHeader();

        assertThat(header.receive(ascii(text))).isEqualTo(State.WRONG);
    }

    @Test
    void readsVersion2AndSkipsAdditions() throws Exception {
        byte[] v4 =
                hex(SIGNATURE + "2111" + "0013" + "c0000201" + "c6336401" + "0001" + "0019" + "04000401020304" + "45");
        assertThat(read(v4, State.READ).client()).contains(InetAddress.getByName("192.0.2.1"));
        assertThat(read(v4, State.READ).rest()).isEqualTo(ascii("E"));

        byte[] v6 = hex(SIGNATURE + "2121" + "0024" + "20010db8000000000000000000000001".repeat(2) + "00010019");
        assertThat(read(v6, State.READ).client()).contains(InetAddress.getByName("2001:db8::1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"20000000", "20110000", "2100000400000000", "2131000400000000"})
    void localAndUnknownStandForTheProxy(String rest) {
        assertThat(read(hex(SIGNATURE + rest), State.READ).client()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1111000c", "2211000c", "21111001", "2111000400000000"})
    void refusesVersionsCommandsAndLengthsThatCannotBe(String rest) {
        ProxyHeader header = new ProxyHeader();

        assertThat(header.receive(hex(SIGNATURE + rest))).isEqualTo(State.WRONG);
    }
}
