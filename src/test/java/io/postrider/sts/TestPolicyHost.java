package io.postrider.sts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A web server on loopback that answers each request with the same bytes, and tells what it was asked. */
public final class TestPolicyHost implements AutoCloseable {

    private final SSLServerSocket listening;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<SSLSocket> open = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String[] protocols = {"TLSv1.2", "TLSv1.3"};
    private volatile String answer = "";
    private volatile boolean silent;

    private TestPolicyHost(SSLContext context) throws IOException {
        listening = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    public static TestPolicyHost start(SSLContext context) {
        try {
            return new TestPolicyHost(context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** The whole response, with LF for CRLF in its head. */
    public TestPolicyHost answering(String head, String body) {
        answer = head.replace("\n", "\r\n") + "\r\n\r\n" + body;
        return this;
    }

    /** As it should be. */
    public TestPolicyHost serving(String policy) {
        return answering(
                "HTTP/1.1 200 OK\nContent-Type: text/plain; charset=utf-8\nContent-Length: "
                        + policy.getBytes(StandardCharsets.UTF_8).length,
                policy);
    }

    /** Answers, but does not end the connection, nor anything that has no length. */
    public TestPolicyHost neverEnding() {
        silent = true;
        return this;
    }

    public TestPolicyHost speakingOnly(String version) {
        protocols = new String[] {version};
        return this;
    }

    /** First line, Host, and the name in the handshake (SNI), of each request. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) listening.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException over) {
                return;
            }
        }
    }

    private void serve(SSLSocket socket) {
        try (socket) {
            socket.setEnabledProtocols(protocols);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String first = in.readLine();
            String host = "";
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                host = line.startsWith("Host: ") ? line.substring(6) : host;
            }
            ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
            requests.add(first + " " + host + " " + session.getRequestedServerNames());
            OutputStream out = socket.getOutputStream();
            out.write(answer.getBytes(StandardCharsets.UTF_8));
            out.flush();
            if (silent) {
                closed.await();
            }
        } catch (IOException | InterruptedException gone) {
            // The client would have none of it.
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listening.close();
        for (SSLSocket socket : open) {
            socket.close();
        }
    }
}
