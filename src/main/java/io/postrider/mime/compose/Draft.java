package io.postrider.mime.compose;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one message is to say. Blind copies have no place in it: they are of the envelope alone.
 *
 * @param subject empty for none
 * @param text the plain text; {@code \n}, {@code \r\n} and {@code \r} end lines
 * @param html the same in HTML; a draft without both has an empty text
 * @param fields in their order, after our own
 * @param date of the Date field, to the second
 * @param messageId without angle brackets; boundaries are derived from it, so equal drafts make equal bytes
 */
public record Draft(
        NamedAddress from,
        List<NamedAddress> to,
        List<NamedAddress> cc,
        List<NamedAddress> replyTo,
        String subject,
        Optional<String> text,
        Optional<String> html,
        List<CustomField> fields,
        List<Attachment> attachments,
        Instant date,
        String messageId) {

    public Draft {
        to = List.copyOf(to);
        cc = List.copyOf(cc);
        replyTo = List.copyOf(replyTo);
        fields = List.copyOf(fields);
        attachments = List.copyOf(attachments);
    }
}
