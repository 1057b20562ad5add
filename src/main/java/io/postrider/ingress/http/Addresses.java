package io.postrider.ingress.http;

import io.postrider.mail.Mailbox;
import io.postrider.mime.compose.NamedAddress;
import io.postrider.smtp.AddressSyntax;
import java.util.Optional;

/** Addresses as people and programs write them in a request. */
final class Addresses {

    private static final int LONGEST = 320;

    private Addresses() {}

    /** {@code ada@example.org}, {@code Ada <ada@example.org>}, {@code "Ada L." <ada@example.org>}; checks nothing else. */
    static NamedAddress split(String text) {
        String trimmed = text.strip();
        int open = trimmed.endsWith(">") ? trimmed.lastIndexOf('<') : -1;
        if (open < 0) {
            return NamedAddress.of(trimmed);
        }
        String email = trimmed.substring(open + 1, trimmed.length() - 1).strip();
        return new NamedAddress(email, unquoted(trimmed.substring(0, open).strip()));
    }

    /**
     * The mailbox for the envelope, its domain in A-labels. Empty when it is no address that SMTP could carry; {@link
     * #complaint} tells why.
     */
    static Optional<Mailbox> mailbox(String email) {
        if (email.length() > LONGEST || JsonInput.hasControl(email) || !isPath(email)) {
            return Optional.empty();
        }
        return Mailbox.parse(email).map(Addresses::withAsciiDomain);
    }

    static String complaint(String email) {
        if (email.length() > LONGEST) {
            return "expected an address of at most " + LONGEST + " characters";
        }
        if (email.indexOf('@') < 0) {
            return "expected an address such as ada@example.org, but there is no @";
        }
        return "expected an address such as ada@example.org";
    }

    /** By the grammar of RFC 5321, though dots may stand where real addresses have them. */
    private static boolean isPath(String email) {
        return AddressSyntax.LENIENT.isAddress(email);
    }

    private static Mailbox withAsciiDomain(Mailbox mailbox) {
        String address = mailbox.address();
        int at = address.lastIndexOf('@');
        String written = address.substring(at + 1);
        boolean ascii = written.chars().allMatch(c -> c < 128);
        return ascii
                ? mailbox
                : new Mailbox(address.substring(0, at + 1) + mailbox.domain().orElseThrow(), mailbox.domain());
    }

    private static String unquoted(String name) {
        if (name.length() < 2 || name.charAt(0) != '"' || name.charAt(name.length() - 1) != '"') {
            return name;
        }
        StringBuilder plain = new StringBuilder(name.length());
        for (int i = 1; i < name.length() - 1; i++) {
            if (name.charAt(i) == '\\' && i + 1 < name.length() - 1) {
                i++;
            }
            plain.append(name.charAt(i));
        }
        return plain.toString();
    }
}
