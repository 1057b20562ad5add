package io.postrider.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for many sockets and moves their bytes. It reads at once what is there, so a conversation of short
 * lines costs one system call a line, and no change of what is waited for.
 */
final class SocketLoop {

    private static final Logger log = LoggerFactory.getLogger(SocketLoop.class);

    private static final Duration LINGER = Duration.ofSeconds(1);
    /** How late a lingering connection may end. */
    private static final long TICK_MILLIS = 250;
    /** How long no connection is accepted after the system refused one, for want of files or memory. */
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private static final int ACCEPTS_IN_A_ROW = 64;
    private static final int SCRATCH_BYTES = 64 << 10;

    private final int maxLingering;
    private final Selector selector;
    private final Thread thread;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Link> finished = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Link> lingering = new ArrayDeque<>();
    private final ArrayDeque<Paused> paused = new ArrayDeque<>();
    private volatile boolean stopping;

    private record Paused(SelectionKey listening, long until) {}

    /** What waits at a listening socket. */
    private record Door(ServerSocketChannel channel, Consumer<SocketChannel> accepted) {}

    SocketLoop(String name, int maxLingering) throws IOException {
        this.maxLingering = maxLingering;
        selector = Selector.open();
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Ends the thread once nothing lingers, a second later at most, and closes every socket of the loop. */
    void stop() {
        stopping = true;
        selector.wakeup();
    }

    /** Runs it on the loop's thread, at once when this is that thread. */
    void execute(Runnable task) {
        if (Thread.currentThread() == thread) {
            task.run();
        } else {
            tasks.add(task);
            selector.wakeup();
        }
    }

    /** Accepts at this socket; {@code accepted} gets each connection on this thread. */
    void accept(ServerSocketChannel channel, Consumer<SocketChannel> accepted) {
        execute(() -> {
            try {
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_ACCEPT, new Door(channel, accepted));
            } catch (IOException closed) {
                log.warn("a listening socket was closed before it could be used: {}", closed.toString());
            }
        });
    }

    /** A link for this connection, offered on this thread. */
    void adopt(SocketChannel channel, Consumer<Link> accepted) {
        execute(() -> {
            try {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                accepted.accept(new Link(this, channel, (InetSocketAddress) channel.getRemoteAddress()));
            } catch (IOException gone) {
                close(channel);
            } catch (RuntimeException bug) {
                log.error("a connection could not be taken", bug);
                close(channel);
            }
        });
    }

    SelectionKey register(SocketChannel channel, Link link) throws IOException {
        return channel.register(selector, SelectionKey.OP_READ, link);
    }

    /** Needs no haste: the next turn of the loop finds it. */
    void linger(Link link) {
        link.lingersUntil(System.nanoTime() + LINGER.toNanos());
        finished.add(link);
    }

    private void run() {
        try {
            while (!stopping || !lingering.isEmpty() || !finished.isEmpty()) {
                boolean quiet = selector.keys().isEmpty() && lingering.isEmpty();
                selector.select(this::ready, quiet ? 0 : TICK_MILLIS);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    quietly(task);
                }
                endLingering();
                acceptAgain();
            }
        } catch (IOException | ClosedSelectorException e) {
            log.error("the sockets can no longer be waited for; the node should be restarted", e);
        } finally {
            selector.keys().forEach(key -> close(key.channel()));
            lingering.forEach(Link::abort);
            close(selector);
        }
    }

    private void ready(SelectionKey key) {
        quietly(() -> {
            if (key.attachment() instanceof Link link) {
                link.ready(scratch);
            } else if (key.attachment() instanceof Door door) {
                acceptAll(key, door);
            }
        });
    }

    private void acceptAll(SelectionKey key, Door door) {
        try {
            for (int i = 0; i < ACCEPTS_IN_A_ROW; i++) {
                SocketChannel channel = door.channel().accept();
                if (channel == null) {
                    return;
                }
                door.accepted().accept(channel);
            }
        } catch (IOException e) {
            if (!door.channel().isOpen()) {
                return;
            }
            log.warn("no connection can be accepted for a moment: {}", e.toString());
            key.interestOps(0);
            paused.add(new Paused(key, System.nanoTime() + ACCEPT_PAUSE.toNanos()));
        }
    }

    private void acceptAgain() {
        while (!paused.isEmpty() && System.nanoTime() - paused.peek().until() >= 0) {
            SelectionKey key = paused.remove().listening();
            if (key.isValid()) {
                key.interestOps(SelectionKey.OP_ACCEPT);
            }
        }
    }

    private void endLingering() {
        for (Link link = finished.poll(); link != null; link = finished.poll()) {
            if (link.peerHasEnded()) {
                link.abort();
            } else if (link.isOpen()) {
                lingering.add(link);
            }
        }
        long now = System.nanoTime();
        while (!lingering.isEmpty()) {
            Link oldest = lingering.peek();
            boolean over = now - oldest.lingersUntil() >= 0 || lingering.size() > maxLingering;
            if (oldest.isOpen() && !over) {
                return;
            }
            lingering.remove();
            oldest.abort();
        }
    }

    private static void quietly(Runnable task) {
        try {
            task.run();
        } catch (CancelledKeyException gone) {
            log.debug("a socket was closed in between");
        } catch (RuntimeException bug) {
            log.error("a socket's event could not be handled", bug);
        }
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            log.debug("could not be closed: {}", e.toString());
        }
    }
}
