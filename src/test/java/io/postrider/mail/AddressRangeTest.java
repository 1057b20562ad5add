package io.postrider.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "172.16.0.0/12, 172.31.255.255, true",
        "172.16.0.0/12, 172.32.0.0, false",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::1, ::1, true",
        "fe80::/10, febf::1, true",
        "fe80::/10, fec0::1, false",
        "127.0.0.0/8, ::ffff:127.0.0.1, true",
    })
    void containsWhatSharesItsLeadingBits(String range, String address, boolean contained) {
        assertThat(AddressRange.of(range).contains(IpLiteral.parse(address).orElseThrow()))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0.0/8x",
                "::1/129",
                "10.0.0",
                "relay",
                "1.2.3.4.5"
            })
    void refusesWhatIsNoRange(String text) {
        assertThat(AddressRange.parse(text)).isEmpty();
        assertThatThrownBy(() -> AddressRange.of(text)).hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
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
}
