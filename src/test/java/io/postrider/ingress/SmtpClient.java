package io.postrider.ingress;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A plain socket that talks SMTP, for tests. Waits ten seconds at most for anything. */
public final class SmtpClient implements AutoCloseable {

    private Socket socket = new Socket();
    private InputStream in;

    public SmtpClient(int port) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends as it is. */
    public SmtpClient send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** The next reply, its lines parted by a bar; {@code closed} when the server has closed. */
    public String reply() throws IOException {
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

    public String ask(String command) throws IOException {
        return send(command + "\r\n").reply();
    }

    /** Greeting and EHLO. */
    public SmtpClient hello() throws IOException {
        reply();
        ask("EHLO client.example");
        return this;
    }

    /** Shakes hands as a client that asks for this host. */
    public SmtpClient encrypt(SSLContext context, String version, String host) throws IOException {
        SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
        secured.setEnabledProtocols(new String[] {version});
        secured.startHandshake();
        socket = secured;
        in = new BufferedInputStream(socket.getInputStream());
        return this;
    }

    /** The first name of the certificate that the server showed. */
    public String certificate() throws IOException {
        X509Certificate shown =
                (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
        return shown.getSubjectX500Principal().getName() + " "
                + shown.getPublicKey().getAlgorithm();
    }

    public SSLSession session() {
        return ((SSLSocket) socket).getSession();
    }

    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /** As a program that crashes, or a network that cuts. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
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
