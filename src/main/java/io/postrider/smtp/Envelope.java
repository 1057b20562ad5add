package io.postrider.smtp;

import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.TlsWish;
import java.util.List;

/**
 * One message as the client half names it to a server.
 *
 * @param recipients those to try now, at least one
 * @param eightBit the body has octets above 127
 * @param smtpUtf8 whoever handed it in asked for SMTPUTF8, so its headers may be UTF-8
 * @param dsn told to a server that offers DSN
 * @param tls what it is to be protected by on its whole way (RFC 8689)
 */
public record Envelope(
        MessageId message,
        Mailbox sender,
        List<Mailbox> recipients,
        long sizeBytes,
        boolean eightBit,
        boolean smtpUtf8,
        Dsn dsn,
        TlsWish tls) {

    /** Without any wish for protection. */
    public Envelope(
            MessageId message,
            Mailbox sender,
            List<Mailbox> recipients,
            long sizeBytes,
            boolean eightBit,
            boolean smtpUtf8,
            Dsn dsn) {
        this(message, sender, recipients, sizeBytes, eightBit, smtpUtf8, dsn, TlsWish.USUAL);
    }

    /** Without any wish for reports either. */
    public Envelope(
            MessageId message,
            Mailbox sender,
            List<Mailbox> recipients,
            long sizeBytes,
            boolean eightBit,
            boolean smtpUtf8) {
        this(message, sender, recipients, sizeBytes, eightBit, smtpUtf8, Dsn.NONE);
    }

    /**
     * Whether it may go to nobody who does not do what REQUIRETLS asks. A report asks for it, but is not thrown away where
     * it is not to be had (RFC 8689 §5).
     */
    public boolean isStrict() {
        return tls == TlsWish.REQUIRED && !sender.isNullSender();
    }
}
