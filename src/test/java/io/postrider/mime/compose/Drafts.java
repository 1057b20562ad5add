package io.postrider.mime.compose;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Drafts for tests, one trait at a time. */
record Drafts(Draft draft) {

    static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");

    static Drafts plain() {
        return new Drafts(new Draft(
                NamedAddress.of("sender@client.test"),
                List.of(NamedAddress.of("user@example.com")),
                List.of(),
                List.of(),
                "Hello",
                Optional.of("Hello\nWorld\n"),
                Optional.empty(),
                List.of(),
                List.of(),
                NOON,
                "0190@relay.test"));
    }

    Drafts from(String email, String name) {
        return with(new NamedAddress(email, name), draft.to(), draft.cc(), draft.replyTo());
    }

    Drafts to(NamedAddress... to) {
        return with(draft.from(), List.of(to), draft.cc(), draft.replyTo());
    }

    Drafts cc(NamedAddress... cc) {
        return with(draft.from(), draft.to(), List.of(cc), draft.replyTo());
    }

    Drafts replyTo(NamedAddress... replyTo) {
        return with(draft.from(), draft.to(), draft.cc(), List.of(replyTo));
    }

    Drafts subject(String subject) {
        return with(subject, draft.text(), draft.html(), draft.fields(), draft.attachments(), draft.messageId());
    }

    Drafts text(String text) {
        return with(
                draft.subject(),
                Optional.of(text),
                draft.html(),
                draft.fields(),
                draft.attachments(),
                draft.messageId());
    }

    Drafts noText() {
        return with(
                draft.subject(),
                Optional.empty(),
                draft.html(),
                draft.fields(),
                draft.attachments(),
                draft.messageId());
    }

    Drafts html(String html) {
        return with(
                draft.subject(),
                draft.text(),
                Optional.of(html),
                draft.fields(),
                draft.attachments(),
                draft.messageId());
    }

    Drafts field(String name, String value) {
        List<CustomField> fields = new ArrayList<>(draft.fields());
        fields.add(new CustomField(name, value));
        return with(draft.subject(), draft.text(), draft.html(), fields, draft.attachments(), draft.messageId());
    }

    Drafts file(String name, String type, byte[] content) {
        return attach(new Attachment(name, type, ByteBuffer.wrap(content), false, ""));
    }

    Drafts picture(String name, String id, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return attach(new Attachment(name, "image/png", ByteBuffer.wrap(bytes), true, id));
    }

    Drafts attach(Attachment attachment) {
        List<Attachment> attachments = new ArrayList<>(draft.attachments());
        attachments.add(attachment);
        return with(draft.subject(), draft.text(), draft.html(), draft.fields(), attachments, draft.messageId());
    }

    Drafts messageId(String id) {
        return with(draft.subject(), draft.text(), draft.html(), draft.fields(), draft.attachments(), id);
    }

    private Drafts with(NamedAddress from, List<NamedAddress> to, List<NamedAddress> cc, List<NamedAddress> replyTo) {
        return new Drafts(new Draft(
                from,
                to,
                cc,
                replyTo,
                draft.subject(),
                draft.text(),
                draft.html(),
                draft.fields(),
                draft.attachments(),
                draft.date(),
                draft.messageId()));
    }

    private Drafts with(
            String subject,
            Optional<String> text,
            Optional<String> html,
            List<CustomField> fields,
            List<Attachment> attachments,
            String messageId) {
        return new Drafts(new Draft(
                draft.from(),
                draft.to(),
                draft.cc(),
                draft.replyTo(),
                subject,
                text,
                html,
                fields,
                attachments,
                draft.date(),
                messageId));
    }
}
