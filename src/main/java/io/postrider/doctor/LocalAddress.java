package io.postrider.doctor;

import java.net.InetAddress;
import java.util.Optional;

/** Which of this machine's addresses the system would choose. */
public interface LocalAddress {

    /** Empty when there is no way to the world in that family. Sends nothing. */
    Optional<InetAddress> towardsTheWorld(boolean v4);
}
