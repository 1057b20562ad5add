package io.postrider.mail;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** IP addresses as text, read without ever asking the DNS. */
public final class IpLiteral {

    private static final int LONGEST = 45;
    private static final int GROUPS = 8;

    private IpLiteral() {}

    /**
     * The address that {@code text} spells: four decimal numbers, or IPv6 without brackets and zone. Empty for anything
     * else, also for {@code 127.1} and the like. IPv6 that maps IPv4 becomes IPv4.
     */
    public static Optional<InetAddress> parse(String text) {
        boolean spelled = text.indexOf(':') >= 0 ? isV6Alphabet(text) : isV4(text);
        if (!spelled) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    /** With a colon inside and this alphabet the JDK takes it for a literal or refuses it, but asks no resolver. */
    private static boolean isV6Alphabet(String text) {
        if (text.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean fits = c == ':' || (c == '.' && i > 0) || (Character.digit(c, 16) >= 0 && c < 128);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** As others write it: IPv6 in lower case with its longest run of zeros left out (RFC 5952 §4). */
    public static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        int start = -1;
        int length = 1;
        for (int group = 0; group < GROUPS; group++) {
            int end = group;
            while (end < GROUPS && group(bytes, end) == 0) {
                end++;
            }
            if (end - group > length) {
                start = group;
                length = end - group;
            }
            group = Math.max(group, end - 1);
        }
        StringBuilder text = new StringBuilder();
        for (int group = 0; group < GROUPS; group++) {
            if (group == start) {
                text.append("::");
                group += length - 1;
            } else {
                boolean parted = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(parted ? "" : ":").append(Integer.toHexString(group(bytes, group)));
            }
        }
        return text.toString();
    }

    private static int group(byte[] bytes, int index) {
        return (bytes[2 * index] & 0xFF) << 8 | (bytes[2 * index + 1] & 0xFF);
    }

    private static boolean isV4(String text) {
        int numbers = 0;
        int value = -1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c >= '0' && c <= '9') {
                value = value < 0 ? c - '0' : value * 10 + c - '0';
                if (value > 255) {
                    return false;
                }
            } else if (c == '.' && value >= 0) {
                numbers++;
                value = -1;
            } else {
                return false;
            }
        }
        return numbers == 4;
    }
}
