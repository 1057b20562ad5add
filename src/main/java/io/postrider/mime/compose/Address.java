package io.postrider.mime.compose;

import io.postrider.mail.Domain;
import java.util.Optional;

/**
 * An address that was read and found right, as a header field writes it.
 *
 * @param text {@code local@domain}, the domain in A-labels, the local part quoted where it needs to be
 * @param isUtf8 whether the local part is beyond ASCII (RFC 6532)
 */
record Address(String text, boolean isUtf8) {

    private static final int LONGEST = 320;

    /** Empty when this is no address. */
    static Optional<Address> parse(String email) {
        int at = email.lastIndexOf('@');
        if (at <= 0 || email.length() > LONGEST) {
            return Optional.empty();
        }
        String written = email.substring(at + 1);
        Optional<Domain> domain = Domain.parse(written);
        Optional<String> local = localPart(email.substring(0, at));
        if (domain.isEmpty() || local.isEmpty()) {
            return Optional.empty();
        }
        boolean asWritten = Plain.isAscii(written) && !written.endsWith(".");
        String text = local.get() + '@' + (asWritten ? written : domain.get().name());
        return Optional.of(new Address(text, !Plain.isAscii(local.get())));
    }

    private static Optional<String> localPart(String local) {
        if (local.charAt(0) == '"') {
            return isQuotedString(local) ? Optional.of(local) : Optional.empty();
        }
        boolean dotAtom = true;
        for (int i = 0; i < local.length(); i++) {
            char c = local.charAt(i);
            if (c == '.') {
                dotAtom &= i > 0 && i + 1 < local.length() && local.charAt(i - 1) != '.';
            } else if (!Plain.isAtomCharacter(c)) {
                return Optional.empty();
            }
        }
        // Some real mailboxes have dots side by side or at the end; quoted they are right, and the same (RFC 5321
        // §4.1.2).
        return Optional.of(dotAtom ? local : '"' + local + '"');
    }

    /** RFC 5322 §3.2.4 without folding. */
    private static boolean isQuotedString(String text) {
        if (text.length() < 3 || text.charAt(text.length() - 1) != '"') {
            return false;
        }
        for (int i = 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (c == '"' || (c == '\\' && ++i == text.length() - 1)) {
                return false;
            }
        }
        return true;
    }
}
