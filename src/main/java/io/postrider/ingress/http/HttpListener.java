package io.postrider.ingress.http;

import io.postrider.http.Endpoint;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The bound HTTP port.
 *
 * @param address with the port that was found for port 0
 */
public record HttpListener(Endpoint endpoint, InetSocketAddress address, Duration drainTimeout) {

    /** Takes no new request; completes when the last is answered, or after {@code postrider.http.drain-timeout}. */
    public CompletionStage<?> drain() {
        return endpoint.close(drainTimeout);
    }
}
