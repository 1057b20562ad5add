package io.postrider.http;

import io.postrider.mail.Cidr;
import io.postrider.mail.IpLiteral;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Whom a listener believes by the address alone. What comes through a proxy or from a page in a browser is somebody
 * else's word: it counts only when the proxy is one of ours, and then for the client that the proxy names.
 *
 * @param hosts who is trusted
 * @param proxies who may speak for others
 */
public record Trust(List<Cidr> hosts, List<Cidr> proxies) {

    private static final List<String> SPEAKS_FOR_OTHERS = List.of("Forwarded", "X-Forwarded-For", "Origin");

    public Trust {
        hosts = List.copyOf(hosts);
        proxies = List.copyOf(proxies);
    }

    /** Empty: the request is trusted. Otherwise the reason, in words for the client. */
    public Optional<String> objection(HttpRequest request) {
        Optional<InetAddress> peer = peer(request);
        if (peer.isEmpty()) {
            return Optional.of("the address of the client is not known");
        }
        boolean ours = Cidr.anyContains(proxies, peer.get());
        for (String header : SPEAKS_FOR_OTHERS) {
            if (!ours && request.getHeader(header).isPresent()) {
                return Optional.of("requests through a proxy or from a browser are not trusted by address: " + header);
            }
        }
        Optional<InetAddress> client = client(request);
        return client.isPresent() && Cidr.anyContains(hosts, client.get())
                ? Optional.empty()
                : Optional.of("this address is not in trusted-hosts");
    }

    /**
     * Who asks: the peer, or behind proxies of ours the last address in Forwarded (RFC 7239) or X-Forwarded-For that is
     * none of them. Empty when the proxy names nobody that can be read.
     */
    public Optional<InetAddress> client(HttpRequest request) {
        Optional<InetAddress> peer = peer(request);
        if (peer.isEmpty() || !Cidr.anyContains(proxies, peer.get())) {
            return peer;
        }
        StringBuilder chain = new StringBuilder();
        for (HttpHeader header : request.getHeaders()) {
            if (header.is("x-forwarded-for") || header.is("forwarded")) {
                chain.append(chain.isEmpty() ? "" : ",").append(header.value());
            }
        }
        return chain.isEmpty() ? peer : lastStranger(chain.toString().split(",", -1));
    }

    private Optional<InetAddress> lastStranger(String[] chain) {
        Optional<InetAddress> nearest = Optional.empty();
        for (int i = chain.length - 1; i >= 0; i--) {
            nearest = address(chain[i]);
            if (nearest.isEmpty() || !Cidr.anyContains(proxies, nearest.get())) {
                return nearest;
            }
        }
        return nearest;
    }

    /** {@code 192.0.2.1}, {@code for="[2001:db8::1]:4711";proto=http}; empty for names and {@code unknown}. */
    private static Optional<InetAddress> address(String element) {
        String node = element.trim();
        for (String pair : node.split(";", -1)) {
            if (pair.trim().toLowerCase(Locale.ROOT).startsWith("for=")) {
                node = pair.trim().substring(4);
            }
        }
        node = node.replace("\"", "");
        if (node.startsWith("[") && node.indexOf(']') > 0) {
            node = node.substring(1, node.indexOf(']'));
        } else if (node.indexOf('.') > 0 && node.indexOf(':') > 0) {
            node = node.substring(0, node.indexOf(':'));
        }
        return IpLiteral.parse(node);
    }

    private static Optional<InetAddress> peer(HttpRequest request) {
        return request.getAttribute(AttributeKeys.remoteAddress).flatMap(remote -> remote.getAddress());
    }
}
