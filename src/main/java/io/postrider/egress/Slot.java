package io.postrider.egress;

import java.util.ArrayDeque;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** One transport of the pool, from its first attempt to connect to its end. Confined to the pool. */
final class Slot {

    final Site site;
    final SiteLane lane;
    /** Where to try next while it is being opened. */
    final ArrayDeque<Transport.Way> ways;

    Transport transport;
    /** For whom it is opened; none once he was served by another one. */
    @Nullable
    Waiter openedFor;

    /** Opened to a certain host, which may not be the one whose turn it is: of no use for other requests. */
    final boolean exactly;

    boolean opening = true;

    @Nullable
    ActorRef<ToConnection> borrower;

    long idleSinceNanos;

    Slot(Site site, SiteLane lane, ArrayDeque<Transport.Way> ways, Transport transport, Waiter openedFor) {
        this.site = site;
        this.lane = lane;
        this.ways = ways;
        this.transport = transport;
        this.openedFor = openedFor;
        this.exactly = openedFor.request.exactly();
    }
}
