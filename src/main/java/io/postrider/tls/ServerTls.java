package io.postrider.tls;

import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of TLS on one listener: hands out an engine for each connection, with the certificates as the files
 * hold them then. A connection keeps what it began with. Safe for all threads.
 */
public final class ServerTls {

    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);

    /** Sessions that clients without tickets may resume, at some KiB each; tickets cost us nothing. */
    private static final int MAX_SESSIONS = 1000;

    private static final Duration SESSION = Duration.ofHours(1);

    /** Strong and cheap: a client must not choose what costs us most. */
    private static final String[] GROUPS = {"x25519", "secp256r1", "secp384r1"};

    /** What the files held when they were last good. */
    private record Current(SSLContext context, List<Identity> identities, String[] protocols, String[] suites) {}

    private final TlsSettings settings;
    private volatile Current current;

    private ServerTls(TlsSettings settings) throws IOException {
        this.settings = settings;
        this.current = read(settings);
    }

    /**
     * Reads the files, blocking, and follows them.
     *
     * @param settings with a certificate
     * @throws IllegalArgumentException when a file cannot be used; the message starts with the full key
     */
    public static ServerTls open(TlsSettings settings, FileWatch watch) {
        try {
            ServerTls tls = new ServerTls(settings);
            watch.add(files(settings), tls::readAgain, tls::tellProblem);
            return tls;
        } catch (IOException unusable) {
            throw new IllegalArgumentException(settings.key() + ".certificate: " + unusable.getMessage(), unusable);
        }
    }

    /** For one more connection: a server's engine that has not begun. */
    public SSLEngine engine() {
        Current now = current;
        SSLEngine engine = now.context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(now.protocols);
        parameters.setCipherSuites(now.suites);
        parameters.setUseCipherSuitesOrder(true);
        if (settings.ciphers().isEmpty()) {
            parameters.setNamedGroups(GROUPS);
        }
        switch (settings.clientCertificates()) {
            case NONE -> {}
            case OPTIONAL -> parameters.setWantClientAuth(true);
            case REQUIRED -> parameters.setNeedClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** The certificates in use, the first one for clients that name no host. */
    public List<Identity> identities() {
        return current.identities;
    }

    public TlsSettings settings() {
        return settings;
    }

    private void readAgain() throws IOException {
        Current before = current;
        current = read(settings);
        List<Identity> now = current.identities;
        boolean same = true;
        for (int i = 0; i < now.size(); i++) {
            if (!now.get(i).certificate().equals(before.identities.get(i).certificate())) {
                same = false;
                log.info(
                        "{}: new connections get the new certificate of {}, good until {}",
                        settings.key(),
                        now.get(i).file(),
                        now.get(i).expiresAt());
            }
        }
        if (same) {
            log.info("{}: changed files were read, and hold the certificates that are in use", settings.key());
        }
    }

    private void tellProblem(String problem) {
        log.error(
                "{}: the certificates stay as they were, for a changed file is of no use: {}", settings.key(), problem);
    }

    private static List<Path> files(TlsSettings settings) {
        Set<Path> files = new LinkedHashSet<>();
        settings.certificates().forEach(certificate -> files.addAll(certificate.all()));
        settings.clientCa().ifPresent(files::add);
        return List.copyOf(files);
    }

    private static Current read(TlsSettings settings) throws IOException {
        List<Identity> identities = new ArrayList<>();
        for (CertificateFiles files : settings.certificates()) {
            identities.add(Identity.read(files));
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new SniKeys(identities)}, trust(settings), null);
            context.getServerSessionContext().setSessionCacheSize(MAX_SESSIONS);
            context.getServerSessionContext().setSessionTimeout((int) SESSION.toSeconds());
            SSLParameters supported = context.getSupportedSSLParameters();
            List<String> suites = CipherSuites.enabled(
                    settings.ciphers(),
                    settings.tls13Ciphers(),
                    CipherSuites.modern(),
                    Set.of(supported.getCipherSuites()));
            return new Current(
                    context, List.copyOf(identities), protocols(settings.minVersion()), suites.toArray(String[]::new));
        } catch (GeneralSecurityException unusable) {
            throw new IOException(unusable);
        }
    }

    private static String[] protocols(TlsVersion min) {
        return switch (min) {
            case V1_2 -> new String[] {TlsVersion.V1_3.protocol(), TlsVersion.V1_2.protocol()};
            case V1_3 -> new String[] {TlsVersion.V1_3.protocol()};
        };
    }

    /** Without authorities of our own nobody's certificate is asked for, and none is trusted. */
    private static TrustManager[] trust(TlsSettings settings) throws IOException, GeneralSecurityException {
        if (settings.clientCa().isEmpty()) {
            return new TrustManager[0];
        }
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        int number = 0;
        for (X509Certificate authority :
                PemFiles.certificates(settings.clientCa().get())) {
            authorities.setCertificateEntry("ca-" + number++, authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(authorities);
        return factory.getTrustManagers();
    }
}
