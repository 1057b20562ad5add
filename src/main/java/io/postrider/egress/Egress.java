package io.postrider.egress;

import io.postrider.route.Router;
import io.postrider.spool.Spool;
import java.time.InstantSource;
import org.apache.pekko.actor.typed.ActorRef;

/** What every connection of the node works with. */
public record Egress(Spool spool, Router router, ActorRef<ToPool> pool, EgressSettings settings, InstantSource clock) {}
