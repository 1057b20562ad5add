package io.postrider.doctor;

import java.net.InetAddress;
import java.util.Optional;

/**
 * An address that the operator knows of: the outside of a NAT, a smarthost.
 *
 * @param source whose it is; empty: of every source that needs one
 */
public record GivenAddress(Optional<String> source, InetAddress address) {

    boolean isOf(String name) {
        return source.isEmpty() || source.get().equals(name);
    }
}
