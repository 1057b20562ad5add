package io.postrider.mail;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * A block of IP addresses in CIDR notation (RFC 4632, RFC 4291 §2.3): {@code 10.0.0.0/8}, {@code fe80::/10}, or one
 * address. IPv4 and IPv6 never match each other.
 *
 * @param address any address of the block
 * @param bits how many leading bits count
 */
public record AddressRange(InetAddress address, int bits) {

    public AddressRange {
        if (bits < 0 || bits > address.getAddress().length * 8) {
            throw new IllegalArgumentException("expected a prefix of 0 to " + address.getAddress().length * 8
                    + " bits after " + address.getHostAddress() + ", but got " + bits);
        }
    }

    /** @throws IllegalArgumentException when {@code text} is no block */
    public static AddressRange of(String text) {
        return parse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected an address or a block such as 10.0.0.0/8 or fe80::/10, but got '" + text + "'"));
    }

    /** Empty when {@code text} is no block. */
    public static Optional<AddressRange> parse(String text) {
        int slash = text.indexOf('/');
        Optional<InetAddress> address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        int width = address.get().getAddress().length * 8;
        int bits = slash < 0 ? width : bits(text.substring(slash + 1));
        return bits < 0 || bits > width ? Optional.empty() : Optional.of(new AddressRange(address.get(), bits));
    }

    public static boolean anyContains(List<AddressRange> ranges, InetAddress candidate) {
        for (AddressRange range : ranges) {
            if (range.contains(candidate)) {
                return true;
            }
        }
        return false;
    }

    public boolean contains(InetAddress candidate) {
        byte[] ours = address.getAddress();
        byte[] theirs = candidate.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (ours[i] != theirs[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        return rest == 0 || ((ours[whole] ^ theirs[whole]) & 0xFF) >>> (8 - rest) == 0;
    }

    private static int bits(String digits) {
        if (digits.isEmpty() || digits.length() > 3) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + bits;
    }
}
