package io.postrider.tls;

import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of TLS towards web servers: TLS 1.2 at least, and a handshake succeeds only with a certificate that
 * leads to an authority that we trust and has the host's name among its dNSNames. Safe for all threads.
 */
public final class WebTls {

    private static final Logger log = LoggerFactory.getLogger(WebTls.class);
    private static final int MAX_SESSIONS = 100;

    private volatile SSLContext context;

    private WebTls(SSLContext context) {
        this.context = context;
    }

    /**
     * Reads the file, blocking, and follows it.
     *
     * @param authorities PEM: trusted besides those of the JDK
     * @param key of the setting that names the file
     * @throws IllegalArgumentException when it cannot be used
     */
    public static WebTls open(Optional<Path> authorities, String key, FileWatch watch) {
        try {
            WebTls tls = new WebTls(read(authorities));
            if (authorities.isPresent()) {
                watch.add(
                        List.of(authorities.get()),
                        () -> tls.context = read(authorities),
                        problem ->
                                log.error("{} stays as it was, for the changed file is of no use: {}", key, problem));
            }
            return tls;
        } catch (IOException unusable) {
            throw new IllegalArgumentException(key + ": " + unusable.getMessage(), unusable);
        }
    }

    /** An engine that has not begun, names the host (SNI), and believes nobody else. */
    public SSLEngine engine(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {TlsVersion.V1_3.protocol(), TlsVersion.V1_2.protocol()});
        parameters.setServerNames(List.of(new SNIHostName(host)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static SSLContext read(Optional<Path> authorities) throws IOException {
        List<X509Certificate> own = authorities.isEmpty() ? List.of() : PemFiles.certificates(authorities.get());
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new NamedHosts(Authorities.besidesThoseOfTheJdk(own))}, null);
            context.getClientSessionContext().setSessionCacheSize(MAX_SESSIONS);
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException(unusable);
        }
    }

    /** The JDK takes a name in the subject as well, which nobody vouches for any more (RFC 9525 §2). */
    private static final class NamedHosts extends X509ExtendedTrustManager {

        private final X509ExtendedTrustManager trust;

        private NamedHosts(X509ExtendedTrustManager trust) {
            this.trust = trust;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            trust.checkServerTrusted(chain, authType, engine);
            HostNames names = HostNames.of(chain[0]);
            if (!names.cover(engine.getPeerHost())) {
                throw new CertificateException(
                        "the certificate is for " + names + " and not for " + engine.getPeerHost());
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            throw enginesOnly();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            throw enginesOnly();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            throw enginesOnly();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw enginesOnly();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
            throw enginesOnly();
        }

        private static UnsupportedOperationException enginesOnly() {
            return new UnsupportedOperationException("expected to be asked about servers by an engine");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return trust.getAcceptedIssuers();
        }
    }
}
