package io.postrider.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpLiteralTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:DB8::1, 2001:db8:0:0:0:0:0:1",
        "::, 0:0:0:0:0:0:0:0",
        "::ffff:127.0.0.1, 127.0.0.1"
    })
    void readsAnAddress(String text, String address) {
        assertThat(IpLiteral.parse(text).orElseThrow().getHostAddress()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.1",
                "0x7f.0.0.1",
                "256.0.0.1",
                "1.2.3.",
                ".1.2.3",
                ".:",
                "localhost",
                ":",
                "12345::",
                "fe80::1%lo"
            })
    void readsNoAddressIntoHalfOfOne(String text) {
        assertThat(IpLiteral.parse(text)).isEmpty();
    }

    /** RFC 5952 §4.2. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "fe80:0:0:0:0:0:0:0, fe80::"
    })
    void writesAnAddressAsOthersDo(String text, String expected) {
        assertThat(IpLiteral.text(IpLiteral.parse(text).orElseThrow())).isEqualTo(expected);
    }
}
