package io.postrider.egress;

import io.postrider.mail.Domain;
import io.postrider.mail.Reply;
import io.postrider.route.Routing;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What is said to the node's {@link ConnectionPool}. */
public sealed interface ToPool {

    /**
     * Asks for a transport to this site. Answered by {@link FromPool.Granted}, {@link FromPool.NoHost} or
     * {@link FromPool.Full}.
     *
     * @param exactly to one of these hosts, not to another one of their site
     */
    record Borrow(Domain domain, Routing.Reachable way, String pool, boolean exactly, ActorRef<ToConnection> borrower)
            implements ToPool {}

    /** The borrower needs none any more. A grant may already be on its way: return it. */
    record NoLonger(ActorRef<ToConnection> borrower, String site) implements ToPool {}

    /** The borrower is through with it; nothing of his is on it. */
    record Return(Transport transport, int unusedPermits) implements ToPool {}

    /** Asks for leave to start that many transactions where the site has a rate: {@link FromPool.Permitted}. */
    record TakePermits(Transport transport, int permits, ActorRef<ToConnection> borrower) implements ToPool {}

    /** All sites, or the one with this name. */
    record Describe(List<String> sites, ActorRef<List<SiteStatus>> replyTo) implements ToPool {}

    /** The server greeted us and took our EHLO. */
    record Opened(Transport transport) implements ToPool {}

    /**
     * The transport is gone; nothing is on it.
     *
     * @param hostFailed it did not end in order
     * @param tlsFailed the server offered encryption, but it did not come about
     */
    record Closed(Transport transport, Reply why, boolean greeted, boolean hostFailed, boolean tlsFailed)
            implements ToPool {}

    /** The site asked us to slow down (4.7.x or 421). */
    record SlowDown(Transport transport, Reply reply) implements ToPool {}

    /** That many messages were taken. */
    record Took(Transport transport, int messages) implements ToPool {}

    /** A lane's rate may allow something again. */
    record PermitsDue(SiteLane lane) implements ToPool {}

    /** Time passes. */
    enum Tick implements ToPool {
        INSTANCE
    }
}
