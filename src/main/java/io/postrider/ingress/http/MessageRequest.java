package io.postrider.ingress.http;

import io.postrider.ingress.Wishes;
import io.postrider.mime.compose.Attachment;
import io.postrider.mime.compose.CustomField;
import io.postrider.mime.compose.NamedAddress;
import io.postrider.mime.template.Dialect;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message as JSON asks for it, checked as far as each field goes by itself.
 *
 * @param to the recipients that the message names; empty when there are {@code personal} ones
 * @param personal each gets a message of their own
 * @param envelopeFrom empty: as {@code from}
 * @param wishes labels and times for all of the messages
 * @param idempotencyKey of an item in a batch
 */
record MessageRequest(
        NamedAddress from,
        Optional<String> envelopeFrom,
        List<NamedAddress> to,
        List<NamedAddress> cc,
        List<NamedAddress> bcc,
        List<NamedAddress> replyTo,
        List<Personal> personal,
        String subject,
        Optional<String> text,
        Optional<String> html,
        List<CustomField> fields,
        List<Attachment> attachments,
        Dialect dialect,
        Wishes wishes,
        boolean reports,
        boolean dryRun,
        Optional<String> idempotencyKey) {

    /**
     * One of the recipients who get a message of their own.
     *
     * @param substitutions values of JSON
     */
    record Personal(NamedAddress to, Map<String, String> metadata, Map<String, ?> substitutions) {}
}
