package io.postrider.ingress;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.TlsWish;
import io.postrider.mime.HeaderScan.OwnField;
import io.postrider.smtp.Dsn;
import io.postrider.smtp.ReceivedMessage;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A message on its way into the spool, over whichever door it came.
 *
 * @param id the id that it is to have; empty: a new one
 * @param origin where it comes from
 * @param sender the reverse path
 * @param recipients at least one, with their places in the envelope
 * @param bytes hold the message at their start, every line ended by CRLF; not changed by anybody from now on
 * @param length of the message
 * @param needs what the next server must offer
 * @param isFinal whether the bytes are kept as they are: somebody put our own fields in front of them ({@link
 *     Intake#trace}), and none of {@code X-Postrider-} is among them
 * @param asked what was asked besides the message; fields of the message that ask something replace it
 * @param fields {@code X-Postrider-} fields that came beside the message and count as if they stood in it
 * @param envelopeId ENVID (RFC 3461 §4.4), empty when none came
 * @param ret RET (RFC 3461 §4.3), empty when none came
 */
public record Submission(
        Optional<MessageId> id,
        Origin origin,
        Mailbox sender,
        List<Recipient> recipients,
        byte[] bytes,
        int length,
        Reference.Needs needs,
        boolean isFinal,
        Wishes asked,
        List<OwnField> fields,
        String envelopeId,
        String ret) {

    /**
     * Where a message comes from.
     *
     * @param listener the name of the listener
     * @param sessionId names the session or request in logs and records
     * @param identity as whom it is handed in
     * @param client its address
     * @param helo the name that it gave itself
     * @param protocol the word behind {@code with} in Received
     * @param encryption of the connection; empty: none, or none that we know of
     * @param maxHops Received fields from which on a message is taken for a loop
     * @param firstHop whether it comes from its author's program, so that Bcc must be taken out (RFC 5322 §3.6.3)
     */
    public record Origin(
            String listener,
            String sessionId,
            Identity identity,
            InetAddress client,
            String helo,
            String protocol,
            Optional<Encryption> encryption,
            int maxHops,
            boolean firstHop) {

        /** Whose it is in records. */
        public String owner() {
            return identity.owner();
        }
    }

    /** With what its header says of TLS, unless its envelope has said so already (RFC 8689 §4.1). */
    Submission with(TlsWish ofHeader) {
        TlsWish tls = needs.tls().or(ofHeader);
        return tls == needs.tls()
                ? this
                : new Submission(
                        id,
                        origin,
                        sender,
                        recipients,
                        bytes,
                        length,
                        needs.with(tls),
                        isFinal,
                        asked,
                        fields,
                        envelopeId,
                        ret);
    }

    static Submission overSmtp(
            ListenerSettings listener, String sessionId, InetAddress client, ReceivedMessage message) {
        return overSmtp(listener.name(), listener.maxHops(), sessionId, client, message);
    }

    static Submission overSmtp(
            String listener, int maxHops, String sessionId, InetAddress client, ReceivedMessage message) {
        Origin origin = new Origin(
                listener,
                sessionId,
                message.identity(),
                client,
                message.helo(),
                message.protocol().name(),
                message.encryption(),
                maxHops,
                false);
        return new Submission(
                Optional.empty(),
                origin,
                message.sender(),
                numbered(message),
                message.bytes(),
                message.length(),
                new Reference.Needs(
                        message.eightBit(),
                        message.smtpUtf8(),
                        message.requireTls() ? TlsWish.REQUIRED : TlsWish.USUAL),
                false,
                Wishes.NONE,
                List.of(),
                message.dsn().envelopeId(),
                message.dsn().ret());
    }

    private static List<Recipient> numbered(ReceivedMessage message) {
        List<Mailbox> mailboxes = message.recipients();
        if (mailboxes.size() == 1) {
            return List.of(recipient(0, mailboxes.get(0), message));
        }
        List<Recipient> recipients = new ArrayList<>(mailboxes.size());
        for (Mailbox mailbox : mailboxes) {
            recipients.add(recipient(recipients.size(), mailbox, message));
        }
        return recipients;
    }

    private static Recipient recipient(int index, Mailbox mailbox, ReceivedMessage message) {
        Dsn.Wish wish = message.dsn().recipient(index);
        return new Recipient(index, mailbox, wish.notifyOn(), wish.originalRecipient());
    }
}
