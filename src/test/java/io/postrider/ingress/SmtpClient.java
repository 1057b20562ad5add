package io.postrider.ingress;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A plain socket that talks SMTP, for tests. Waits ten seconds at most for anything. */
final class SmtpClient implements AutoCloseable {

    private final Socket socket = new Socket();
    private final InputStream in;

    SmtpClient(int port) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends as it is. */
    SmtpClient send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** The next reply, its lines parted by a bar; {@code closed} when the server has closed. */
    String reply() throws IOException {
        StringBuilder reply = new StringBuilder();
        while (true) {
            String line = line();
            if (line.isEmpty()) {
                return "closed";
            }
            reply.append(reply.isEmpty() ? "" : "|").append(line);
            if (line.length() < 4 || line.charAt(3) != '-') {
                return reply.toString();
            }
        }
    }

    String ask(String command) throws IOException {
        return send(command + "\r\n").reply();
    }

    /** Greeting and EHLO. */
    SmtpClient hello() throws IOException {
        reply();
        ask("EHLO client.example");
        return this;
    }

    void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            if (b == '\n') {
                return line.substring(0, line.length() - 1);
            }
            line.append((char) b);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
