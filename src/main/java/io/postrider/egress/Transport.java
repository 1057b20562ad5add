package io.postrider.egress;

import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Reply;
import io.postrider.tls.Protection;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.jspecify.annotations.Nullable;

/**
 * The handle of one connection to a server, from the attempt to open it to its end. Safe for all threads: orders go to
 * the stage that runs the conversation; orders to one that has ended are without effect.
 */
public final class Transport {

    /**
     * Where a transport leads and from where.
     *
     * @param clear no encryption, for the host could not do it lately
     */
    record Way(
            String site,
            Source source,
            String host,
            InetSocketAddress address,
            boolean explicit,
            Protection protection,
            boolean clear) {

        /** The same without encryption. */
        Way inClear() {
            return new Way(site, source, host, address, explicit, protection, true);
        }
    }

    /** What its stage is told. */
    sealed interface Order {
        record Attach(ActorRef<ToConnection> borrower, int permits) implements Order {}

        record Send(List<Job> jobs) implements Order {}

        record AddPermits(int permits) implements Order {}

        /** The borrower is through; nothing of his is on it. */
        enum Detach implements Order {
            ORDER
        }

        /** Hand back what is not started, finish the rest, QUIT. */
        enum Quit implements Order {
            ORDER
        }

        /** Break off at once. */
        record Abort(Reply why) implements Order {}
    }

    private final Way way;
    private volatile Via via;
    private volatile int messagesLeft;
    private volatile Optional<Reply> tooOpen = Optional.empty();
    private @Nullable AsyncCallback<Order> stage;

    Transport(Way way, int messagesLeft) {
        this.way = way;
        this.messagesLeft = messagesLeft;
        via = new Via(
                way.site(),
                way.host(),
                way.address().getAddress().getHostAddress(),
                way.source().name(),
                Via.Tls.NONE);
    }

    Way way() {
        return way;
    }

    /** How the records name this way. */
    Via via() {
        return via;
    }

    /** Its handshake is over. */
    void secured(Via.Tls tls) {
        via = new Via(via.site(), via.mx(), via.ip(), via.source(), tls);
    }

    /** Why mail that requires TLS may not go over it; empty when it may. Known once it is open. */
    Optional<Reply> tooOpen() {
        return tooOpen;
    }

    void tooOpen(Optional<Reply> why) {
        tooOpen = why;
    }

    /** Messages that may still start on it; with 0 it closes by itself. */
    int messagesLeft() {
        return messagesLeft;
    }

    void messagesLeft(int left) {
        messagesLeft = left;
    }

    /** Before anybody else knows the handle. */
    void runsIn(AsyncCallback<Order> stage) {
        this.stage = stage;
    }

    void tell(Order order) {
        if (stage != null) {
            stage.invoke(order);
        }
    }

    @Override
    public String toString() {
        return way.host() + "[" + via.ip() + "]:" + way.address().getPort();
    }
}
