package io.postrider.smtp;

import io.postrider.mail.Mailbox;
import java.util.List;

/**
 * A message as it came out of the dialogue: dots unstuffed, every line ended by CRLF.
 *
 * @param helo the name that the client gave itself
 * @param protocol the word for the Received header
 * @param recipients without exact duplicates, in the order given, at least one
 * @param bytes holds the message at its start; what lies behind {@code length} means nothing
 * @param eightBit whether an octet above 127 occurs
 * @param smtpUtf8 whether the client asked for SMTPUTF8
 * @param dsn what the client wants to hear about it
 */
public record ReceivedMessage(
        String helo,
        Protocol protocol,
        Mailbox sender,
        List<Mailbox> recipients,
        byte[] bytes,
        int length,
        boolean eightBit,
        boolean smtpUtf8,
        Dsn dsn) {

    /** RFC 3848 and RFC 6531 §4.3. */
    public enum Protocol {
        SMTP,
        ESMTP,
        UTF8SMTP
    }
}
