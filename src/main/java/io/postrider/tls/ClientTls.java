package io.postrider.tls;

import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of TLS towards other servers: engines for handshakes that trust anybody, and the judgement of whom
 * they led to, before a word of mail is said. So a session that is resumed is judged as well. Safe for all threads.
 */
public final class ClientTls {

    private static final Logger log = LoggerFactory.getLogger(ClientTls.class);

    private final TlsWorkers workers;
    private final Passwords passwords;
    private final InstantSource clock;
    private final Map<ClientTerms, ClientContext> contexts = new ConcurrentHashMap<>();

    private ClientTls(TlsWorkers workers, Passwords passwords, InstantSource clock) {
        this.clock = clock;
        this.workers = workers;
        this.passwords = passwords;
    }

    /**
     * Reads all files, blocking, and follows them: what is replaced is for new connections.
     *
     * @param all that will be asked for
     * @param logins that will be asked for
     * @param clock decides whether a certificate is in date
     * @throws IllegalArgumentException when a file cannot be used; the message names it
     */
    public static ClientTls open(
            Collection<ClientTerms> all,
            Collection<Login> logins,
            FileWatch watch,
            TlsWorkers workers,
            InstantSource clock) {
        ClientTls tls = new ClientTls(workers, new Passwords(logins, watch), clock);
        for (ClientTerms terms : all) {
            try {
                watch.add(
                        files(terms),
                        () -> tls.contexts.put(terms, ClientContext.read(terms)),
                        problem ->
                                log.error("egress.tls stays as it was, for a changed file is of no use: {}", problem));
            } catch (IOException unusable) {
                throw new IllegalArgumentException("postrider.egress.tls: " + unusable.getMessage(), unusable);
            }
        }
        return tls;
    }

    private static List<Path> files(ClientTerms terms) {
        List<Path> files = new ArrayList<>();
        terms.authorities().ifPresent(files::add);
        terms.certificate().ifPresent(certificate -> files.addAll(certificate.all()));
        return files;
    }

    /** Who we are now, for servers that ask. */
    public List<Identity> identities() {
        return contexts.values().stream()
                .flatMap(context -> context.identity().stream())
                .toList();
    }

    /** The password of a login that was there at the start. */
    public String password(Login login) {
        return passwords.of(login);
    }

    /** Whether so much waits for the workers that no further handshake should begin. */
    public boolean isBusy() {
        return workers.isBusy();
    }

    /** A client's engine that has not begun and names the host, or who has its TLSA records (SNI). */
    SSLEngine engine(Protection protection, String host, int port) {
        return context(protection).engine(host, port, protection.serverName(host));
    }

    /**
     * Begins a handshake.
     *
     * @param worked is called on another thread when the veil is to be told so
     */
    public Veil begin(Protection protection, String host, int port, Runnable worked) {
        return new Veil(engine(protection, host, port), workers, worked);
    }

    /**
     * Judges whom a handshake led to. Computes for about a millisecond, on a worker.
     *
     * @param told on the worker's thread: why the server is not who it must be; empty when it is
     */
    public void judge(Protection protection, Veil veil, Consumer<Optional<String>> told) {
        if (!weigh(protection, veil, told)) {
            told.accept(Optional.of("too many handshakes at a time"));
        }
    }

    /** False when there is too much to do, and nobody is told anything. */
    private boolean weigh(Protection protection, Veil veil, Consumer<Optional<String>> told) {
        List<X509Certificate> chain = chain(veil);
        // The judgement is made in the first half, so that a bug in it ends in a refusal too.
        List<Optional<String>> found = new ArrayList<>(1);
        return workers.run(
                () -> found.add(context(protection).problem(chain, protection, clock.instant())),
                () -> told.accept(found.isEmpty() ? Optional.of("it could not be judged") : found.get(0)));
    }

    /**
     * Whether authorities that we trust say that a handshake led to this host, where no policy asks for that. As
     * {@link #judge} otherwise.
     *
     * @param told why it is not certain; empty when it is
     * @return false when there is too much to do now, and nobody is told anything
     */
    public boolean attest(Protection protection, String host, Veil veil, Consumer<Optional<String>> told) {
        return weigh(protection.byAuthorities(host), veil, told);
    }

    private static List<X509Certificate> chain(Veil veil) {
        try {
            Certificate[] shown = veil.session().getPeerCertificates();
            return Arrays.stream(shown).map(X509Certificate.class::cast).toList();
        } catch (SSLPeerUnverifiedException nobody) {
            return List.of();
        }
    }

    private ClientContext context(Protection protection) {
        ClientContext context = contexts.get(protection.terms());
        if (context == null) {
            throw new IllegalArgumentException("expected terms that were there at the start, but got others");
        }
        return context;
    }
}
