package io.postrider.cli.doctor;

import io.postrider.doctor.MxProbe;
import io.postrider.mail.Reply;
import io.postrider.smtp.Capabilities;
import io.postrider.smtp.Parsed;
import io.postrider.smtp.ReplyParser;
import io.postrider.tls.PeerCheck;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * <pre>
 * S: 220 mx.example.com
 * C: EHLO relay.example.com
 * S: 250-mx.example.com
 * S: 250 STARTTLS
 * C: STARTTLS
 * S: 220 go on
 * (handshake)
 * C: QUIT
 * </pre>
 *
 * No mail is offered. Whatever the server does, it ends in time, for the socket is closed under it.
 */
public final class SmtpProbe implements MxProbe {

    private static final int MOST_BYTES = 64 * 1024;

    private final int port;
    private final String ehlo;
    private final PeerCheck tls;
    private final Duration connectWithin;
    private final Duration allWithin;

    /**
     * @param ehlo the name we greet with
     * @param connectWithin longest wait for a connection
     * @param allWithin longest conversation
     */
    public SmtpProbe(int port, String ehlo, PeerCheck tls, Duration connectWithin, Duration allWithin) {
        this.port = port;
        this.ehlo = ehlo;
        this.tls = tls;
        this.connectWithin = connectWithin;
        this.allWithin = allWithin;
    }

    @Override
    public Seen look(String host, InetAddress address) {
        try (Socket socket = new Socket()) {
            try {
                socket.connect(new InetSocketAddress(address, port), (int) connectWithin.toMillis());
            } catch (IOException noConnection) {
                return new Seen.NotReached(words(noConnection));
            }
            closeInTime(socket);
            return talk(host, new Talk(socket));
        } catch (IOException lost) {
            return new Seen.Refused("the conversation broke off: " + words(lost));
        }
    }

    private void closeInTime(Closeable socket) {
        CompletableFuture.delayedExecutor(allWithin.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    try {
                        socket.close();
                    } catch (IOException closed) {
                        // it is what was wanted
                    }
                });
    }

    private Seen talk(String host, Talk talk) throws IOException {
        Reply greeting = talk.reply();
        if (!greeting.isPositive()) {
            return new Seen.Refused("it greets with " + greeting);
        }
        Reply hello = talk.ask("EHLO " + ehlo);
        if (!hello.isPositive()) {
            return new Seen.Refused("it answers EHLO " + ehlo + " with " + hello);
        }
        if (!Capabilities.of(hello).startTls()) {
            talk.say("QUIT");
            return new Seen.Plain();
        }
        Reply go = talk.ask("STARTTLS");
        if (!go.isPositive()) {
            return new Seen.HandshakeFailed("it answers STARTTLS with " + go);
        }
        if (talk.hasMore()) {
            return new Seen.HandshakeFailed("it sends plain text behind its answer to STARTTLS");
        }
        try {
            PeerCheck.Shown shown = tls.shake(talk.socket, host);
            shown.socket().getOutputStream().write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            return new Seen.Encrypted(shown.version(), shown.cipher(), shown.expires(), shown.problem());
        } catch (IOException failed) {
            return new Seen.HandshakeFailed(words(failed));
        }
    }

    private static String words(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    /** Lines there, replies back. */
    private static final class Talk {

        private final Socket socket;
        private final InputStream in;
        private final ReplyParser parser = new ReplyParser();
        private final byte[] bytes = new byte[4096];
        private ByteBuffer read = ByteBuffer.allocate(0);
        private int total;

        Talk(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
        }

        void say(String command) throws IOException {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        Reply ask(String command) throws IOException {
            say(command);
            return reply();
        }

        Reply reply() throws IOException {
            while (true) {
                Optional<Parsed> parsed = parser.next(read);
                if (parsed.isPresent()) {
                    return switch (parsed.get()) {
                        case Parsed.Complete complete -> complete.reply();
                        case Parsed.Malformed malformed -> throw new IOException("it sends " + malformed.why());
                    };
                }
                int count = in.read(bytes);
                if (count < 0) {
                    throw new EOFException("closed by the server");
                }
                total += count;
                if (total > MOST_BYTES) {
                    throw new IOException("it talks without end");
                }
                read = ByteBuffer.wrap(bytes, 0, count);
            }
        }

        boolean hasMore() throws IOException {
            return read.hasRemaining() || in.available() > 0;
        }
    }
}
