package io.postrider.ingress.http;

import java.net.InetAddress;

/**
 * Who asks, after it has been checked that he may.
 *
 * @param owner the id of the key; empty for a trusted host
 * @param client the address; behind a proxy of ours, the one that the proxy names
 */
public record Caller(String owner, InetAddress client) {

    public boolean isTrustedHost() {
        return owner.isEmpty();
    }

    /** Whom limits per client count for: a key, from wherever, or an address. */
    String account() {
        return owner.isEmpty() ? client.getHostAddress() : "key " + owner;
    }
}
