package io.postrider.dkim;

import io.postrider.mail.Domain;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The domains of those in whose name a message speaks: the addresses in its From fields (RFC 5322 §3.6.2), read as
 * tolerantly as a mail reader would, for a reader is whom a forger addresses.
 */
public final class Authors {

    private final String text;
    private final Set<Domain> domains = new LinkedHashSet<>(2);
    private final StringBuilder address = new StringBuilder(64);
    private int at;

    private Authors(String text) {
        this.text = text;
    }

    /** Each domain once, in order; what is no domain is left out. Empty without a From field. */
    public static List<Domain> domains(HeaderFields header) {
        int from = header.last("From");
        if (from == HeaderFields.NONE) {
            return List.of();
        }
        Set<Domain> all = new LinkedHashSet<>(2);
        for (int field = from; field != HeaderFields.NONE; field = header.above(field)) {
            String raw = header.value(field);
            String value =
                    isAscii(raw) ? raw : new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            all.addAll(new Authors(value).read());
        }
        return List.copyOf(all);
    }

    /** How many From fields there are; all but one are too many (RFC 5322 §3.6). */
    public static int fields(HeaderFields header) {
        int count = 0;
        for (int field = header.last("From"); field != HeaderFields.NONE; field = header.above(field)) {
            count++;
        }
        return count;
    }

    private Set<Domain> read() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            switch (c) {
                case '(' -> comment();
                case '"' -> quoted();
                case '<' -> angle();
                // What came before named a group (RFC 5322 §3.4).
                case ':' -> address.setLength(0);
                case ',', ';' -> end();
                case '[' -> literal();
                case '\r', '\n' -> {}
                default -> address.append(c);
            }
        }
        end();
        return domains;
    }

    /** What came before was a name; what stands inside is the address, behind an old route (RFC 5322 §4.4). */
    private void angle() {
        address.setLength(0);
        while (at < text.length()) {
            char c = text.charAt(at++);
            switch (c) {
                case '>' -> {
                    end();
                    return;
                }
                case '(' -> comment();
                case '"' -> quoted();
                case ':' -> address.setLength(0);
                case '[' -> literal();
                case '\r', '\n' -> {}
                default -> address.append(c);
            }
        }
    }

    private void end() {
        int sign = address.lastIndexOf("@");
        if (sign >= 0) {
            Domain.parse(address.substring(sign + 1).replace(" ", "").replace("\t", ""))
                    .ifPresent(domains::add);
        }
        address.setLength(0);
    }

    private void comment() {
        int depth = 1;
        while (at < text.length() && depth > 0) {
            switch (text.charAt(at++)) {
                case '\\' -> at++;
                case '(' -> depth++;
                case ')' -> depth--;
                default -> {}
            }
        }
    }

    /** Its content is a name or a local part and says nothing about the domain. */
    private void quoted() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return;
            }
            if (c == '\\') {
                at++;
            }
        }
    }

    /** Colons inside belong to an address. */
    private void literal() {
        address.append('[');
        while (at < text.length()) {
            char c = text.charAt(at++);
            address.append(c);
            if (c == ']') {
                return;
            }
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
