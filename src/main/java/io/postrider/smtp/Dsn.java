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
     * @param notifyOn the NOTIFY parameter: {@code NEVER}, or some of SUCCESS, FAILURE and DELAY parted by commas; or
     *     {@link #NONE_OF_OURS}
     * @param originalRecipient the ORCPT parameter: an address type, a semicolon, xtext
     */
    public record Wish(String notifyOn, String originalRecipient) {
        public static final Wish NONE = new Wish("", "");

        /**
         * We make no reports, and ask nothing of the next server: what fails behind it comes back as it does to everybody
         * (decision 0046).
         */
        public static final String NONE_OF_OURS = "OFF";

        static final Wish SILENCE = new Wish(NONE_OF_OURS, "");

        /** The NOTIFY parameter for the next server; empty when it is not to have one. */
        String passedOn() {
            return notifyOn.equals(NONE_OF_OURS) ? "" : notifyOn;
        }

        /** RFC 3461 §4.1: a sender that says nothing is told of failures. */
        public boolean hearsOfFailure() {
            return notifyOn.isEmpty() || notifyOn.contains("FAILURE");
        }

        /** RFC 3461 §4.1: where nothing is said, that is left to us. */
        public boolean hearsOfDelay() {
            return notifyOn.isEmpty() || notifyOn.contains("DELAY");
        }

        public boolean hearsOfSuccess() {
            return notifyOn.contains("SUCCESS");
        }
    }

    public Dsn {
        recipients = List.copyOf(recipients);
    }

    /** For mail of a listener that has no reports. */
    static Dsn silence(int recipients) {
        return new Dsn("", "", Collections.nCopies(recipients, Wish.SILENCE));
    }

    /** @param index of the recipient in its envelope */
    public Wish recipient(int index) {
        return recipients.isEmpty() ? Wish.NONE : recipients.get(index);
    }
}
