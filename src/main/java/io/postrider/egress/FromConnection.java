package io.postrider.egress;

import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** What a connection says to the queue it works for. The queue adapts these into its own commands. */
public sealed interface FromConnection {

    ActorRef<ToConnection> connection();

    /**
     * Asks for up to {@code max} messages; {@code max} is what is left of {@code egress.window}. Answered by
     * {@link ToConnection.Pulled} as soon as at least one message is ready, and by nothing else; a later pull replaces
     * an earlier unanswered one.
     */
    record Pull(ActorRef<ToConnection> connection, int max) implements FromConnection {}

    /**
     * Outcomes of pulled messages, each with a result for every recipient that was open in its ticket. Answered by
     * {@link ToConnection.Recorded} once they are events.
     */
    record Outcomes(ActorRef<ToConnection> connection, List<MessageOutcome> outcomes) implements FromConnection {}

    /** Pulled, but never named to a server: ready again at once, no attempt counts. */
    record GaveBack(ActorRef<ToConnection> connection, List<MessageId> messages) implements FromConnection {}

    /** Pulled, but held by a suspension of their sender that came with the pull. No attempt counts. */
    record HeldBack(ActorRef<ToConnection> connection, List<MessageId> messages) implements FromConnection {}

    /**
     * Every host of the domain failed before MAIL, or the way to it could not be found out: the domain backs off. Never from
     * a connection for mail with optional TLS, which defers what it pulls instead.
     */
    record AllHostsFailed(ActorRef<ToConnection> connection, Reply reply) implements FromConnection {}

    /** A server of the domain greeted us and took our EHLO. */
    record Connected(ActorRef<ToConnection> connection, String site, String mx, String ip) implements FromConnection {}

    /** What the connection is waiting for now, for {@code waiting_for}. */
    record Waiting(ActorRef<ToConnection> connection, String site, WaitingFor what) implements FromConnection {}

    /**
     * The connection wants to end because nothing came for a while or others wait for its transport. Unless a
     * {@link ToConnection.Pulled} is already on its way, the queue answers {@link ToConnection.Released}.
     */
    record Leaving(ActorRef<ToConnection> connection) implements FromConnection {}

    enum WaitingFor {
        DNS,
        SITE_CONNECTIONS,
        SITE_RATE,
        CONNECT,
        NOTHING
    }

    /**
     * How one attempt of one message ended.
     *
     * @param attempt as in its ticket
     * @param via empty when no server was involved
     */
    record MessageOutcome(MessageId id, int attempt, Optional<Via> via, List<Result> results) {}
}
