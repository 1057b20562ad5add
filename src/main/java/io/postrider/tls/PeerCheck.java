package io.postrider.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** Shakes hands with a server just to see what it shows: for the command line, over blocking sockets. */
public final class PeerCheck {

    /**
     * What a server showed.
     *
     * @param version such as {@code TLSv1.3}
     * @param expires the end of its certificate; empty when it has none
     * @param problem why the certificate does not prove that this is the host; empty when it does
     * @param socket to go on with
     */
    public record Shown(
            String version, String cipher, Optional<Instant> expires, Optional<String> problem, SSLSocket socket) {}

    private final ClientContext context;

    private PeerCheck(ClientContext context) {
        this.context = context;
    }

    /** @throws IOException when a file that the terms name cannot be used */
    public static PeerCheck with(ClientTerms terms) throws IOException {
        return new PeerCheck(ClientContext.read(terms));
    }

    /**
     * Shakes hands whoever's certificate it is.
     *
     * @param plain connected; its time-out is that of each read
     * @throws IOException when the handshake fails
     */
    public Shown shake(Socket plain, String host) throws IOException {
        SSLSocket socket = context.socket(plain, host, plain.getPort());
        socket.startHandshake();
        SSLSession session = socket.getSession();
        List<X509Certificate> chain = chain(session);
        return new Shown(
                session.getProtocol(),
                session.getCipherSuite(),
                chain.stream()
                        .findFirst()
                        .map(certificate -> certificate.getNotAfter().toInstant()),
                context.problem(chain, List.of(host)),
                socket);
    }

    private static List<X509Certificate> chain(SSLSession session) {
        try {
            Certificate[] shown = session.getPeerCertificates();
            return Arrays.stream(shown).map(X509Certificate.class::cast).toList();
        } catch (SSLPeerUnverifiedException nobody) {
            return List.of();
        }
    }
}
