package io.postrider.smtp;

import io.postrider.mail.IpLiteral;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * For whom a host speaks that stands before us, as it says by XCLIENT. Its other attributes (NAME, PORT, PROTO and those of
 * the destination) are read and of no use to us.
 *
 * @param origin where the client is
 * @param helo the client's name for itself; empty: not told
 * @param login the user that the host has let in; empty: none
 */
public record Xclient(Origin origin, Optional<String> helo, Optional<String> login) {

    /** What ADDR says. */
    public sealed interface Origin {
        /** There was no ADDR: it is where it was before. */
        record Same() implements Origin {}

        /** The host does not know. It must not become its own address, which may be worth more than a stranger's. */
        record Unknown() implements Origin {}

        record Known(InetAddress address) implements Origin {}
    }

    private static final int BEHIND_VERB = "XCLIENT".length();

    /** Empty when the command is wrong. */
    static Optional<Xclient> read(String line) {
        Origin origin = new Origin.Same();
        Optional<String> helo = Optional.empty();
        Optional<String> login = Optional.empty();
        String attributes = line.substring(BEHIND_VERB).trim();
        if (attributes.isEmpty()) {
            return Optional.empty();
        }
        for (String attribute : attributes.split(" +", -1)) {
            int equals = attribute.indexOf('=');
            Optional<String> value = equals < 1 ? Optional.empty() : decoded(attribute.substring(equals + 1));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            boolean told = !value.get().equalsIgnoreCase("[UNAVAILABLE]")
                    && !value.get().equalsIgnoreCase("[TEMPUNAVAIL]");
            switch (attribute.substring(0, equals).toUpperCase(Locale.ROOT)) {
                case "ADDR" -> {
                    Optional<InetAddress> address = told ? address(value.get()) : Optional.empty();
                    if (told && address.isEmpty()) {
                        return Optional.empty();
                    }
                    origin = address.<Origin>map(Origin.Known::new).orElseGet(Origin.Unknown::new);
                }
                case "HELO" -> helo = value.filter(name -> told);
                case "LOGIN" -> login = value.filter(name -> told);
                case "NAME", "PORT", "PROTO", "DESTADDR", "DESTPORT" -> {}
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new Xclient(origin, helo, login));
    }

    private static Optional<InetAddress> address(String text) {
        return IpLiteral.parse(text.regionMatches(true, 0, "IPV6:", 0, 5) ? text.substring(5) : text);
    }

    /** Of xtext (RFC 3461 §4) that stands for UTF-8 without controls. */
    private static Optional<String> decoded(String xtext) {
        if (xtext.isEmpty() || !DsnSyntax.isXtext(xtext, 0)) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(xtext.length());
        for (int i = 0; i < xtext.length(); i++) {
            if (xtext.charAt(i) == '+') {
                bytes.put((byte) Integer.parseInt(xtext, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.put((byte) xtext.charAt(i));
            }
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            return text.isBlank() || text.chars().anyMatch(Character::isISOControl)
                    ? Optional.empty()
                    : Optional.of(text);
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }
}
