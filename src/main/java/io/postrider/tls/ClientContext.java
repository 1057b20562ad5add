package io.postrider.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** What one set of {@link ClientTerms} comes to, with the files as they are now. Safe for all threads. */
final class ClientContext {

    /** Sessions that may be resumed, at some KiB each. */
    private static final int MAX_SESSIONS = 5000;

    private static final Duration SESSION = Duration.ofHours(1);

    private final SSLContext context;
    private final String[] protocols;
    private final String[] suites;
    private final List<X509Certificate> authorities;
    private final Optional<Identity> identity;
    private @Nullable X509TrustManager trust;

    private ClientContext(
            SSLContext context,
            String[] protocols,
            String[] suites,
            List<X509Certificate> authorities,
            Optional<Identity> identity) {
        this.identity = identity;
        this.context = context;
        this.protocols = protocols;
        this.suites = suites;
        this.authorities = authorities;
    }

    /** @throws IOException when a file cannot be used; the message names it */
    static ClientContext read(ClientTerms terms) throws IOException {
        List<X509Certificate> authorities = terms.authorities().isEmpty()
                ? List.of()
                : PemFiles.certificates(terms.authorities().get());
        Optional<Identity> identity = terms.certificate().isEmpty()
                ? Optional.empty()
                : Optional.of(Identity.read(terms.certificate().get()));
        KeyManager[] keys = identity.map(own -> new KeyManager[] {new SniKeys(List.of(own))})
                .orElse(new KeyManager[0]);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {new TrustAnybody()}, null);
            context.getClientSessionContext().setSessionCacheSize(MAX_SESSIONS);
            context.getClientSessionContext().setSessionTimeout((int) SESSION.toSeconds());
            String[] usual = context.getDefaultSSLParameters().getCipherSuites();
            Set<String> supported = Set.of(context.getSupportedSSLParameters().getCipherSuites());
            List<String> suites =
                    CipherSuites.enabled(terms.ciphers(), terms.tls13Ciphers(), Arrays.asList(usual), supported);
            return new ClientContext(
                    context, protocols(terms.minVersion()), suites.toArray(String[]::new), authorities, identity);
        } catch (GeneralSecurityException unusable) {
            throw new IOException(unusable);
        }
    }

    /** Who we are, for servers that ask. */
    Optional<Identity> identity() {
        return identity;
    }

    private static String[] protocols(TlsVersion min) {
        return switch (min) {
            case V1_2 -> new String[] {TlsVersion.V1_3.protocol(), TlsVersion.V1_2.protocol()};
            case V1_3 -> new String[] {TlsVersion.V1_3.protocol()};
        };
    }

    /** @param serverName whom the server is asked for (SNI) */
    SSLEngine engine(String host, int port, String serverName) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        engine.setSSLParameters(parameters(engine.getSSLParameters(), serverName));
        return engine;
    }

    /** The same over a blocking connection. */
    SSLSocket socket(Socket plain, String host, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
        socket.setUseClientMode(true);
        socket.setSSLParameters(parameters(socket.getSSLParameters(), host));
        return socket;
    }

    private SSLParameters parameters(SSLParameters parameters, String serverName) {
        parameters.setProtocols(protocols);
        parameters.setCipherSuites(suites);
        sni(serverName).ifPresent(name -> parameters.setServerNames(List.of(name)));
        return parameters;
    }

    /** RFC 6066 §3 knows neither addresses nor names of one label. */
    private static Optional<SNIHostName> sni(String host) {
        boolean name =
                host.indexOf('.') > 0 && host.indexOf(':') < 0 && !Character.isDigit(host.charAt(host.length() - 1));
        try {
            return name ? Optional.of(new SNIHostName(host)) : Optional.empty();
        } catch (IllegalArgumentException notAName) {
            return Optional.empty();
        }
    }

    /** Why these certificates, the server's own first, do not prove what they must; empty when they do. */
    Optional<String> problem(List<X509Certificate> chain, Protection protection, Instant now) {
        return protection.policy() == Protection.Policy.DANE && !chain.isEmpty()
                ? DaneProof.problem(chain, protection.tlsa(), protection.names(), now)
                : problem(chain, protection.names());
    }

    /** @param hosts one of which the certificate must be for */
    Optional<String> problem(List<X509Certificate> chain, Collection<String> hosts) {
        if (chain.isEmpty()) {
            return Optional.of("the server showed no certificate");
        }
        try {
            trust().checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
        } catch (CertificateException | RuntimeException untrusted) {
            return Optional.of("its certificate is not trusted: " + words(untrusted));
        } catch (GeneralSecurityException | IOException noAuthorities) {
            return Optional.of("the trusted authorities cannot be read: " + noAuthorities.getMessage());
        }
        HostNames names = HostNames.of(chain.get(0));
        if (hosts.stream().anyMatch(names::cover)) {
            return Optional.empty();
        }
        return Optional.of("its certificate is for " + names + " and not for " + String.join(" or ", hosts));
    }

    private static String words(Exception untrusted) {
        Throwable deepest = untrusted;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }

    /** Made only where somebody verifies. */
    private synchronized X509TrustManager trust() throws GeneralSecurityException, IOException {
        if (trust == null) {
            trust = Authorities.besidesThoseOfTheJdk(authorities);
        }
        return trust;
    }
}
