package io.postrider.ingress.http;

import io.postrider.ingress.http.MessageRequest.Personal;
import io.postrider.mime.compose.Attachment;
import io.postrider.mime.compose.CustomField;
import io.postrider.mime.compose.NamedAddress;
import io.postrider.mime.template.Dialect;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one message in JSON, for {@code POST /v1/message} and as an item of a batch. Used once. */
final class MessageJson {

    private static final int LONGEST_ADDRESS = 1000;
    private static final int LONGEST_NAME = 500;
    static final int LONGEST_LINE = 10_000;
    private static final int LONGEST_FILE_NAME = 255;
    private static final int LONGEST_KEY = 255;
    private static final int MOST_FIELDS = 100;
    private static final int MOST_METADATA = 50;
    private static final int LONGEST_METADATA_NAME = 64;
    private static final int LONGEST_METADATA = 1024;
    private static final NamedAddress NOBODY = NamedAddress.of("");

    private final JsonInput in;
    private final HttpSettings.Sizes sizes;
    private final WishesJson wishes;

    private Optional<NamedAddress> from = Optional.empty();
    private Optional<String> envelopeFrom = Optional.empty();
    private final List<NamedAddress> to = new ArrayList<>(1);
    private final List<NamedAddress> cc = new ArrayList<>(0);
    private final List<NamedAddress> bcc = new ArrayList<>(0);
    private final List<NamedAddress> replyTo = new ArrayList<>(0);
    private final List<Personal> personal = new ArrayList<>(0);
    private boolean named;
    private boolean isPersonal;
    private String subject = "";
    private Optional<String> text = Optional.empty();
    private Optional<String> html = Optional.empty();
    private final List<CustomField> fields = new ArrayList<>(0);
    private final List<Attachment> attachments = new ArrayList<>(0);
    private Dialect dialect = Dialect.PEBBLE;
    private boolean reports;
    private boolean dryRun;
    private Optional<String> key = Optional.empty();

    private MessageJson(JsonInput in, HttpSettings.Sizes sizes, WishesJson wishes) {
        this.in = in;
        this.sizes = sizes;
        this.wishes = wishes;
    }

    /** The message that stands here. What is wrong with it is noted as faults of {@code in}. */
    static MessageRequest read(JsonInput in, HttpSettings.Sizes sizes, WishesJson.Bounds bounds) throws IOException {
        return new MessageJson(in, sizes, new WishesJson(in, bounds)).read();
    }

    private MessageRequest read() throws IOException {
        String top = in.pointer();
        in.object(this::field);
        if (from.isEmpty()) {
            in.fault(top + "/from", "expected the address of the author, but it is missing");
        }
        if (isPersonal && named) {
            in.fault(top + "/recipients", "expected either recipients, or to, cc and bcc");
        } else if (!isPersonal && !named) {
            in.fault(top + "/to", "expected the address of a recipient, but it is missing");
        }
        int recipients = isPersonal ? personal.size() : to.size() + cc.size() + bcc.size();
        if (recipients > sizes.maxRecipients()) {
            String detail = "expected at most " + sizes.maxRecipients() + " recipients, but got " + recipients;
            in.fault(top + (isPersonal ? "/recipients" : "/to"), detail);
        }
        return new MessageRequest(
                from.orElse(NOBODY),
                envelopeFrom,
                to,
                cc,
                bcc,
                replyTo,
                personal,
                subject,
                text,
                html,
                fields,
                attachments,
                dialect,
                wishes.read(top),
                reports,
                dryRun,
                key);
    }

    private void field(String name) throws IOException {
        switch (name) {
            case "from" -> from = address();
            case "to" -> addresses(to);
            case "cc" -> addresses(cc);
            case "bcc" -> addresses(bcc);
            case "reply_to" -> replyTo();
            case "recipients" -> recipients();
            case "subject" -> subject = in.text(0, LONGEST_LINE).orElse("");
            case "text" -> text = in.lines();
            case "html" -> html = in.lines();
            case "headers" -> headers();
            case "attachments" -> in.array(sizes.maxAttachments(), this::attachment);
            case "template_dialect" -> dialect();
            case "envelope_from" -> envelopeFrom = envelopeFrom();
            case "reports" -> reports = in.truth();
            case "dry_run" -> dryRun = in.truth();
            case "metadata" -> wishes.metadata(metadata());
            case "idempotency_key" -> key = in.text(1, LONGEST_KEY);
            default -> {
                if (!wishes.field(name)) {
                    in.unknown();
                }
            }
        }
    }

    private void addresses(List<NamedAddress> list) throws IOException {
        named = true;
        if (in.isArray()) {
            in.array(sizes.maxRecipients(), () -> address().ifPresent(list::add));
        } else {
            address().ifPresent(list::add);
        }
    }

    private void replyTo() throws IOException {
        if (in.isArray()) {
            in.array(MOST_FIELDS, () -> checkedAddress().ifPresent(replyTo::add));
        } else {
            checkedAddress().ifPresent(replyTo::add);
        }
    }

    private Optional<NamedAddress> address() throws IOException {
        if (!in.isObject()) {
            return in.text(1, LONGEST_ADDRESS).map(Addresses::split);
        }
        String pointer = in.pointer();
        String[] parts = {"", ""};
        in.object(name -> {
            switch (name) {
                case "email" -> parts[0] = in.text(1, LONGEST_ADDRESS).orElse("");
                case "name" -> parts[1] = in.text(0, LONGEST_NAME).orElse("");
                default -> in.unknown();
            }
        });
        if (parts[0].isEmpty()) {
            in.fault(pointer + "/email", "expected an address");
            return Optional.empty();
        }
        return Optional.of(new NamedAddress(parts[0].strip(), parts[1]));
    }

    /** For addresses that cannot be left out like that of a recipient. */
    private Optional<NamedAddress> checkedAddress() throws IOException {
        String pointer = in.pointer();
        Optional<NamedAddress> address = address();
        if (address.isPresent() && Addresses.mailbox(address.get().email()).isEmpty()) {
            in.fault(pointer, Addresses.complaint(address.get().email()));
        }
        return address;
    }

    private Optional<String> envelopeFrom() throws IOException {
        Optional<String> sender = in.text(0, LONGEST_ADDRESS).map(String::strip).map(s -> s.equals("<>") ? "" : s);
        if (sender.isPresent()
                && !sender.get().isEmpty()
                && Addresses.mailbox(sender.get()).isEmpty()) {
            in.fault(Addresses.complaint(sender.get()));
        }
        return sender;
    }

    private void recipients() throws IOException {
        isPersonal = true;
        in.array(sizes.maxRecipients(), this::recipient);
    }

    private void recipient() throws IOException {
        String pointer = in.pointer();
        OnePersonal one = new OnePersonal();
        in.object(name -> {
            switch (name) {
                case "to" -> one.to = address();
                case "name" -> one.name = in.text(0, LONGEST_NAME).orElse("");
                case "metadata" -> one.metadata = metadata();
                case "substitutions" -> one.substitutions = in.map();
                default -> in.unknown();
            }
        });
        if (one.to.isEmpty()) {
            in.fault(pointer + "/to", "expected the address of the recipient");
            return;
        }
        NamedAddress to = one.to.get();
        NamedAddress called = one.name.isEmpty() ? to : new NamedAddress(to.email(), one.name);
        personal.add(new Personal(called, one.metadata, one.substitutions));
    }

    private static final class OnePersonal {
        private Optional<NamedAddress> to = Optional.empty();
        private String name = "";
        private Map<String, String> metadata = Map.of();
        private Map<String, ?> substitutions = Map.of();
    }

    private void headers() throws IOException {
        in.object(name -> {
            if (fields.size() == MOST_FIELDS) {
                in.wrong("expected at most " + MOST_FIELDS + " header fields");
            } else {
                in.text(0, LONGEST_LINE).ifPresent(value -> fields.add(new CustomField(name, value)));
            }
        });
    }

    private Map<String, String> metadata() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        in.object(name -> {
            if (metadata.size() == MOST_METADATA) {
                in.wrong("expected at most " + MOST_METADATA + " pairs");
            } else if (name.isEmpty() || name.length() > LONGEST_METADATA_NAME || JsonInput.hasControl(name)) {
                in.wrong("expected a name of 1 to " + LONGEST_METADATA_NAME + " printable characters");
            } else {
                in.text(0, LONGEST_METADATA).ifPresent(value -> metadata.put(name, value));
            }
        });
        return metadata;
    }

    private void attachment() throws IOException {
        String pointer = in.pointer();
        OneAttachment one = new OneAttachment();
        in.object(name -> {
            switch (name) {
                case "filename" -> one.filename = in.text(1, LONGEST_FILE_NAME).orElse("");
                case "content_type" ->
                    one.contentType = in.text(0, LONGEST_FILE_NAME).orElse("");
                case "content_id" ->
                    one.contentId = in.text(1, LONGEST_FILE_NAME).orElse("");
                case "content" -> one.content = Optional.of(in.base64());
                default -> in.unknown();
            }
        });
        if (one.content.isEmpty()) {
            in.fault(pointer + "/content", "expected the content in base64, but it is missing");
            return;
        }
        boolean inline = !one.contentId.isEmpty();
        attachments.add(new Attachment(one.filename, one.contentType, one.content.get(), inline, bare(one.contentId)));
    }

    private static final class OneAttachment {
        private String filename = "";
        private String contentType = "";
        private String contentId = "";
        private Optional<ByteBuffer> content = Optional.empty();
    }

    /** Some write it with the angle brackets of the header field. */
    private static String bare(String contentId) {
        boolean bracketed = contentId.length() > 2 && contentId.startsWith("<") && contentId.endsWith(">");
        return bracketed ? contentId.substring(1, contentId.length() - 1) : contentId;
    }

    private void dialect() throws IOException {
        Optional<String> word = in.text(1, LONGEST_FILE_NAME);
        Optional<Dialect> found = word.flatMap(Dialect::of);
        if (word.isPresent() && found.isEmpty()) {
            in.fault("expected pebble or handlebars");
        }
        dialect = found.orElse(dialect);
    }
}
