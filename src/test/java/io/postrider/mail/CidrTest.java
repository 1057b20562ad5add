package io.postrider.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.0/8, 127.255.0.1, true",
        "127.0.0.0/8, 128.0.0.1, false",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.129, true",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 192.0.2.1, false",
        "::1, ::1, true",
        "::1, ::2, false",
        "fe80::/10, febf::1, true",
        "fe80::/10, fec0::1, false",
        "2001:db8::/64, 2001:db8::ffff:1, true",
        "2001:db8::/65, 2001:db8:0:0:8000::1, false",
        "::ffff:10.0.0.0/8, 10.1.2.3, true",
        "10.1.2.3/8, 10.9.9.9, true",
    })
    void knowsWhichAddressesBelongToIt(String network, String address, boolean expected) throws Exception {
        assertThat(Cidr.parse(network).contains(InetAddress.getByName(address))).isEqualTo(expected);
    }

    @Test
    void takesAMappedAddressForTheIpv4AddressItStandsFor() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xFF;
        mapped[11] = (byte) 0xFF;
        mapped[12] = 127;
        mapped[15] = 1;
        InetAddress address = Inet6Address.getByAddress("", mapped, 0);

        assertThat(address.getAddress()).hasSize(16);
        assertThat(Cidr.anyContains(Cidr.parseAll(List.of("::1", "127.0.0.0/8")), address))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "localhost",
                "1.2.3",
                "1.2.3.4/33",
                "1.2.3.4/",
                "::1/129",
                "1.2.3.400",
                "1.2.3.4/x",
                "::g"
            })
    void refusesWhatIsNoNetworkWithoutAskingTheDns(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).hasMessageContaining("'" + text + "'");
    }

    @Test
    void readsWhatItWrites() {
        for (String text : List.of("10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1")) {
            Cidr cidr = Cidr.parse(text);
            assertThat(Cidr.parse(cidr.toString())).isEqualTo(cidr);
        }
    }
}
