package io.postrider.egress;

import io.postrider.route.Router;
import io.postrider.spool.Spool;
import java.time.InstantSource;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What every connection of the node works with.
 *
 * @param byRules the same ways as {@code router}'s, as they are protected by the operator's rules alone
 */
public record Egress(
        Spool spool,
        Router router,
        Router byRules,
        ActorRef<ToPool> pool,
        EgressSettings settings,
        InstantSource clock) {}
