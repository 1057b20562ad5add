package io.postrider.http;

import io.postrider.mail.Identity;
import java.net.InetAddress;

/**
 * Who asks, after it has been checked that he may.
 *
 * @param identity a key or a trusted host
 * @param client the address; behind a proxy of ours, the one that the proxy names
 */
public record Caller(Identity identity, InetAddress client) {

    public boolean isTrustedHost() {
        return identity.kind() == Identity.Kind.HOST;
    }

    /** The id of the key; empty for a trusted host. */
    public String owner() {
        return identity.owner();
    }

    /** Whom limits per client count for: a key, from wherever, or an address. */
    public String account() {
        return isTrustedHost() ? client.getHostAddress() : "key " + owner();
    }
}
