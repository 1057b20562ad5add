package io.postrider.mime.compose;

import io.postrider.mime.MailDate;
import io.postrider.mime.Trace;
import io.postrider.mime.compose.Composition.Composed;
import io.postrider.mime.compose.Composition.Fault;
import io.postrider.mime.compose.Composition.Refused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Makes the final bytes of a message. Without state, for all threads. */
public final class Composer {

    private static final int USUAL_HEADER = 1024;
    /** What an array can hold, with room for its own header. */
    private static final int LARGEST = Integer.MAX_VALUE - 64;

    private Composer() {}

    /**
     * The message of {@code draft}, with {@code trace} as its Received field if there is one. Never throws for what a
     * draft says. A large attachment costs its encoded size once, besides itself.
     */
    public static Composition compose(Draft draft, Optional<Trace> trace) {
        DraftCheck check = new DraftCheck();
        Optional<Address> from = check.address("/from", draft.from());
        List<Address> to = check.addresses("/to", draft.to());
        List<Address> cc = check.addresses("/cc", draft.cc());
        List<Address> replyTo = check.addresses("/reply_to", draft.replyTo());
        check.plain("/subject", draft.subject());
        check.body("/text", draft.text());
        check.body("/html", draft.html());
        check.fields(draft.fields());
        List<MediaType> types = check.attachments(draft.attachments());
        check.id("/message_id", draft.messageId());
        if (from.isEmpty() || !check.faults().isEmpty()) {
            return new Refused(check.faults());
        }

        FieldWriter header = new FieldWriter(USUAL_HEADER);
        trace.ifPresent(received -> header.lines(received.received()));
        header.begin("Date").word(MailDate.of(draft.date())).end();
        addresses(header, "From", List.of(draft.from()), List.of(from.get()));
        addresses(header, "Reply-To", draft.replyTo(), replyTo);
        addresses(header, "To", draft.to(), to);
        addresses(header, "Cc", draft.cc(), cc);
        if (to.isEmpty() && cc.isEmpty()) {
            header.begin("To").word("undisclosed-recipients:;").end();
        }
        if (!draft.subject().isEmpty()) {
            header.begin("Subject").text(draft.subject(), true);
            header.end();
        }
        header.begin("Message-ID").word('<' + draft.messageId() + '>').end();
        draft.fields().forEach(field -> custom(header, field));
        header.begin("MIME-Version").word("1.0").end();

        Part content = Content.of(draft, types);
        header.lines(content.header());
        header.lines("\r\n");
        return assemble(header.toString(), content, check.needsSmtpUtf8());
    }

    private static Composition assemble(String header, Part content, boolean needsSmtpUtf8) {
        byte[] head = header.getBytes(StandardCharsets.UTF_8);
        boolean closed = content.endsLine();
        long size = head.length + content.size() + (closed ? 0 : Part.LINE_END.length());
        if (size > LARGEST) {
            return new Refused(List.of(new Fault("/attachments", "the message would have " + size + " bytes")));
        }
        Part.Sheet sheet = new Part.Sheet((int) size);
        sheet.put(head);
        content.write(sheet);
        if (!closed) {
            sheet.put(Part.LINE_END);
        }
        return new Composed(sheet.finished(), needsSmtpUtf8);
    }

    private static void addresses(FieldWriter header, String name, List<NamedAddress> named, List<Address> addresses) {
        if (addresses.isEmpty()) {
            return;
        }
        header.begin(name);
        for (int i = 0; i < addresses.size(); i++) {
            if (i > 0) {
                header.close(',');
            }
            String address = addresses.get(i).text();
            if (named.get(i).name().isEmpty()) {
                header.word(address);
            } else {
                header.phrase(named.get(i).name());
                header.word('<' + address + '>');
            }
        }
        header.end();
    }

    private static void custom(FieldWriter header, CustomField field) {
        String key = FieldPolicy.key(field.name());
        header.begin(field.name());
        if (FieldPolicy.isAddress(key)) {
            Address.parse(field.value()).ifPresent(address -> header.word(address.text()));
        } else if (FieldPolicy.isOfWords(key)) {
            header.words(field.value());
        } else {
            // What is ASCII goes as it is, so that an application may encode words itself.
            header.text(field.value(), false);
        }
        header.end();
    }
}
