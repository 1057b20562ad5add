package io.postrider.cli.sink;

import io.postrider.cli.wire.RecordFile;
import io.postrider.cli.wire.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;

/**
 * A receiving mail server for tests: takes everything that its script does not refuse, counts it, and writes down what it
 * is asked to. One virtual thread a connection. Safe for all threads.
 */
public final class Sink implements Closeable {

    private static final int BACKLOG = 1024;

    /** Nobody is listened to for longer than that in silence. */
    private static final Duration SILENCE = Duration.ofMinutes(10);

    private final ServerSocket server;
    private final String hostname;
    private final SinkCounts counts = new SinkCounts();
    private final Optional<RecordFile> record;
    private final Optional<Store> store;
    private final Optional<SSLContext> tls;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> firstSeen = new ConcurrentHashMap<>();
    private volatile SinkScript script;

    private Sink(ServerSocket server, SinkSettings settings) throws IOException {
        this.server = server;
        this.hostname = settings.hostname();
        this.script = settings.script();
        this.tls = settings.tls();
        this.record = settings.record().isPresent()
                ? Optional.of(RecordFile.open(settings.record().get()))
                : Optional.empty();
        this.store = settings.store().isPresent()
                ? Optional.of(Store.open(settings.store().get()))
                : Optional.empty();
    }

    /** Listens when this returns. */
    public static Sink start(SinkSettings settings) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        try {
            server.bind(settings.bind(), BACKLOG);
            Sink sink = new Sink(server, settings);
            Thread.ofPlatform().name("sink-" + sink.port()).daemon().start(sink::accept);
            return sink;
        } catch (BindException taken) {
            server.close();
            throw new BindException(
                    settings.bind().getHostString() + ":" + settings.bind().getPort());
        } catch (IOException failed) {
            server.close();
            throw failed;
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /** As a route names it: {@code 127.0.0.1:2526}. */
    public String address() {
        return "127.0.0.1:" + port();
    }

    public SinkCounts.Snapshot counts() {
        return counts.snapshot();
    }

    /** Recipients received so far; cheaper than {@link #counts()}. */
    public long recipients() {
        return counts.recipients();
    }

    /** From the next command on, the sink does as this one says. */
    public void script(SinkScript next) {
        script = next;
    }

    /** What was received so far is in the record file when this returns, which it otherwise is a moment later. */
    public void flush() throws IOException {
        if (record.isPresent()) {
            record.get().flush();
        }
    }

    /** Cuts all connections; what was recorded is in its file when this returns. Repeating it is harmless. */
    @Override
    public void close() throws IOException {
        server.close();
        List<Socket> cut = new ArrayList<>(open);
        for (Socket socket : cut) {
            socket.close();
        }
        if (record.isPresent()) {
            record.get().close();
        }
    }

    String hostname() {
        return hostname;
    }

    Optional<SSLContext> tls() {
        return tls;
    }

    SinkScript script() {
        return script;
    }

    SinkCounts counters() {
        return counts;
    }

    boolean keepsMessages() {
        return store.isPresent();
    }

    /** Whether the pair was first seen so long ago. The wait starts with the first question. */
    boolean hasWaited(String sender, String recipient, Duration wait) {
        long now = System.nanoTime();
        Long first = firstSeen.putIfAbsent(sender + " " + recipient, now);
        return first != null && now - first >= wait.toNanos();
    }

    /** Called before the message is answered for. */
    void received(String sender, List<String> recipients, ContentReader.Content message) throws IOException {
        if (store.isPresent()) {
            store.get().keep(sender, recipients, message.bytes());
        }
        if (record.isPresent()) {
            record.get().add(message.messageId(), recipients.size());
        }
        counts.received(recipients, message.size());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().name("sink-session").start(() -> talk(socket));
            } catch (SocketException closed) {
                // The next look at the server socket ends the loop; a client that is gone already does no harm.
            } catch (IOException failed) {
                System.err.println("sink: cannot accept a connection: " + failed.getMessage());
            }
        }
    }

    private void talk(Socket socket) {
        counts.connected();
        open.add(socket);
        try (socket) {
            Wire wire = new Wire(socket);
            wire.timeout((int) SILENCE.toMillis());
            new SinkSession(this, wire).run();
        } catch (IOException gone) {
            // Either side may end a conversation at any time; what was answered for has been counted.
        } finally {
            open.remove(socket);
        }
    }
}
