package io.postrider.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection. Its owner is told of {@link Event}s on the loop's thread, and must hand them to a thread of its
 * own; the methods here are for that one thread, and none of them blocks.
 *
 * <pre>
 * OPEN       --finish--------------------> LINGERING   what comes is thrown away
 * OPEN       --abort, or it broke--------> CLOSED
 * LINGERING  --peer closed, or a second--> CLOSED      a reply is not cut off by a reset (RFC 1122 §4.2.2.13)
 * </pre>
 *
 * Reading stops while the owner has {@link #READ_AHEAD_BYTES} that it has not {@link #consumed}: the peer feels it by TCP.
 */
public final class Link {

    /** Beyond so many bytes that wait for the owner nothing more is read. */
    public static final int READ_AHEAD_BYTES = 64 << 10;

    /** What happened to the connection, in this order: any number of pieces, then at most one end. */
    public sealed interface Event {

        /** Bytes that came, at least one; the array is the owner's. */
        record Received(byte[] bytes) implements Event {}

        /** All of what {@link Link#send} could not get rid of is with the system now. */
        record Sent() implements Event {}

        /** The peer sends no more; it may still read. */
        record Ended() implements Event {}

        /** Nothing goes in or out any more. */
        record Broken(IOException why) implements Event {}
    }

    private static final Event SENT = new Event.Sent();
    private static final Event ENDED = new Event.Ended();

    private final SocketLoop loop;
    private final SocketChannel channel;
    private final InetSocketAddress remote;
    private final AtomicInteger ahead = new AtomicInteger();

    private @Nullable SelectionKey key;
    private @Nullable Consumer<Event> owner;
    private volatile boolean paused;
    private volatile boolean finished;
    private volatile boolean ended;
    private volatile @Nullable ByteBuffer unsent;
    private long lingersUntil;

    Link(SocketLoop loop, SocketChannel channel, InetSocketAddress remote) {
        this.loop = loop;
        this.channel = channel;
        this.remote = remote;
    }

    public InetAddress address() {
        return remote.getAddress();
    }

    /** Begins to read. To be called once, where the link was accepted: on the loop's thread. */
    public void start(Consumer<Event> owner) {
        this.owner = owner;
        try {
            key = loop.register(channel, this);
        } catch (IOException gone) {
            owner.accept(new Event.Broken(gone));
        }
    }

    /** The owner is done with so many of the bytes it received. */
    public void consumed(int bytes) {
        if (ahead.addAndGet(-bytes) < READ_AHEAD_BYTES && paused) {
            loop.execute(this::readOn);
        }
    }

    /**
     * Sends what the system takes at once; what is left over follows by itself, and {@link Event.Sent} tells when. Until
     * then nothing else may be sent.
     *
     * @return whether all of it is with the system
     * @throws IOException when the connection is broken
     */
    public boolean send(ByteBuffer bytes) throws IOException {
        channel.write(bytes);
        if (!bytes.hasRemaining()) {
            return true;
        }
        unsent = bytes;
        loop.execute(() -> want(SelectionKey.OP_WRITE));
        return false;
    }

    /** Tells the peer that no more comes; the connection ends when the peer closes too, or a second later. Not repeatable. */
    public void finish() {
        try {
            channel.shutdownOutput();
        } catch (IOException gone) {
            abort();
            return;
        }
        finished = true;
        loop.linger(this);
        if (paused) {
            loop.execute(this::readOn);
        }
    }

    /** Ends the connection now. Harmless to repeat. */
    public void abort() {
        finished = true;
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    // ---- on the loop's thread

    void ready(ByteBuffer scratch) {
        SelectionKey registered = key;
        if (registered == null || !registered.isValid()) {
            return;
        }
        try {
            if (registered.isWritable()) {
                writeOn();
            }
            if (registered.isReadable()) {
                read(scratch);
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    private void read(ByteBuffer scratch) throws IOException {
        scratch.clear();
        int count = channel.read(scratch);
        if (count < 0) {
            ended = true;
            if (finished) {
                abort();
            } else {
                unwant(SelectionKey.OP_READ);
                tell(ENDED);
            }
            return;
        }
        if (count == 0 || finished) {
            return;
        }
        byte[] bytes = new byte[count];
        scratch.flip().get(bytes);
        boolean full = ahead.addAndGet(count) >= READ_AHEAD_BYTES;
        if (full) {
            unwant(SelectionKey.OP_READ);
            paused = true;
        }
        tell(new Event.Received(bytes));
        if (full && ahead.get() < READ_AHEAD_BYTES) {
            readOn();
        }
    }

    private void readOn() {
        paused = false;
        if (!ended) {
            want(SelectionKey.OP_READ);
        }
    }

    private void writeOn() throws IOException {
        ByteBuffer rest = unsent;
        if (rest != null) {
            channel.write(rest);
            if (rest.hasRemaining()) {
                return;
            }
            unsent = null;
        }
        unwant(SelectionKey.OP_WRITE);
        if (rest != null) {
            tell(SENT);
        }
    }

    void broken(IOException why) {
        boolean expected = finished;
        abort();
        if (!expected) {
            tell(new Event.Broken(why));
        }
    }

    private void tell(Event event) {
        Consumer<Event> to = owner;
        if (to != null) {
            to.accept(event);
        }
    }

    private void want(int operation) {
        change(operation, 0);
    }

    private void unwant(int operation) {
        change(0, operation);
    }

    private void change(int add, int remove) {
        SelectionKey registered = key;
        if (registered != null && registered.isValid()) {
            registered.interestOps((registered.interestOps() | add) & ~remove);
        }
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    boolean peerHasEnded() {
        return ended;
    }

    void lingersUntil(long nanos) {
        lingersUntil = nanos;
    }

    long lingersUntil() {
        return lingersUntil;
    }
}
