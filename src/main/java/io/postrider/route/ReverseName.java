package io.postrider.route;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where the DNS holds the names of an address. */
public final class ReverseName {

    private ReverseName() {}

    /** {@code 1.2.0.192.in-addr.arpa}, or 32 nibbles under {@code ip6.arpa} (RFC 3596 §2.5). */
    public static String of(InetAddress address) {
        List<String> parts = parts(address);
        Collections.reverse(parts);
        return String.join(".", parts) + (address.getAddress().length == 4 ? ".in-addr.arpa" : ".ip6.arpa");
    }

    /** The same parts the other way round: {@code 192.0.2.1}, or 32 nibbles parted by dots. */
    public static String forwards(InetAddress address) {
        return String.join(".", parts(address));
    }

    private static List<String> parts(InetAddress address) {
        List<String> parts = new ArrayList<>();
        byte[] bytes = address.getAddress();
        for (byte b : bytes) {
            int value = b & 0xFF;
            if (bytes.length == 4) {
                parts.add(Integer.toString(value));
            } else {
                parts.add(Integer.toHexString(value >> 4));
                parts.add(Integer.toHexString(value & 0xF));
            }
        }
        return parts;
    }
}
