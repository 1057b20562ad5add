package io.postrider.ingress;

import static io.postrider.ingress.ConnectionCount.Entry.ADMITTED;
import static io.postrider.ingress.ConnectionCount.Entry.TOO_MANY;
import static io.postrider.ingress.ConnectionCount.Entry.TOO_MANY_OF_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionCountTest {

    @Test
    void countsExactlyAndForgetsWhoHasLeft() throws Exception {
        ConnectionCount count = new ConnectionCount(3, 2);
        InetAddress one = InetAddress.getByName("192.0.2.1");
        InetAddress two = InetAddress.getByName("192.0.2.2");

        assertThat(count.enter(one)).isEqualTo(ADMITTED);
        assertThat(count.enter(one)).isEqualTo(ADMITTED);
        assertThat(count.enter(one)).isEqualTo(TOO_MANY_OF_CLIENT);
        assertThat(count.enter(two)).isEqualTo(ADMITTED);
        assertThat(count.enter(two)).isEqualTo(TOO_MANY);
        assertThat(count.open()).isEqualTo(3);

        count.leave(one);
        assertThat(count.enter(two)).isEqualTo(ADMITTED);
        count.leave(one);
        count.leave(two);
        count.leave(two);
        assertThat(count.open()).isZero();
        assertThat(count.clients()).isZero();
    }

    @Test
    void takesAnIpv6NetworkForOneClient() throws Exception {
        ConnectionCount count = new ConnectionCount(10, 2);

        assertThat(count.enter(InetAddress.getByName("2001:db8:0:1::1"))).isEqualTo(ADMITTED);
        assertThat(count.enter(InetAddress.getByName("2001:db8:0:1:ffff::2"))).isEqualTo(ADMITTED);
        assertThat(count.enter(InetAddress.getByName("2001:db8:0:1::3"))).isEqualTo(TOO_MANY_OF_CLIENT);
        assertThat(count.enter(InetAddress.getByName("2001:db8:0:2::1"))).isEqualTo(ADMITTED);

        count.leave(InetAddress.getByName("2001:db8:0:1:ffff::2"));
        assertThat(count.enter(InetAddress.getByName("2001:db8:0:1::3"))).isEqualTo(ADMITTED);
    }
}
