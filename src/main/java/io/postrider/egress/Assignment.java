package io.postrider.egress;

import io.postrider.mail.Domain;

/**
 * What one connection is for.
 *
 * @param domain whose mail it sends
 * @param pool the pool of sources to send from; one that the configuration does not name stands for {@code default}
 * @param tlsOptional its mail goes by the operator's rules alone: no TLS policy of the domain holds it up (RFC 8689 §3)
 */
public record Assignment(Domain domain, String pool, boolean tlsOptional) {}
