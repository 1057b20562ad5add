package io.postrider.ingress.http;

import io.postrider.http.Endpoint;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The bound HTTP port.
 *
 * @param address with the port that was found for port 0
 * @param beforeDrain refuses new requests, and ends what would go on for ever
 */
public record HttpListener(Endpoint endpoint, InetSocketAddress address, Duration drainTimeout, Runnable beforeDrain) {

    /** Takes no new request; completes when the last is answered, or after {@code postrider.http.drain-timeout}. */
    public CompletionStage<?> drain() {
        beforeDrain.run();
        return endpoint.close(drainTimeout);
    }

    /** The same, that ends this too before it waits. */
    public HttpListener ending(Runnable more) {
        return new HttpListener(endpoint, address, drainTimeout, () -> {
            beforeDrain.run();
            more.run();
        });
    }
}
