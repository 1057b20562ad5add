package io.postrider;

import com.typesafe.config.Config;
import io.postrider.ingress.TlsOffer;
import io.postrider.tls.ServerTls;
import io.postrider.tls.TlsSettings;
import io.postrider.tls.TlsWorkSettings;
import io.postrider.tls.TlsWorkers;
import io.postrider.watch.FileWatch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** TLS on the listeners of a node: one thread watches all files, and a few compute all handshakes. */
final class NodeTls implements AutoCloseable {

    private final TlsWorkSettings settings;
    private final FileWatch watch;
    private final TlsWorkers workers;
    private final List<ServerTls> listeners = new CopyOnWriteArrayList<>();

    private NodeTls(TlsWorkSettings settings) {
        this.settings = settings;
        this.watch = new FileWatch("certificates", settings.lookEvery());
        this.workers = new TlsWorkers(settings.threads(), settings.maxWaiting());
    }

    static NodeTls open(Config postrider) {
        return new NodeTls(TlsWorkSettings.from(postrider));
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

    @Override
    public void close() {
        watch.close();
        workers.close();
    }
}
