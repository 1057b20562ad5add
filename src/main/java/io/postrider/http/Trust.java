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
import org.apache.pekko.http.javadsl.model.headers.Host;

/**
 * Whom a listener believes by the address alone. What comes through a proxy or from a page in a browser is somebody
 * else's word: it counts only when the proxy is one of ours, and then for the client that the proxy names.
 *
 * <p>A page whose name was made to resolve to us (DNS rebinding) may read without an {@code Origin}; its name gives it
 * away, in {@code Host}. So trust needs a {@code Host} that nobody else can own: an address, {@code localhost}, a name
 * without a dot, or one of ours. Proxies of ours may pass on whatever name they were asked for.
 *
 * @param hosts who is trusted
 * @param proxies who may speak for others
 * @param names what we are called, in lower case; {@link #ANY_NAME} among them: do not look
 */
public record Trust(List<Cidr> hosts, List<Cidr> proxies, List<String> names) {

    public static final String ANY_NAME = "*";

    private static final List<String> SPEAKS_FOR_OTHERS = List.of("Forwarded", "X-Forwarded-For", "Origin");

    public Trust {
        hosts = List.copyOf(hosts);
        proxies = List.copyOf(proxies);
        names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    /** Of a listener without a name of its own. */
    public Trust(List<Cidr> hosts, List<Cidr> proxies) {
        this(hosts, proxies, List.of());
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
        if (!ours && !isOurs(request)) {
            return Optional.of(
                    "requests for this host name are not trusted by address, for a page in a browser may have"
                            + " pointed its own name here: ask for the address, or put the name into trusted-names");
        }
        Optional<InetAddress> client = client(request);
        return client.isPresent() && Cidr.anyContains(hosts, client.get())
                ? Optional.empty()
                : Optional.of("this address is not in trusted-hosts");
    }

    /** Whether {@code Host} is missing, as no browser leaves it, or names us. */
    private boolean isOurs(HttpRequest request) {
        Optional<org.apache.pekko.http.javadsl.model.Host> host =
                request.getHeader(Host.class).map(Host::host);
        if (host.isEmpty() || host.get().isIPv4() || host.get().isIPv6() || names.contains(ANY_NAME)) {
            return true;
        }
        String name = host.get().address().toLowerCase(Locale.ROOT);
        return name.indexOf('.') < 0 || name.endsWith(".localhost") || names.contains(name);
    }

    /**
     * Who asks: the peer, or behind proxies of ours the last address in Forwarded (RFC 7239) or X-Forwarded-For that is
     * none of them. Empty when the proxy names nobody that can be read. A proxy knows one of the two fields and passes on
     * the other as it came, so where both are there, they must agree.
     */
    public Optional<InetAddress> client(HttpRequest request) {
        Optional<InetAddress> peer = peer(request);
        if (peer.isEmpty() || !Cidr.anyContains(proxies, peer.get())) {
            return peer;
        }
        String forwarded = chain(request, "forwarded");
        String forwardedFor = chain(request, "x-forwarded-for");
        if (forwarded.isEmpty() && forwardedFor.isEmpty()) {
            return peer;
        }
        Optional<InetAddress> client = lastStranger(forwarded.isEmpty() ? forwardedFor : forwarded);
        return forwarded.isEmpty() || forwardedFor.isEmpty() || client.equals(lastStranger(forwardedFor))
                ? client
                : Optional.empty();
    }

    private static String chain(HttpRequest request, String name) {
        StringBuilder chain = new StringBuilder();
        for (HttpHeader header : request.getHeaders()) {
            if (header.is(name)) {
                chain.append(chain.isEmpty() ? "" : ",").append(header.value());
            }
        }
        return chain.toString();
    }

    private Optional<InetAddress> lastStranger(String text) {
        String[] chain = text.split(",", -1);
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
