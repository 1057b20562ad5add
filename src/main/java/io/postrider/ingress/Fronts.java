package io.postrider.ingress;

import com.typesafe.config.Config;
import io.postrider.mail.Cidr;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * Who may stand before a listener and speak for its clients.
 *
 * @param proxies that begin each connection with a PROXY header
 * @param proxyTimeout longest wait for that header
 * @param xclients hosts that may say XCLIENT
 */
public record Fronts(List<Cidr> proxies, Duration proxyTimeout, List<Cidr> xclients) {

    public Fronts {
        proxies = List.copyOf(proxies);
        xclients = List.copyOf(xclients);
    }

    /** @param key of the listener */
    static Fronts from(Config listener, String key) {
        Duration timeout = listener.getDuration("proxy-protocol-timeout");
        Ranges.check(key + ".proxy-protocol-timeout", timeout.toMillis(), 1, 3_600_000);
        return new Fronts(
                networks(listener, "proxy-protocol-from", key), timeout, networks(listener, "xclient-from", key));
    }

    private static List<Cidr> networks(Config listener, String name, String key) {
        try {
            return Cidr.parseAll(listener.getStringList(name));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(key + "." + name + ": " + wrong.getMessage(), wrong);
        }
    }

    boolean isProxy(InetAddress peer) {
        return Cidr.anyContains(proxies, peer);
    }

    boolean maySayXclient(InetAddress peer) {
        return Cidr.anyContains(xclients, peer);
    }
}
