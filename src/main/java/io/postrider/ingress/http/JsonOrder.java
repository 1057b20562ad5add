package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.http.Problem.Fault;
import io.postrider.ingress.Intake;
import io.postrider.ingress.Submission;
import io.postrider.ingress.Wishes;
import io.postrider.ingress.http.MessageRequest.Personal;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.TlsWish;
import io.postrider.mime.compose.Composer;
import io.postrider.mime.compose.Composition;
import io.postrider.mime.compose.CustomField;
import io.postrider.mime.compose.Draft;
import io.postrider.mime.compose.NamedAddress;
import io.postrider.mime.template.Templates;
import io.postrider.smtp.Dsn;
import io.postrider.spool.Labels;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One message in JSON: for all who are named in it, or one for each of its {@code recipients}. */
final class JsonOrder implements Order {

    private static final int LINES = 1024;

    private record Addressee(Personal personal, int place, List<Recipient> recipients) {}

    private final MessageRequest request;
    private final Intake intake;
    private final Templates templates;
    private final long maxMessage;
    private final Mailbox sender;
    private final List<NamedAddress> to = new ArrayList<>(1);
    private final List<NamedAddress> cc = new ArrayList<>(0);
    private final List<Recipient> recipients = new ArrayList<>(1);
    private final List<Addressee> addressees = new ArrayList<>(0);
    private final List<Rejected> rejected = new ArrayList<>(0);

    /** @throws Problem 422 when the sender is no address */
    JsonOrder(MessageRequest request, Intake intake, Templates templates, long maxMessage) {
        this.request = request;
        this.intake = intake;
        this.templates = templates;
        this.maxMessage = maxMessage;
        this.sender = envelopeSender(request);
        if (request.personal().isEmpty()) {
            Map<String, Mailbox> known = new LinkedHashMap<>();
            request.to().forEach(address -> add(address, to, known));
            request.cc().forEach(address -> add(address, cc, known));
            request.bcc().forEach(address -> add(address, new ArrayList<>(0), known));
            known.values().forEach(mailbox -> recipients.add(recipient(recipients.size(), mailbox)));
        } else {
            for (int i = 0; i < request.personal().size(); i++) {
                addPersonal(request.personal().get(i), i);
            }
        }
    }

    private static Mailbox envelopeSender(MessageRequest request) {
        Mailbox author = Addresses.mailbox(request.from().email())
                .orElseThrow(() -> Problem.invalid(
                        "/from", Addresses.complaint(request.from().email())));
        if (request.envelopeFrom().isEmpty()) {
            return author;
        }
        return Addresses.mailbox(request.envelopeFrom().get()).orElse(Mailbox.NULL_SENDER);
    }

    private void add(NamedAddress address, List<NamedAddress> shown, Map<String, Mailbox> known) {
        Optional<Mailbox> mailbox = Addresses.mailbox(address.email());
        if (mailbox.isPresent()) {
            shown.add(address);
            known.putIfAbsent(mailbox.get().address(), mailbox.get());
        } else {
            reject(address);
        }
    }

    private void addPersonal(Personal personal, int place) {
        Optional<Mailbox> mailbox = Addresses.mailbox(personal.to().email());
        if (mailbox.isPresent()) {
            addressees.add(new Addressee(personal, place, List.of(recipient(0, mailbox.get()))));
        } else {
            reject(personal.to());
        }
    }

    private void reject(NamedAddress address) {
        rejected.add(new Rejected(address.email(), "invalid_address", Addresses.complaint(address.email())));
    }

    private Recipient recipient(int index, Mailbox mailbox) {
        return new Recipient(index, mailbox, request.reports() ? "" : Dsn.Wish.NONE_OF_OURS, "");
    }

    @Override
    public boolean dryRun() {
        return request.dryRun();
    }

    @Override
    public Mailbox sender() {
        return sender;
    }

    @Override
    public List<Rejected> rejected() {
        return rejected;
    }

    @Override
    public int messages() {
        return isPersonal() ? addressees.size() : Math.min(1, recipients.size());
    }

    @Override
    public List<Recipient> recipients(int place) {
        return isPersonal() ? addressees.get(place).recipients() : recipients;
    }

    @Override
    public long sizeHint() {
        long size = (long) LINES
                + request.text().map(String::length).orElse(0)
                + request.html().map(String::length).orElse(0);
        for (var attachment : request.attachments()) {
            size += LINES + attachment.content().remaining() * 4L / 3;
        }
        return size;
    }

    @Override
    public boolean isTemplate() {
        return isPersonal()
                && (Templates.isTemplate(request.subject())
                        || request.text().filter(Templates::isTemplate).isPresent()
                        || request.html().filter(Templates::isTemplate).isPresent()
                        || request.fields().stream().anyMatch(field -> Templates.isTemplate(field.value())));
    }

    private boolean isPersonal() {
        return !request.personal().isEmpty();
    }

    @Override
    public Submission message(int place, MessageId id, Submission.Origin origin, Instant now) {
        Draft draft = draft(place, id, now);
        List<Recipient> envelope = recipients(place);
        Composition composition = Composer.compose(draft, Optional.of(intake.trace(id, origin, envelope, now)));
        return switch (composition) {
            case Composition.Refused refused -> throw Problem.invalid(faults(refused, place));
            case Composition.Composed composed -> submission(place, id, origin, composed);
        };
    }

    private Submission submission(int place, MessageId id, Submission.Origin origin, Composition.Composed composed) {
        if (composed.bytes().length > maxMessage) {
            throw Problem.of(413, "body_too_large", "expected a message of at most " + maxMessage + " bytes");
        }
        List<Recipient> envelope = recipients(place);
        boolean utf8 = composed.needsSmtpUtf8()
                || sender.needsSmtpUtf8()
                || envelope.stream().anyMatch(recipient -> recipient.mailbox().needsSmtpUtf8());
        return new Submission(
                Optional.of(id),
                origin,
                sender,
                envelope,
                composed.bytes(),
                composed.bytes().length,
                new Reference.Needs(composed.needsSmtpUtf8(), utf8, tls()),
                true,
                wishes(place),
                List.of(),
                "",
                "");
    }

    /** By its header field, as in any other message (RFC 8689 §3). */
    private TlsWish tls() {
        List<CustomField> fields = request.fields().stream()
                .filter(field -> field.name().equalsIgnoreCase("TLS-Required"))
                .toList();
        boolean optional = fields.size() == 1 && fields.get(0).value().strip().equalsIgnoreCase("No");
        return optional ? TlsWish.OPTIONAL : TlsWish.USUAL;
    }

    private Draft draft(int place, MessageId id, Instant now) {
        Filling filling = isPersonal() ? filling(addressees.get(place)) : Filling.plain(request);
        return new Draft(
                request.from(),
                isPersonal() ? List.of(addressees.get(place).personal().to()) : to,
                cc,
                request.replyTo(),
                filling.subject(),
                filling.text(),
                filling.html(),
                filling.fields(),
                request.attachments(),
                now,
                id + "@" + intake.hostname());
    }

    private Filling filling(Addressee addressee) {
        return Filling.personal(request, addressee.personal(), addressee.place(), templates);
    }

    private Wishes wishes(int place) {
        Wishes all = request.wishes();
        Map<String, String> own =
                isPersonal() ? addressees.get(place).personal().metadata() : Map.of();
        if (own.isEmpty()) {
            return all;
        }
        Labels labels = all.labels();
        Map<String, String> metadata = new HashMap<>(labels.metadata());
        metadata.putAll(own);
        return new Wishes(
                new Labels(
                        labels.tenant(), labels.campaign(), labels.mailClass(), labels.pool(), labels.tags(), metadata),
                all.notBefore(),
                all.expiresAt(),
                all.requireTls());
    }

    /** The one address of a personal message stands elsewhere in the request; its words may be partly from there. */
    private List<Fault> faults(Composition.Refused refused, int place) {
        List<Fault> faults = new ArrayList<>();
        for (Composition.Fault fault : refused.faults()) {
            String pointer = fault.pointer();
            if (isPersonal() && pointer.startsWith("/to/0")) {
                pointer = "/recipients/" + addressees.get(place).place() + "/to" + pointer.substring(5);
            }
            faults.add(new Fault(pointer, fault.detail()));
        }
        if (isTemplate()) {
            faults.add(Filling.madeFor(addressees.get(place).place()));
        }
        return faults;
    }
}
