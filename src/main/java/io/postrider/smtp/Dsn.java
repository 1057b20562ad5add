package io.postrider.smtp;

import java.util.Collections;
import java.util.List;

/**
 * What a sender wants to hear about a message (RFC 3461), in the form in which it came and is passed on. Absent values
 * are empty.
 *
 * @param ret the RET parameter of MAIL: {@code FULL} or {@code HDRS}
 * @param envelopeId the ENVID parameter of MAIL, xtext
 * @param recipients a wish for each recipient in the envelope's order; empty when none of them has one
 */
public record Dsn(String ret, String envelopeId, List<Wish> recipients) {

    /** Nothing was asked for. */
    public static final Dsn NONE = new Dsn("", "", List.of());

    /**
     * What concerns one recipient.
     *
     * @param notifyOn the NOTIFY parameter: {@code NEVER}, or some of SUCCESS, FAILURE and DELAY parted by commas
     * @param originalRecipient the ORCPT parameter: an address type, a semicolon, xtext
     */
    public record Wish(String notifyOn, String originalRecipient) {
        public static final Wish NONE = new Wish("", "");
        static final Wish SILENCE = new Wish("NEVER", "");

        /** RFC 3461 §4.1: a sender that says nothing is told of failures. */
        public boolean hearsOfFailure() {
            return notifyOn.isEmpty() || notifyOn.contains("FAILURE");
        }

        public boolean hearsOfSuccess() {
            return notifyOn.contains("SUCCESS");
        }
    }

    public Dsn {
        recipients = List.copyOf(recipients);
    }

    /** What whoever wants no reports would have asked for. */
    static Dsn silence(int recipients) {
        return new Dsn("", "", Collections.nCopies(recipients, Wish.SILENCE));
    }

    /** @param index of the recipient in its envelope */
    public Wish recipient(int index) {
        return recipients.isEmpty() ? Wish.NONE : recipients.get(index);
    }
}
