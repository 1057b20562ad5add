package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.http.Problem.Fault;
import io.postrider.ingress.Submission;
import io.postrider.ingress.Wishes;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mime.HeaderScan;
import io.postrider.mime.HeaderScan.OwnField;
import io.postrider.mime.Newlines;
import io.postrider.smtp.Dsn;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * A finished message as {@code message/rfc822}, with its envelope in fields of the request. {@code X-Postrider-} fields
 * may stand in the message, as over SMTP, or in the request.
 */
final class RawOrder implements Order {

    private static final String OWN = HeaderScan.OWN_PREFIX.toLowerCase(Locale.ROOT);

    private final byte[] bytes;
    private final int length;
    private final Mailbox sender;
    private final List<Recipient> recipients = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>(0);
    private final List<OwnField> fields = new ArrayList<>(0);
    private boolean dryRun;

    /** @throws Problem 422 for an envelope that is missing or wrong, 413 for too large a message */
    RawOrder(HttpRequest request, byte[] body, int bodyLength, HttpSettings.Sizes sizes) {
        Optional<byte[]> mended = Newlines.mended(body, bodyLength);
        bytes = mended.orElse(body);
        length = mended.map(lines -> lines.length).orElse(bodyLength);
        if (length > sizes.maxMessage()) {
            throw Problem.of(413, "body_too_large", "expected a message of at most " + sizes.maxMessage() + " bytes");
        }
        Optional<Mailbox> from = Optional.empty();
        boolean reports = false;
        List<Fault> faults = new ArrayList<>(0);
        Map<String, Mailbox> known = new LinkedHashMap<>();
        for (HttpHeader header : request.getHeaders()) {
            String name = header.lowercaseName();
            String value = header.value().strip();
            switch (name) {
                case "x-envelope-from" -> {
                    from = sender(value);
                    if (from.isEmpty()) {
                        faults.add(new Fault("X-Envelope-From", Addresses.complaint(value)));
                    }
                }
                case "x-envelope-to" -> split(value).forEach(email -> add(email, known));
                case "x-postrider-reports" -> reports = truth(name, value, faults);
                case "x-postrider-dry-run" -> dryRun = truth(name, value, faults);
                default -> {
                    if (name.startsWith(OWN)) {
                        fields.add(new OwnField(name.substring(OWN.length()), value, 0, 0));
                    }
                }
            }
        }
        if (from.isEmpty() && faults.isEmpty()) {
            faults.add(new Fault("X-Envelope-From", "expected the envelope sender in this field of the request"));
        }
        if (known.isEmpty() && rejected.isEmpty()) {
            faults.add(new Fault("X-Envelope-To", "expected the recipients in this field of the request"));
        }
        if (known.size() + rejected.size() > sizes.maxRecipients()) {
            faults.add(new Fault("X-Envelope-To", "expected at most " + sizes.maxRecipients() + " recipients"));
        }
        if (!faults.isEmpty()) {
            throw Problem.invalid(faults);
        }
        sender = from.orElse(Mailbox.NULL_SENDER);
        String notifyOn = reports ? "" : Dsn.Wish.NONE_OF_OURS;
        known.values().forEach(mailbox -> recipients.add(new Recipient(recipients.size(), mailbox, notifyOn, "")));
    }

    private static Optional<Mailbox> sender(String value) {
        String email = Addresses.split(value).email();
        return email.isEmpty() ? Optional.of(Mailbox.NULL_SENDER) : Addresses.mailbox(email);
    }

    private static boolean truth(String name, String value, List<Fault> faults) {
        boolean on = value.equalsIgnoreCase("on") || value.equalsIgnoreCase("true");
        if (!on && !value.equalsIgnoreCase("off") && !value.equalsIgnoreCase("false")) {
            faults.add(new Fault(name, "expected on or off"));
        }
        return on;
    }

    private void add(String written, Map<String, Mailbox> known) {
        String email = Addresses.split(written).email();
        Optional<Mailbox> mailbox = Addresses.mailbox(email);
        if (mailbox.isPresent()) {
            known.putIfAbsent(mailbox.get().address(), mailbox.get());
        } else {
            rejected.add(new Rejected(written, "invalid_address", Addresses.complaint(email)));
        }
    }

    /** At commas outside quotes. */
    private static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i <= list.length(); i++) {
            boolean ends = i == list.length() || (list.charAt(i) == ',' && !quoted);
            if (ends) {
                String part = list.substring(from, i).strip();
                if (!part.isEmpty()) {
                    parts.add(part);
                }
                from = i + 1;
            } else if (quoted && list.charAt(i) == '\\') {
                i++;
            } else if (list.charAt(i) == '"') {
                quoted = !quoted;
            }
        }
        return parts;
    }

    @Override
    public boolean dryRun() {
        return dryRun;
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
        return Math.min(1, recipients.size());
    }

    @Override
    public List<Recipient> recipients(int place) {
        return recipients;
    }

    @Override
    public long sizeHint() {
        return length;
    }

    @Override
    public boolean isTemplate() {
        return false;
    }

    @Override
    public Submission message(int place, MessageId id, Submission.Origin origin, Instant now) {
        int header = Newlines.endOfHeader(bytes, length);
        boolean headerIsAscii = Newlines.isAscii(bytes, 0, header);
        boolean eightBit = !headerIsAscii || !Newlines.isAscii(bytes, header, length);
        boolean utf8 = !headerIsAscii
                || sender.needsSmtpUtf8()
                || recipients.stream().anyMatch(recipient -> recipient.mailbox().needsSmtpUtf8());
        return new Submission(
                Optional.of(id),
                origin,
                sender,
                recipients,
                bytes,
                length,
                new Reference.Needs(eightBit, utf8),
                false,
                Wishes.NONE,
                fields,
                "",
                "");
    }
}
