package io.postrider.mail;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * A network of IP addresses, such as {@code 127.0.0.0/8} or {@code 2001:db8::/32}; a single address when no prefix is
 * given. An IPv4 address mapped into IPv6 ({@code ::ffff:192.0.2.1}) counts as the IPv4 address it stands for, so that
 * a dual-stack socket makes no difference.
 *
 * @param high the upper half of the network's address, 0 for IPv4
 * @param low the lower half, or the IPv4 address
 * @param prefix the number of leading bits that belong to the network, 0 to 32 or 128
 */
public record Cidr(boolean v4, long high, long low, int prefix) {

    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;
    private static final long MAPPED = 0xFFFF_0000_0000L;

    /** Bits behind the prefix are ignored. @throws IllegalArgumentException when {@code text} is no network */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        Cidr host = of(literal(address, text));
        int prefix = slash < 0 ? host.prefix : decimal(text.substring(slash + 1), text);
        if (prefix > host.prefix) {
            throw wrong(text);
        }
        return new Cidr(host.v4, host.high & highMask(host.v4, prefix), host.low & lowMask(host.v4, prefix), prefix);
    }

    public static List<Cidr> parseAll(List<String> texts) {
        return texts.stream().map(Cidr::parse).toList();
    }

    /** The network that holds this one address. */
    public static Cidr of(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return new Cidr(true, 0, number(bytes, 0, 4), V4_BITS);
        }
        long high = number(bytes, 0, 8);
        long low = number(bytes, 8, 16);
        boolean mapped = high == 0 && (low & ~0xFFFF_FFFFL) == MAPPED;
        return mapped ? new Cidr(true, 0, low & 0xFFFF_FFFFL, V4_BITS) : new Cidr(false, high, low, V6_BITS);
    }

    public boolean contains(InetAddress address) {
        return contains(of(address));
    }

    /** Whether any of the networks holds the address. */
    public static boolean anyContains(List<Cidr> networks, InetAddress address) {
        Cidr host = of(address);
        for (Cidr network : networks) {
            if (network.contains(host)) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(Cidr host) {
        return v4 == host.v4
                && prefix <= host.prefix
                && (host.high & highMask(v4, prefix)) == high
                && (host.low & lowMask(v4, prefix)) == low;
    }

    private static long highMask(boolean v4, int prefix) {
        return v4 || prefix == 0 ? 0 : -1L << (64 - Math.min(prefix, 64));
    }

    private static long lowMask(boolean v4, int prefix) {
        if (v4) {
            return prefix == 0 ? 0 : 0xFFFF_FFFFL << (V4_BITS - prefix) & 0xFFFF_FFFFL;
        }
        return prefix <= 64 ? 0 : -1L << (V6_BITS - prefix);
    }

    private static long number(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number << 8 | (bytes[i] & 0xFF);
        }
        return number;
    }

    /** Checks by itself that this is a literal: a name would go to the DNS. */
    private static InetAddress literal(String address, String text) {
        try {
            if (address.indexOf(':') >= 0 && address.indexOf('%') < 0) {
                return InetAddress.getByName(address);
            }
            String[] octets = address.split("\\.", -1);
            if (octets.length != 4) {
                throw wrong(text);
            }
            byte[] bytes = new byte[4];
            for (int i = 0; i < 4; i++) {
                int octet = decimal(octets[i], text);
                if (octet > 255) {
                    throw wrong(text);
                }
                bytes[i] = (byte) octet;
            }
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException notALiteral) {
            throw wrong(text);
        }
    }

    private static int decimal(String digits, String text) {
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong(text);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "expected an IP network such as 192.0.2.0/24 or 2001:db8::/32, but got '" + text + "'");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(48);
        if (v4) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                text.append(low >>> shift & 0xFF).append(shift > 0 ? "." : "");
            }
        } else {
            for (int group = 0; group < 8; group++) {
                long half = group < 4 ? high : low;
                text.append(group > 0 ? ":" : "").append(Long.toHexString(half >>> (48 - group % 4 * 16) & 0xFFFF));
            }
        }
        return text.append('/').append(prefix).toString();
    }
}
