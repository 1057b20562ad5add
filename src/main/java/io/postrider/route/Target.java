package io.postrider.route;

import io.postrider.mail.Domain;
import io.postrider.mail.IpLiteral;
import java.net.InetAddress;
import java.util.Optional;

/**
 * One server that a route of the configuration names.
 *
 * @param host a host name in lower case, or an address as it was written
 * @param port 1 to 65535
 * @param address present when the host is a literal address and needs no look-up
 */
public record Target(String host, int port, Optional<InetAddress> address) {

    private static final int HIGHEST_PORT = 65_535;

    /**
     * Reads {@code host}, {@code host:port}, {@code 192.0.2.1:port}, {@code [2001:db8::1]:port}.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    static Target parse(String text, int defaultPort) {
        if (IpLiteral.parse(text).isPresent()) {
            return at(text, defaultPort, text);
        }
        int bracket = text.lastIndexOf(']');
        int colon = text.indexOf(':', Math.max(bracket, 0));
        String host = colon < 0 ? text : text.substring(0, colon);
        int port = colon < 0 ? defaultPort : port(text.substring(colon + 1), text);
        boolean bracketed = host.length() > 2 && host.charAt(0) == '[' && host.charAt(host.length() - 1) == ']';
        return at(bracketed ? host.substring(1, host.length() - 1) : host, port, text);
    }

    private static Target at(String host, int port, String text) {
        Optional<InetAddress> address = IpLiteral.parse(host);
        if (address.isPresent()) {
            return new Target(host, port, address);
        }
        return Domain.parse(host)
                .filter(domain -> !domain.isLiteral() && !endsInNumber(domain.name()))
                .map(domain -> new Target(domain.name(), port, Optional.empty()))
                .orElseThrow(() -> wrong(text));
    }

    /** No top-level domain is a number (RFC 3696 §2), so {@code 192.0.2} and {@code 300.1.1.1} are slips. */
    private static boolean endsInNumber(String name) {
        char last = name.charAt(name.length() - 1);
        int dot = name.lastIndexOf('.');
        return last >= '0' && last <= '9' && Character.isDigit(name.charAt(dot + 1));
    }

    private static int port(String digits, String text) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= HIGHEST_PORT) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "expected \"host:port\", \"192.0.2.1:port\" or \"[2001:db8::1]:port\", but got '" + text + "'");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
