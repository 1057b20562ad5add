package io.postrider.ingress;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.net.Link;
import io.postrider.net.Sockets;
import io.postrider.smtp.ServerProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One bound SMTP port and its connections. Safe for all threads. */
public final class SmtpListener {

    private static final Logger log = LoggerFactory.getLogger(SmtpListener.class);

    private static final String TOO_MANY = "421 4.7.0 Too many connections, try again later\r\n";
    private static final String TOO_MANY_OF_CLIENT =
            "421 4.7.0 Too many connections from your address, try again later\r\n";

    private final ListenerSettings settings;
    private final SmtpService service;
    private final ServerProfile profile;
    private final ConnectionCount count;
    private final Optional<TlsOffer> tls;
    private final FailedHandshakes failedHandshakes;
    private final Map<Object, AsyncCallback<SmtpConnection.Signal>> open = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private final Materializer materializer;
    private final ActorSystem<?> system;
    private volatile boolean draining;
    private volatile Optional<Sockets.Listening> listening = Optional.empty();

    private SmtpListener(
            ActorSystem<?> system, ListenerSettings settings, SmtpService service, Optional<TlsOffer> tls) {
        this.system = system;
        this.settings = settings;
        this.service = service;
        this.tls = tls;
        this.profile = new ServerProfile(
                settings.terms(),
                tls.isPresent() && !settings.implicitTls(),
                settings.admission().auth(service.door().isPresent()));
        this.failedHandshakes = new FailedHandshakes(settings.name(), service.meters(), service.ticker());
        this.count = new ConnectionCount(settings.maxConnections(), settings.maxConnectionsPerClient());
        this.materializer = SystemMaterializer.get(system).materializer();
    }

    /**
     * Listens from now on.
     *
     * @param tls with the certificates of the settings; empty: nothing is encrypted
     * @throws IOException when the port cannot be bound
     */
    public static SmtpListener start(
            ActorSystem<?> system,
            Sockets sockets,
            ListenerSettings settings,
            SmtpService service,
            Optional<TlsOffer> tls)
            throws IOException {
        SmtpListener listener = new SmtpListener(system, settings, service, tls);
        listener.listening = Optional.of(listener.listen(sockets));
        log.info("listener={} listens at {}", settings.name(), listener.address());
        return listener;
    }

    private Sockets.Listening listen(Sockets sockets) throws IOException {
        try {
            return sockets.listen(
                    new InetSocketAddress(settings.host(), settings.port()), settings.backlog(), this::accept);
        } catch (IOException failure) {
            if (!"::".equals(settings.host())) {
                throw failure;
            }
            // A machine without IPv6 has no such address; what stands in the way otherwise fails here as well.
            return sockets.listen(new InetSocketAddress("0.0.0.0", settings.port()), settings.backlog(), this::accept);
        }
    }

    public String name() {
        return settings.name();
    }

    /** Where it listens, with the port that was found for port 0. */
    public InetSocketAddress address() {
        return listening.orElseThrow().address();
    }

    /** Connections that are open now. */
    public int connections() {
        return count.open();
    }

    /**
     * Takes no more connections, tells idle sessions 421 now and others behind their transaction, and cuts what is left
     * after {@code atMost}. Completes when no connection is left. Harmless to repeat.
     */
    public CompletionStage<Void> drain(Duration atMost) {
        draining = true;
        listening.ifPresent(Sockets.Listening::close);
        signal(SmtpConnection.Signal.DRAIN);
        system.scheduler().scheduleOnce(atMost, () -> signal(SmtpConnection.Signal.CUT), system.executionContext());
        completeIfEmpty();
        return empty;
    }

    private void signal(SmtpConnection.Signal signal) {
        open.values().forEach(connection -> connection.invoke(signal));
    }

    private void accept(Link link) {
        if (settings.fronts().isProxy(link.address())) {
            // Who comes is known behind its header.
            if (count.enter()) {
                RunnableGraph.fromGraph(new SmtpConnection(this, link)).run(materializer);
            } else {
                refuse(link, TOO_MANY);
            }
            return;
        }
        Optional<String> objection = objection(link.address());
        if (objection.isPresent()) {
            refuse(link, objection.get());
        } else if (!count.enter()) {
            refuse(link, TOO_MANY);
        } else if (!count.enter(link.address())) {
            count.leave();
            refuse(link, TOO_MANY_OF_CLIENT);
        } else {
            RunnableGraph.fromGraph(new SmtpConnection(this, link)).run(materializer);
        }
    }

    /** Why this client gets no session; empty when it does. */
    Optional<String> objection(InetAddress client) {
        if (!settings.mayConnect(client)) {
            return Optional.of("554 5.7.1 Access denied: this address may not connect\r\n");
        }
        return hasFailedTooOften(client)
                ? Optional.of("421 4.7.0 Too many failed authentications from your address, try again later\r\n")
                : Optional.empty();
    }

    /** The same for one that somebody else speaks for; it is counted when there is no objection. */
    Optional<String> objectionBehindFront(InetAddress client) {
        Optional<String> objection = objection(client);
        if (objection.isEmpty() && !count.enter(client)) {
            objection = Optional.of(TOO_MANY_OF_CLIENT);
        }
        objection.ifPresent(reply -> service.meters().inboundRefused());
        return objection;
    }

    /** A connection is no longer this client's, whom it was counted for. */
    void leave(InetAddress client) {
        count.leave(client);
    }

    /** What the client says is of no interest; the loop bounds how many such connections there are. */
    private void refuse(Link link, String reply) {
        service.meters().inboundRefused();
        link.start(event -> {});
        try {
            link.send(ByteBuffer.wrap(reply.getBytes(StandardCharsets.US_ASCII)));
            link.finish();
        } catch (IOException gone) {
            link.abort();
        }
    }

    // ---- for its connections

    SmtpService service() {
        return service;
    }

    ListenerSettings settings() {
        return settings;
    }

    /** Where clients log in; empty where they cannot. */
    Optional<Door> door() {
        return service.door();
    }

    /**
     * As whom a client may send that has not logged in: as the user whose name its certificate bears, or as the host that
     * it is. Empty: it may not.
     */
    Optional<Identity> guest(InetAddress client, Optional<Encryption> encryption) {
        if (door().isPresent() && encryption.isPresent() && settings.admission().mode() != Admission.Mode.OFF) {
            for (String name :
                    encryption.get().peer().map(Encryption.Peer::names).orElse(List.of())) {
                Optional<Identity> user = door().get().logins().identity(name);
                if (user.isPresent()) {
                    return user;
                }
            }
        }
        return settings.mayRelay(client)
                ? Optional.of(Identity.host(settings.admission().senderDomains()))
                : Optional.empty();
    }

    /** A user that somebody else has let in, whose word we take. */
    Optional<Identity> user(String name) {
        return door().flatMap(door -> door.logins().identity(name));
    }

    /** Whether this client failed to log in so often that it has no business here. */
    private boolean hasFailedTooOften(InetAddress client) {
        return door().filter(door -> door.isRefused(client)).isPresent() && !settings.mayRelay(client);
    }

    Optional<TlsOffer> tls() {
        return tls;
    }

    FailedHandshakes failedHandshakes() {
        return failedHandshakes;
    }

    ServerProfile profile() {
        return profile;
    }

    void opened(Object connection, AsyncCallback<SmtpConnection.Signal> signals) {
        open.put(connection, signals);
        service.meters().inboundOpened();
        if (draining) {
            signals.invoke(SmtpConnection.Signal.DRAIN);
        }
    }

    /** @param client whom the connection was counted for, if it came so far */
    void closed(Object connection, Optional<InetAddress> client) {
        open.remove(connection);
        service.meters().inboundClosed();
        client.ifPresent(count::leave);
        count.leave();
        completeIfEmpty();
    }

    private void completeIfEmpty() {
        if (draining && count.open() == 0) {
            empty.complete(null);
        }
    }
}
