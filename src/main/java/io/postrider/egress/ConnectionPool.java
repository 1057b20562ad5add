package io.postrider.egress;

import java.time.InstantSource;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The node's transports to the recipients' servers, within the limits of their sites. */
public final class ConnectionPool {

    private ConnectionPool() {}

    /** @param afterCleanStop false: rates start empty and wait one window, for nobody knows what was sent before */
    public static Behavior<ToPool> create(EgressSettings settings, InstantSource clock, boolean afterCleanStop) {
        return Behaviors.empty();
    }
}
