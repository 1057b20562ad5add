package io.postrider.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The threads of a node that wait for its clients' sockets. Safe for all threads. */
public final class Sockets implements AutoCloseable {

    private final List<SocketLoop> loops;
    private final AtomicInteger next = new AtomicInteger();

    private Sockets(List<SocketLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    /** A port that is listened at, until it is closed; its connections live on. */
    public interface Listening extends AutoCloseable {

        /** With the port that was found for port 0. */
        InetSocketAddress address();

        @Override
        void close();
    }

    /**
     * @param threads at least 1; one serves some 20,000 commands a second
     * @param maxLingering connections that may wait for their peers to close; beyond, the oldest of them end at once
     * @throws IOException when the system gives no selector
     */
    public static Sockets open(int threads, int maxLingering) throws IOException {
        List<SocketLoop> loops = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            loops.add(new SocketLoop("postrider-sockets-" + i, Math.max(1, maxLingering / threads)));
        }
        loops.forEach(SocketLoop::start);
        return new Sockets(loops);
    }

    /**
     * Listens.
     *
     * @param backlog connections that the system holds until they are accepted
     * @param accepted gets each connection, on the thread that will move its bytes, and must either {@link Link#start} or
     *     {@link Link#abort} it there
     * @throws IOException when the address cannot be bound
     */
    public Listening listen(InetSocketAddress address, int backlog, Consumer<Link> accepted) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(address, backlog);
            InetSocketAddress bound = (InetSocketAddress) channel.getLocalAddress();
            SocketLoop first = loops.get(0);
            first.accept(channel, connection -> spread(connection, accepted));
            return new Listening() {
                @Override
                public InetSocketAddress address() {
                    return bound;
                }

                @Override
                public void close() {
                    // On the loop's thread: elsewhere the port would stay taken until the loop next looks.
                    first.execute(() -> closeQuietly(channel));
                }
            };
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void spread(SocketChannel connection, Consumer<Link> accepted) {
        int index = loops.size() == 1 ? 0 : Math.floorMod(next.getAndIncrement(), loops.size());
        loops.get(index).adopt(connection, accepted);
    }

    private static void closeQuietly(ServerSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nobody listens any more either way.
        }
    }

    /** Closes every socket and ends the threads. Harmless to repeat. */
    @Override
    public void close() {
        loops.forEach(SocketLoop::stop);
    }
}
