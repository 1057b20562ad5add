package io.postrider.route;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses at which a mail server that connects to the mail port reaches us. */
final class OwnAddresses {

    private static final Logger log = LoggerFactory.getLogger(OwnAddresses.class);

    private OwnAddresses() {}

    /** The wildcard stands for every address that this machine has now. */
    static Set<InetAddress> of(List<InetAddress> listening) {
        Set<InetAddress> own = new HashSet<>();
        for (InetAddress address : listening) {
            if (address.isAnyLocalAddress()) {
                own.addAll(ofThisMachine());
            } else {
                own.add(address);
            }
        }
        return Set.copyOf(own);
    }

    private static Set<InetAddress> ofThisMachine() {
        Set<InetAddress> all = new HashSet<>();
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .forEach(all::add);
        } catch (SocketException unknown) {
            log.warn(
                    "cannot list this machine's addresses, so a loop to ourselves is noticed by name only: {}",
                    unknown.toString());
        }
        return all;
    }
}
