package io.postrider.queue;

import io.postrider.egress.Assignment;
import io.postrider.egress.FromConnection;
import io.postrider.egress.ToConnection;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;

/** Makes the connections that a queue spawns as its children. */
@FunctionalInterface
public interface Connections {

    Behavior<ToConnection> create(Assignment assignment, ActorRef<FromConnection> queue);
}
