package io.postrider.http;

import com.typesafe.config.Config;
import io.postrider.mail.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Where a listener answers, and whom.
 *
 * @param trust all others get 403
 */
public record EndpointSettings(InetSocketAddress bind, Trust trust) {

    /**
     * Under whatever name it is asked: it shows no mail.
     *
     * @param postrider the section {@code postrider}
     */
    public static EndpointSettings metrics(Config postrider) {
        return from(postrider, "metrics", List.of(Trust.ANY_NAME));
    }

    /** As {@link #metrics}, asked under the node's own name, if by name. A host name in {@code bind} is looked up. */
    public static EndpointSettings from(Config postrider, String section) {
        return from(postrider, section, List.of(postrider.getString("node.hostname")));
    }

    private static EndpointSettings from(Config postrider, String section, List<String> names) {
        Config config = postrider.getConfig(section);
        String key = "postrider." + section;
        try {
            return new EndpointSettings(
                    address(key + ".bind", config.getString("bind")),
                    new Trust(Cidr.parseAll(config.getStringList("trusted-hosts")), List.of(), names));
        } catch (IllegalArgumentException wrong) {
            String complaint = String.valueOf(wrong.getMessage());
            throw complaint.startsWith(key)
                    ? wrong
                    : new IllegalArgumentException(key + ".trusted-hosts: " + complaint, wrong);
        }
    }

    /** Reads {@code 127.0.0.1:2000}. @throws IllegalArgumentException that starts with the key */
    public static InetSocketAddress address(String key, String bind) {
        int colon = bind.lastIndexOf(':');
        String host = colon < 0 ? "" : bind.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = Integer.parseInt(bind.substring(colon + 1));
            if (!host.isEmpty() && port >= 0 && port <= 65_535) {
                return new InetSocketAddress(InetAddress.getByName(host), port);
            }
        } catch (NumberFormatException | UnknownHostException notAnAddress) {
            // told below
        }
        throw new IllegalArgumentException(
                key + ": expected an address and a port such as 127.0.0.1:2000, but got '" + bind + "'");
    }
}
