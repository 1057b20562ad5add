package io.postrider.smtp;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.mail.Mailbox;
import java.util.List;
import java.util.Optional;

/**
 * A message as it came out of the dialogue: dots unstuffed, every line ended by CRLF.
 *
 * @param identity as whom the client sent it
 * @param helo the name that the client gave itself
 * @param protocol the word for the Received header
 * @param encryption of the connection
 * @param recipients without exact duplicates, in the order given, at least one
 * @param bytes holds the message at its start; what lies behind {@code length} means nothing
 * @param eightBit whether an octet above 127 occurs
 * @param smtpUtf8 whether the client asked for SMTPUTF8
 * @param dsn what the client wants to hear about it
 * @param requireTls whether the client asked for REQUIRETLS (RFC 8689)
 */
public record ReceivedMessage(
        Identity identity,
        String helo,
        Protocol protocol,
        Optional<Encryption> encryption,
        Mailbox sender,
        List<Mailbox> recipients,
        byte[] bytes,
        int length,
        boolean eightBit,
        boolean smtpUtf8,
        Dsn dsn,
        boolean requireTls) {

    /** The same under another name of the client. */
    public ReceivedMessage withHelo(String other) {
        return new ReceivedMessage(
                identity,
                other,
                protocol,
                encryption,
                sender,
                recipients,
                bytes,
                length,
                eightBit,
                smtpUtf8,
                dsn,
                requireTls);
    }

    /** RFC 3848 and RFC 6531 §4.3. */
    public enum Protocol {
        SMTP,
        ESMTP,
        ESMTPS,
        ESMTPA,
        ESMTPSA,
        UTF8SMTP,
        UTF8SMTPS,
        UTF8SMTPA,
        UTF8SMTPSA;

        /** Without EHLO there is no word for TLS; the field names the cipher all the same. */
        static Protocol of(boolean extended, boolean utf8, boolean encrypted, boolean authenticated) {
            if (utf8) {
                return authenticated ? (encrypted ? UTF8SMTPSA : UTF8SMTPA) : (encrypted ? UTF8SMTPS : UTF8SMTP);
            }
            if (extended) {
                return authenticated ? (encrypted ? ESMTPSA : ESMTPA) : (encrypted ? ESMTPS : ESMTP);
            }
            return SMTP;
        }
    }
}
