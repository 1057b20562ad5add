package io.postrider.mail;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** IP addresses as text, read without ever asking the DNS. */
public final class IpLiteral {

    private static final int LONGEST = 45;

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
