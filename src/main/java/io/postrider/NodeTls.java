package io.postrider;

import com.typesafe.config.Config;
import io.postrider.ingress.TlsOffer;
import io.postrider.route.TlsRules;
import io.postrider.sts.StsSettings;
import io.postrider.tls.ClientTls;
import io.postrider.tls.Identity;
import io.postrider.tls.ServerTls;
import io.postrider.tls.TlsSettings;
import io.postrider.tls.TlsWorkSettings;
import io.postrider.tls.TlsWorkers;
import io.postrider.tls.WebTls;
import io.postrider.watch.FileWatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS on the listeners of a node and towards other servers: one thread watches all files, and a few compute all
 * handshakes.
 */
final class NodeTls implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodeTls.class);

    private final TlsWorkSettings settings;
    private final FileWatch watch;
    private final TlsWorkers workers;
    private final List<ServerTls> listeners = new CopyOnWriteArrayList<>();
    private final List<ClientTls> clients = new CopyOnWriteArrayList<>();

    private NodeTls(TlsWorkSettings settings) {
        this.settings = settings;
        this.watch = new FileWatch("certificates", settings.lookEvery());
        this.workers = new TlsWorkers(settings.threads(), settings.maxWaiting());
    }

    static NodeTls open(Config postrider) {
        return new NodeTls(TlsWorkSettings.from(postrider));
    }

    /** When each certificate in use expires, in seconds since 1970, by its file. */
    Map<String, Long> expiry() {
        Map<String, Long> expiry = new HashMap<>();
        Stream.concat(ofListeners(), ofClients())
                .forEach(identity -> expiry.put(
                        identity.file().toString(), identity.expiresAt().getEpochSecond()));
        return expiry;
    }

    /** To be called daily: the log tells which certificates should be renewed. */
    void tellWhatExpires(Instant now) {
        ofListeners().distinct().forEach(identity -> tell(identity, now, "clients that verify it send nothing"));
        ofClients().distinct().forEach(identity -> tell(identity, now, "servers that verify it take nothing from us"));
    }

    private static void tell(Identity identity, Instant now, String then) {
        Instant end = identity.expiresAt();
        if (!end.isAfter(now)) {
            log.error("the certificate in {} expired at {}: {}", identity.file(), end, then);
        } else if (end.isBefore(now.plus(CertificateCheck.SOON))) {
            long days = Duration.between(now, end).toDays();
            log.warn("the certificate in {} expires in {} days, at {}", identity.file(), days, end);
        }
    }

    private Stream<Identity> ofListeners() {
        return listeners.stream().flatMap(listener -> listener.identities().stream());
    }

    private Stream<Identity> ofClients() {
        return clients.stream().flatMap(client -> client.identities().stream());
    }

    /** Reads the certificates, if there are any. @throws IllegalArgumentException when they are of no use */
    Optional<ServerTls> server(TlsSettings listener) {
        if (!listener.isOffered()) {
            return Optional.empty();
        }
        ServerTls opened = ServerTls.open(listener, watch);
        listeners.add(opened);
        return Optional.of(opened);
    }

    /** The same for SMTP. */
    Optional<TlsOffer> smtp(TlsSettings listener) {
        return server(listener).map(tls -> new TlsOffer(tls, workers, settings.handshakeTimeout()));
    }

    /** For connections to other servers. @throws IllegalArgumentException when a file is of no use */
    ClientTls client(TlsRules rules, InstantSource clock) {
        ClientTls opened = ClientTls.open(rules.terms(), rules.logins(), watch, workers, clock);
        clients.add(opened);
        return opened;
    }

    /** For hosts of MTA-STS policies. @throws IllegalArgumentException when the file is of no use */
    WebTls policyHosts(StsSettings settings) {
        return WebTls.open(settings.authorities(), "postrider.egress.mta-sts.ca-file", watch);
    }

    @Override
    public void close() {
        watch.close();
        workers.close();
    }
}
