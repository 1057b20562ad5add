package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionCountTest {

    @Test
    void countsExactlyAndForgetsWhoHasLeft() throws Exception {
        ConnectionCount count = new ConnectionCount(3, 2);
        InetAddress one = InetAddress.getByName("192.0.2.1");
        InetAddress two = InetAddress.getByName("192.0.2.2");

        assertThat(count.enter(one)).isTrue();
        assertThat(count.enter(one)).isTrue();
        assertThat(count.enter(one)).isFalse();
        assertThat(count.enter(two)).isTrue();
        assertThat(count.clients()).isEqualTo(2);
        assertThat(count.enter() && count.enter() && count.enter()).isTrue();
        assertThat(count.enter()).isFalse();
        assertThat(count.open()).isEqualTo(3);

        count.leave();
        assertThat(count.enter()).isTrue();
        count.leave(one);
        assertThat(count.enter(one)).isTrue();
        count.leave(one);
        count.leave(one);
        count.leave(two);
        assertThat(count.clients()).isZero();
    }

    @Test
    void takesAnIpv6NetworkForOneClient() throws Exception {
        ConnectionCount count = new ConnectionCount(10, 2);

        assertThat(count.enter(InetAddress.getByName("2001:db8:0:1::1"))).isTrue();
        assertThat(count.enter(InetAddress.getByName("2001:db8:0:1:ffff::2"))).isTrue();
        assertThat(count.enter(InetAddress.getByName("2001:db8:0:1::3"))).isFalse();
        assertThat(count.enter(InetAddress.getByName("2001:db8:0:2::1"))).isTrue();

        count.leave(InetAddress.getByName("2001:db8:0:1:ffff::2"));
        assertThat(count.enter(InetAddress.getByName("2001:db8:0:1::3"))).isTrue();
    }
}
