package io.postrider.bounce;

import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a sender is told about some recipients of a message (RFC 3464), as facts; {@link ReportMessage} puts them into a
 * message.
 *
 * @param id of the report itself
 * @param hostname ours
 * @param from the address in the From field
 * @param to the sender of the message that it is about
 * @param about the message
 * @param envelopeId its ENVID parameter as received, empty when it had none
 * @param at when the report became due
 * @param recipients at least one
 * @param tlsOptional says of itself what its message said: {@code TLS-Required: No} (RFC 8689 §3)
 */
public record DeliveryReport(
        MessageId id,
        String hostname,
        String from,
        Mailbox to,
        MessageId about,
        String envelopeId,
        Instant at,
        List<Ending> recipients,
        Returned returned,
        boolean tlsOptional) {

    /** RFC 3464 §2.3.3. */
    public enum Action {
        FAILED("failed"),
        DELAYED("delayed"),
        /** Passed on to a server that will not report. */
        RELAYED("relayed");

        private final String word;

        Action(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * What became of one recipient.
     *
     * @param originalRecipient the ORCPT parameter as received, empty when it had none
     * @param reply of the server, or our own words where none spoke
     * @param mx the host name of the server that spoke; empty when none did
     * @param expired it failed because its time was over
     * @param triedUntil until when it is tried; empty unless delayed
     */
    public record Ending(
            Mailbox recipient,
            String originalRecipient,
            Action action,
            Reply reply,
            String mx,
            boolean expired,
            Optional<Instant> triedUntil) {}

    /**
     * What is returned of the message.
     *
     * @param bytes the message, or its header with the empty line behind it
     * @param whole false for the header alone
     * @param international its header may hold UTF-8 (RFC 6532)
     */
    public record Returned(byte[] bytes, boolean whole, boolean international) {}

    public DeliveryReport {
        recipients = List.copyOf(recipients);
    }
}
