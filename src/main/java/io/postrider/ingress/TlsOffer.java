package io.postrider.ingress;

import io.postrider.tls.ServerTls;
import io.postrider.tls.TlsWorkers;
import java.time.Duration;

/**
 * What a listener needs to encrypt.
 *
 * @param tls with the listener's certificates
 * @param workers compute the handshakes
 * @param timeout longest time of one handshake
 */
public record TlsOffer(ServerTls tls, TlsWorkers workers, Duration timeout) {}
