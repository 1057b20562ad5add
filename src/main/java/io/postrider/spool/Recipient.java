package io.postrider.spool;

import io.postrider.mail.Mailbox;

/**
 * One recipient in the envelope of a reference.
 *
 * @param index its place in the accepted envelope over all domains, from 0; names it in every record
 * @param mailbox as the client wrote it
 * @param notifyOn the NOTIFY parameter as received (RFC 3461 §4.1), empty when none came; {@code OFF} where we
 *     are to make no reports
 * @param originalRecipient the ORCPT parameter as received (RFC 3461 §4.2), empty when none came
 */
public record Recipient(int index, Mailbox mailbox, String notifyOn, String originalRecipient) {

    public static Recipient of(int index, Mailbox mailbox) {
        return new Recipient(index, mailbox, "", "");
    }
}
