package io.postrider.ingress;

import io.postrider.net.Link;
import io.postrider.smtp.ServerSession;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.ClosedShape;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * One SMTP connection as a stream of one stage, which holds the connection's {@link Link} itself (decision 0012): moves
 * bytes and time for a {@link ServerSession}. Takes in nothing while replies wait to be sent or a verdict is awaited, so a
 * client that does not listen, and one that we cannot serve, are held back by TCP.
 */
final class SmtpConnection extends GraphStage<ClosedShape> {

    /** What the listener tells its connections. */
    enum Signal {
        DRAIN,
        CUT
    }

    private final SmtpListener listener;
    private final Link link;

    SmtpConnection(SmtpListener listener, Link link) {
        this.listener = listener;
        this.link = link;
    }

    @Override
    public ClosedShape shape() {
        return ClosedShape.getInstance();
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new SmtpConversation(listener, link);
    }
}
