package io.postrider.mail;

import java.util.Optional;

/**
 * An address as its owner wrote it, without angle brackets, and the domain it belongs to. What we pass on is
 * {@link #address} to the letter: only the owner of a mailbox may interpret its local part (RFC 5321 §2.3.11).
 *
 * @param address empty for the null sender, otherwise {@code local@domain} as written
 * @param domain empty for the null sender only
 */
public record Mailbox(String address, Optional<Domain> domain) {

    /** The null reverse path {@code <>} of reports (RFC 5321 §4.5.5). */
    public static final Mailbox NULL_SENDER = new Mailbox("", Optional.empty());

    /**
     * Splits at the last {@code @} and checks the domain alone; the syntax of the local part is the business of whoever
     * read it from outside. Empty when there is no local part or no domain.
     */
    public static Optional<Mailbox> parse(String address) {
        int at = address.lastIndexOf('@');
        if (at <= 0) {
            return Optional.empty();
        }
        return Domain.parse(address.substring(at + 1)).map(domain -> new Mailbox(address, Optional.of(domain)));
    }

    /** For an address that is known to be right. @throws IllegalArgumentException when it is not */
    public static Mailbox of(String address) {
        return parse(address)
                .orElseThrow(() -> new IllegalArgumentException("expected local@domain, but got '" + address + "'"));
    }

    public boolean isNullSender() {
        return address.isEmpty();
    }

    /** Whether a server needs SMTPUTF8 to take this address as written (RFC 6531). */
    public boolean needsSmtpUtf8() {
        for (int i = 0; i < address.length(); i++) {
            if (address.charAt(i) > '~') {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return address;
    }
}
