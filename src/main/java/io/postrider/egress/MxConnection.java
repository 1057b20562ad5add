package io.postrider.egress;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** One connection of a queue to the servers of its domain. */
public final class MxConnection {

    private MxConnection() {}

    /** A child of the queue; stops by itself after {@link ToConnection.Released}, or when it has nothing to end. */
    public static Behavior<ToConnection> create(Assignment assignment, ActorRef<FromConnection> queue, Egress egress) {
        return Behaviors.empty();
    }
}
