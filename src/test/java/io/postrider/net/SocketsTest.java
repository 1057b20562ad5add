package io.postrider.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real sockets on both sides. */
class SocketsTest {

    /** What one connection's owner was told. */
    private record Owner(Link link, BlockingQueue<Link.Event> events) {

        Link.Event next() throws InterruptedException {
            Link.Event event = events.poll(10, TimeUnit.SECONDS);
            assertThat(event).as("an event within 10 s").isNotNull();
            return event;
        }

        byte[] bytes() throws InterruptedException {
            byte[] bytes = ((Link.Event.Received) next()).bytes();
            link.consumed(bytes.length);
            return bytes;
        }
    }

    private final BlockingQueue<Owner> accepted = new LinkedBlockingQueue<>();
    private final List<Socket> peers = new ArrayList<>();
    private Sockets sockets;
    private Sockets.Listening listening;

    @BeforeEach
    void open() throws IOException {
        sockets = Sockets.open(1, 1);
        listening = sockets.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10, link -> {
            Owner owner = new Owner(link, new LinkedBlockingQueue<>());
            link.start(owner.events()::add);
            accepted.add(owner);
        });
    }

    @AfterEach
    void close() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
        sockets.close();
    }

    @Test
    void bringsBytesBothWays() throws Exception {
        Socket peer = connect();
        Owner owner = owner();

        peer.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));

        assertThat(owner.bytes()).asString().isEqualTo("hello");
        assertThat(owner.link().send(bytes("you too"))).isTrue();
        assertThat(peer.getInputStream().readNBytes(7)).asString().isEqualTo("you too");
    }

    @Test
    void readsNoMoreThanItsOwnerTakes() throws Exception {
        Socket peer = connect();
        Owner owner = owner();
        int all = 32 << 20;
        Thread writer = Thread.ofVirtual().start(() -> write(peer, all));

        int unconsumed = 0;
        while (unconsumed < Link.READ_AHEAD_BYTES) {
            unconsumed += ((Link.Event.Received) owner.next()).bytes().length;
        }
        // Nothing comes unasked: what waits was all there is.
        assertThat(owner.events().poll(100, TimeUnit.MILLISECONDS)).isNull();
        assertThat(writer.isAlive()).isTrue();

        owner.link().consumed(unconsumed);
        int rest = all - unconsumed;
        while (rest > 0) {
            rest -= owner.bytes().length;
        }
        writer.join();
        assertThat(rest).isZero();
    }

    @Test
    void sendsTheRestWhenThePeerReadsAgain() throws Exception {
        Socket peer = connect();
        Owner owner = owner();
        int all = 32 << 20;

        assertThat(owner.link().send(ByteBuffer.allocate(all))).isFalse();
        assertThat(peer.getInputStream().readNBytes(all)).hasSize(all);

        assertThat(owner.next()).isInstanceOf(Link.Event.Sent.class);
    }

    @Test
    void tellsThatThePeerEndedAndMayStillAnswer() throws Exception {
        Socket peer = connect();
        Owner owner = owner();

        peer.shutdownOutput();

        assertThat(owner.next()).isInstanceOf(Link.Event.Ended.class);
        assertThat(owner.link().send(bytes("bye"))).isTrue();
        owner.link().finish();
        assertThat(peer.getInputStream().readAllBytes()).asString().isEqualTo("bye");
    }

    @Test
    void tellsThatTheConnectionBroke() throws Exception {
        Socket peer = connect();
        Owner owner = owner();

        peer.setSoLinger(true, 0);
        peer.close();

        assertThat(owner.next()).isInstanceOf(Link.Event.Broken.class);
    }

    @Test
    void doesNotLetUnreadInputTakeTheLastReplyFromThePeer() throws Exception {
        Socket peer = connect();
        Owner owner = owner();
        peer.getOutputStream().write(new byte[Link.READ_AHEAD_BYTES]);
        owner.next();

        owner.link().send(bytes("enough"));
        owner.link().finish();

        write(peer, 1 << 20);
        assertThat(peer.getInputStream().readAllBytes()).asString().isEqualTo("enough");
    }

    @Test
    void endsTheOldestAtOnceWhenTooManyLinger() throws Exception {
        Socket first = connect();
        Owner firstOwner = owner();
        Socket second = connect();
        Owner secondOwner = owner();

        firstOwner.link().finish();
        secondOwner.link().finish();

        InputStream in = second.getInputStream();
        assertThat(in.read()).isEqualTo(-1);
        assertThat(isGone(first)).isTrue();
    }

    @Test
    void acceptsNoMoreOnceItsPortIsClosedAndKeepsWhatIsOpen() throws Exception {
        Socket peer = connect();
        Owner owner = owner();

        listening.close();
        peer.getOutputStream().write('x');

        assertThat(owner.bytes()).hasSize(1);
    }

    private Socket connect() throws IOException {
        Socket peer =
                new Socket(listening.address().getAddress(), listening.address().getPort());
        peer.setSoTimeout(30_000);
        peers.add(peer);
        return peer;
    }

    private Owner owner() throws InterruptedException {
        Owner owner = accepted.poll(10, TimeUnit.SECONDS);
        assertThat(owner).as("a connection within 10 s").isNotNull();
        return owner;
    }

    /** A closed socket answers what is still sent to it by a reset. */
    private static boolean isGone(Socket peer) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() < end) {
            try {
                OutputStream out = peer.getOutputStream();
                out.write('x');
                Thread.onSpinWait();
            } catch (IOException reset) {
                return true;
            }
        }
        return false;
    }

    private static void write(Socket peer, int bytes) {
        try {
            peer.getOutputStream().write(new byte[bytes]);
        } catch (IOException e) {
            // The test ended first.
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
