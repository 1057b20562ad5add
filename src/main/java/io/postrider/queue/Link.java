package io.postrider.queue;

import io.postrider.egress.FromConnection.WaitingFor;
import io.postrider.egress.ToConnection;
import io.postrider.mail.MessageId;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/** What a queue knows of one of its connections. Dies with it. */
final class Link {

    final ActorRef<ToConnection> ref;
    final Track track;
    final Set<MessageId> onWire = new HashSet<>();
    /** What its unanswered pull asked for; 0 without one. */
    int wants;

    boolean hasPulled;
    /** A server has answered it, now or when its transport was opened. */
    boolean reachedServer;

    boolean leaving;
    WaitingFor doing = WaitingFor.CONNECT;
    String site = "";
    String mx = "";
    String ip = "";

    Link(ActorRef<ToConnection> ref, Track track) {
        this.ref = ref;
        this.track = track;
    }
}
