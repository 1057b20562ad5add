package io.postrider.doctor;

import io.postrider.mail.IpLiteral;
import java.net.InetAddress;
import java.util.Set;

/**
 * An address that receivers see mail of ours come from.
 *
 * @param origin how we know
 * @param ehlo names that connections from there greet with
 */
record SendingAddress(InetAddress address, Origin origin, Set<String> ehlo) {

    enum Origin {
        /** A source binds it. */
        BOUND,
        /** The operator says so. */
        GIVEN,
        /** The system would choose it. */
        GUESSED
    }

    String text() {
        return IpLiteral.text(address);
    }

    boolean isV4() {
        return address.getAddress().length == 4;
    }
}
