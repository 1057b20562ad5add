package io.postrider.ingress;

import io.postrider.smtp.ServerProfile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.io.Inet.SocketOption;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.stream.javadsl.Tcp.IncomingConnection;
import org.apache.pekko.stream.javadsl.Tcp.ServerBinding;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One bound SMTP port and its connections. Safe for all threads. */
public final class SmtpListener {

    private static final Logger log = LoggerFactory.getLogger(SmtpListener.class);
    private static final List<SocketOption> OPTIONS = List.of(TcpSO.tcpNoDelay(true));

    private final ListenerSettings settings;
    private final SmtpService service;
    private final ServerProfile profile;
    private final ConnectionCount count;
    private final Map<Object, AsyncCallback<SmtpConnection.Signal>> open = new ConcurrentHashMap<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private final Materializer materializer;
    private final ActorSystem<?> system;
    private volatile boolean draining;
    private volatile Optional<ServerBinding> binding = Optional.empty();

    private SmtpListener(ActorSystem<?> system, ListenerSettings settings, SmtpService service) {
        this.system = system;
        this.settings = settings;
        this.service = service;
        this.profile = new ServerProfile(settings.terms());
        this.count = new ConnectionCount(settings.maxConnections(), settings.maxConnectionsPerClient());
        this.materializer = SystemMaterializer.get(system).materializer();
    }

    /** Completes when the port is bound; fails when it cannot be. */
    public static CompletionStage<SmtpListener> start(
            ActorSystem<?> system, ListenerSettings settings, SmtpService service) {
        SmtpListener listener = new SmtpListener(system, settings, service);
        return listener.bind(settings.host())
                .exceptionallyCompose(failure -> "::".equals(settings.host())
                        // A machine without IPv6 has no such address; what stands in the way otherwise fails here as
                        // well.
                        ? listener.bind("0.0.0.0")
                        : CompletableFuture.failedFuture(failure))
                .thenApply(bound -> {
                    listener.binding = Optional.of(bound);
                    log.info("listener={} listens at {}", settings.name(), bound.localAddress());
                    return listener;
                });
    }

    private CompletionStage<ServerBinding> bind(String host) {
        return Tcp.get(system)
                .bind(host, settings.port(), settings.backlog(), OPTIONS, true, Optional.empty())
                .toMat(Sink.foreach(this::accept), Keep.left())
                .run(materializer);
    }

    public String name() {
        return settings.name();
    }

    /** Where it listens, with the port that was found for port 0. */
    public InetSocketAddress address() {
        return binding.orElseThrow().localAddress();
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
        binding.ifPresent(ServerBinding::unbind);
        signal(SmtpConnection.Signal.DRAIN);
        system.scheduler().scheduleOnce(atMost, () -> signal(SmtpConnection.Signal.CUT), system.executionContext());
        completeIfEmpty();
        return empty;
    }

    private void signal(SmtpConnection.Signal signal) {
        open.values().forEach(connection -> connection.invoke(signal));
    }

    private void accept(IncomingConnection connection) {
        InetAddress client = connection.remoteAddress().getAddress();
        if (!settings.mayConnect(client)) {
            refuse(connection, "554 5.7.1 Access denied: this address may not connect\r\n");
            return;
        }
        switch (count.enter(client)) {
            case ADMITTED -> connection.handleWith(Flow.fromGraph(new SmtpConnection(this, client)), materializer);
            case TOO_MANY -> refuse(connection, "421 4.7.0 Too many connections, try again later\r\n");
            case TOO_MANY_OF_CLIENT ->
                refuse(connection, "421 4.7.0 Too many connections from your address, try again later\r\n");
        }
    }

    /** Each refusal lingers until it is read: a flood of them must not hold more than some. */
    private void refuse(IncomingConnection connection, String reply) {
        service.meters().inboundRefused();
        if (refusals.incrementAndGet() > settings.maxRefusals()) {
            refusals.decrementAndGet();
            connection.handleWith(Flow.fromSinkAndSource(Sink.cancelled(), Source.empty()), materializer);
            return;
        }
        ByteString bytes = ByteString.fromArrayUnsafe(reply.getBytes(StandardCharsets.US_ASCII));
        Sink<ByteString, CompletionStage<Done>> briefly =
                Flow.<ByteString>create().takeWithin(SmtpConnection.LINGER_TIME).toMat(Sink.ignore(), Keep.right());
        connection
                .handleWith(Flow.fromSinkAndSourceMat(briefly, Source.single(bytes), Keep.left()), materializer)
                .whenComplete((done, failure) -> refusals.decrementAndGet());
    }

    // ---- for its connections

    SmtpService service() {
        return service;
    }

    ListenerSettings settings() {
        return settings;
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

    void closed(Object connection, InetAddress client) {
        open.remove(connection);
        service.meters().inboundClosed();
        count.leave(client);
        completeIfEmpty();
    }

    private void completeIfEmpty() {
        if (draining && count.open() == 0) {
            empty.complete(null);
        }
    }
}
