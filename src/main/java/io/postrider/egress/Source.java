package io.postrider.egress;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A place to send from. Without any address the system chooses, for both families; with one, only hosts of a family
 * that it can bind are tried.
 *
 * @param ehlo the name it greets with
 */
public record Source(String name, Optional<InetAddress> bindV4, Optional<InetAddress> bindV6, String ehlo) {

    public boolean reaches(InetAddress remote) {
        return isAnywhere() || bindFor(remote).isPresent();
    }

    /** The address to bind for a connection to {@code remote}; empty: the system's choice. */
    public Optional<InetAddress> bindFor(InetAddress remote) {
        return remote.getAddress().length == 4 ? bindV4 : bindV6;
    }

    private boolean isAnywhere() {
        return bindV4.isEmpty() && bindV6.isEmpty();
    }
}
