package io.postrider.smtp;

import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import java.util.List;

/**
 * One message as the client half names it to a server.
 *
 * @param recipients those to try now, at least one
 * @param eightBit the body has octets above 127
 * @param smtpUtf8 whoever handed it in asked for SMTPUTF8, so its headers may be UTF-8
 * @param dsn told to a server that offers DSN
 */
public record Envelope(
        MessageId message,
        Mailbox sender,
        List<Mailbox> recipients,
        long sizeBytes,
        boolean eightBit,
        boolean smtpUtf8,
        Dsn dsn) {

    /** Without any wish for reports. */
    public Envelope(
            MessageId message,
            Mailbox sender,
            List<Mailbox> recipients,
            long sizeBytes,
            boolean eightBit,
            boolean smtpUtf8) {
        this(message, sender, recipients, sizeBytes, eightBit, smtpUtf8, Dsn.NONE);
    }
}
