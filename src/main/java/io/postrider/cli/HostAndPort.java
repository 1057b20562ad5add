package io.postrider.cli;

import java.net.InetSocketAddress;

/** Reads {@code HOST:PORT}, {@code [v6]:PORT}. */
final class HostAndPort {

    private HostAndPort() {}

    /** @throws IllegalArgumentException when {@code text} is something else, or its host is not known */
    static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw wrong(text);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
            if (address.isUnresolved()) {
                throw new IllegalArgumentException("the host name '" + host + "' is not known");
            }
            return address;
        } catch (NumberFormatException notAPort) {
            throw wrong(text);
        }
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("expected HOST:PORT such as 127.0.0.1:2525, but got '" + text + "'");
    }
}
