package io.postrider.cli.wire;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One blocking SMTP connection, buffered in both directions: what is written goes out when {@link #flush} is called or
 * before a read has to wait, so that the answers to a pipelined group travel together (RFC 2920). Belongs to one thread;
 * only {@link #close} may come from another one.
 */
public final class Wire implements Closeable {

    private static final int INPUT_BYTES = 64 * 1024;
    private static final int OUTPUT_BYTES = 16 * 1024;

    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private final byte[] input = new byte[INPUT_BYTES];
    private final byte[] output = new byte[OUTPUT_BYTES];
    private int from;
    private int to;
    private int used;

    public Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /** The next line without its end; a bare LF ends a line too. @throws EOFException when the other side has closed */
    public String readLine() throws IOException {
        int scanned = from;
        while (true) {
            for (int i = scanned; i < to; i++) {
                if (input[i] == '\n') {
                    int end = i > from && input[i - 1] == '\r' ? i - 1 : i;
                    String line = new String(input, from, end - from, StandardCharsets.UTF_8);
                    from = i + 1;
                    return line;
                }
            }
            int length = to - from;
            fill();
            scanned = from + length;
        }
    }

    /** The bytes read ahead stand here from {@link #from()} to {@link #to()}. */
    public byte[] bytes() {
        return input;
    }

    public int from() {
        return from;
    }

    public int to() {
        return to;
    }

    /** The first {@code count} bytes read ahead are done with. */
    public void consume(int count) {
        from += count;
    }

    /**
     * Reads at least one more byte behind those read ahead, which may move to the front of {@link #bytes}.
     *
     * @throws EOFException when the other side has closed
     * @throws IOException also when the buffer is full
     */
    public void fill() throws IOException {
        flush();
        if (from > 0) {
            System.arraycopy(input, from, input, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == input.length) {
            throw new IOException("expected a line of at most " + INPUT_BYTES + " bytes, but got a longer one");
        }
        int count = in.read(input, to, input.length - to);
        if (count < 0) {
            throw new EOFException("connection closed by the other side");
        }
        to += count;
    }

    public void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    public void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (used + length > output.length) {
            flush();
            if (length > output.length) {
                out.write(bytes, offset, length);
                return;
            }
        }
        System.arraycopy(bytes, offset, output, used, length);
        used += length;
    }

    public void flush() throws IOException {
        if (used > 0) {
            out.write(output, 0, used);
            used = 0;
        }
    }

    /**
     * Shakes hands (RFC 3207), after what was written has gone out. What the other side sent ahead of that is thrown away.
     *
     * @param asClient which side of the handshake is ours
     */
    public void secure(SSLContext context, boolean asClient) throws IOException {
        flush();
        from = to;
        InetSocketAddress peer = (InetSocketAddress) socket.getRemoteSocketAddress();
        SSLSocket secured =
                (SSLSocket) context.getSocketFactory().createSocket(socket, peer.getHostString(), peer.getPort(), true);
        secured.setUseClientMode(asClient);
        secured.startHandshake();
        socket = secured;
        in = secured.getInputStream();
        out = secured.getOutputStream();
    }

    public void timeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
