package io.postrider.bounce;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.postrider.bounce.DeliveryReport.Action;
import io.postrider.bounce.DeliveryReport.Ending;
import io.postrider.bounce.DeliveryReport.Returned;
import io.postrider.mail.EnhancedCode;
import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import io.postrider.mime.MailDate;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;

/**
 * A {@link DeliveryReport} as a message (RFC 3464, RFC 6522): for people, for programs, and what is returned. The same
 * facts always give the same bytes. All of it is ASCII but a returned message that is not, and the To field of a sender
 * whose own address is not; addresses in the part for programs are then {@code utf-8-addr-xtext} (RFC 6533 §3).
 */
public final class ReportMessage {

    private static final int LONGEST_LINE = 76;
    private static final int LONGEST_REPLY = 512;

    private final DeliveryReport report;
    private final StringBuilder text = new StringBuilder(4096);
    private final String boundary;

    private ReportMessage(DeliveryReport report) {
        this.report = report;
        this.boundary = "=_" + report.id();
    }

    public static byte[] of(DeliveryReport report) {
        return new ReportMessage(report).bytes();
    }

    private byte[] bytes() {
        Returned returned = report.returned();
        boolean eightBit = isEightBit(returned.bytes());
        header(eightBit);
        people();
        programs();
        part("Content-Description: " + (returned.whole() ? "The message" : "The header of the message"));
        line("Content-Type: " + type(returned, eightBit));
        if (eightBit) {
            line("Content-Transfer-Encoding: 8bit");
        }
        line("");
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + returned.bytes().length + 100);
        out.writeBytes(text.toString().getBytes(UTF_8));
        out.writeBytes(returned.bytes());
        out.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(UTF_8));
        return out.toByteArray();
    }

    private static String type(Returned returned, boolean eightBit) {
        boolean global = returned.international() && eightBit;
        if (returned.whole()) {
            return global ? "message/global" : "message/rfc822";
        }
        return global ? "message/global-headers" : "text/rfc822-headers";
    }

    private void header(boolean eightBit) {
        line("From: Mail Delivery System <" + report.from() + ">");
        line("To: <" + inHeader(report.to()) + ">");
        line("Subject: " + subject());
        line("Date: " + MailDate.of(report.at()));
        line("Message-ID: <" + report.id() + "@" + report.hostname() + ">");
        line("Auto-Submitted: auto-replied");
        if (report.tlsOptional()) {
            line("TLS-Required: No");
        }
        line("MIME-Version: 1.0");
        line("Content-Type: multipart/report; report-type=delivery-status;");
        line("\tboundary=\"" + boundary + "\"");
        if (eightBit) {
            line("Content-Transfer-Encoding: 8bit");
        }
        line("");
        line("This is a report in MIME format about mail that you sent.");
    }

    private String subject() {
        if (has(Action.FAILED)) {
            return "Your message could not be delivered";
        }
        return has(Action.DELAYED) ? "Your message is delayed" : "Your message was passed on";
    }

    private boolean has(Action action) {
        return report.recipients().stream().anyMatch(ending -> ending.action() == action);
    }

    // ---- for people

    private void people() {
        StringBuilder words = new StringBuilder(1024);
        words.append("This is the mail server ").append(report.hostname()).append(".\r\n\r\n");
        section(words, Action.FAILED, "Your message could not be delivered to:");
        section(words, Action.DELAYED, "Your message is delayed, and still being tried, for:");
        section(words, Action.RELAYED, "Your message was passed on for:");
        words.append("Attached are the same in a form for programs, and ");
        words.append(report.returned().whole() ? "your message.\r\n" : "the header of your message.\r\n");
        part("Content-Description: Notification");
        boolean ascii = words.chars().allMatch(c -> c < 0x80);
        line("Content-Type: text/plain; charset=" + (ascii ? "us-ascii" : "utf-8"));
        if (ascii) {
            line("");
            text.append(words);
        } else {
            line("Content-Transfer-Encoding: base64");
            line("");
            line(Base64.getMimeEncoder().encodeToString(words.toString().getBytes(UTF_8)));
        }
    }

    private void section(StringBuilder words, Action action, String title) {
        List<Ending> endings = report.recipients().stream()
                .filter(ending -> ending.action() == action)
                .toList();
        if (endings.isEmpty()) {
            return;
        }
        words.append(title).append("\r\n\r\n");
        for (Ending ending : endings) {
            words.append('<').append(printable(ending.recipient().address())).append(">\r\n");
            wrap(words, "    ", Explanation.of(ending));
            wrap(words, "    ", who(ending) + reply(ending.reply()));
            ending.triedUntil()
                    .ifPresent(until -> wrap(words, "    ", "It is tried until " + MailDate.of(until) + "."));
            words.append("\r\n");
        }
    }

    private static String who(Ending ending) {
        if (!ending.mx().isEmpty()) {
            return ending.mx() + " said: ";
        }
        return ending.reply().isTransient() ? "The last answer was: " : "This server noted: ";
    }

    // ---- for programs

    private void programs() {
        part("Content-Description: Delivery report");
        line("Content-Type: message/delivery-status");
        line("");
        line("Reporting-MTA: dns; " + report.hostname());
        if (!report.envelopeId().isEmpty()) {
            line("Original-Envelope-Id: " + Xtext.decoded(report.envelopeId()));
        }
        line("Arrival-Date: " + MailDate.of(report.about().acceptedAt()));
        line("X-Postrider-Message-ID: " + report.about());
        report.recipients().forEach(this::recipient);
    }

    private void recipient(Ending ending) {
        line("");
        if (!ending.originalRecipient().isEmpty()) {
            line("Original-Recipient: " + Xtext.original(ending.originalRecipient()));
        }
        line("Final-Recipient: " + Xtext.typed(ending.recipient().address()));
        line("Action: " + ending.action().word());
        line("Status: " + status(ending));
        if (!ending.mx().isEmpty()) {
            line("Remote-MTA: dns; " + ending.mx());
        }
        StringBuilder diagnostic = new StringBuilder();
        wrap(diagnostic, " ", (ending.mx().isEmpty() ? "x-postrider; " : "smtp; ") + ascii(reply(ending.reply())));
        text.append("Diagnostic-Code:").append(diagnostic);
        if (ending.triedUntil().isPresent()) {
            line("Will-Retry-Until: " + MailDate.of(ending.triedUntil().get()));
        } else {
            line("Last-Attempt-Date: " + MailDate.of(report.at()));
        }
    }

    private static String status(Ending ending) {
        if (ending.expired()) {
            return "5.4.7";
        }
        int category =
                switch (ending.action()) {
                    case FAILED -> 5;
                    case DELAYED -> 4;
                    case RELAYED -> 2;
                };
        EnhancedCode none = new EnhancedCode(category, 0, 0);
        return ending.reply()
                .enhanced()
                .filter(code -> code.category() == category)
                .orElse(none)
                .toString();
    }

    // ---- lines

    private void part(String first) {
        line("");
        line("--" + boundary);
        line(first);
    }

    private void line(String line) {
        text.append(line).append("\r\n");
    }

    private static String reply(Reply reply) {
        String all = printable(reply.toString());
        return all.length() <= LONGEST_REPLY ? all : all.substring(0, LONGEST_REPLY);
    }

    /** Words, each line of which begins with the indent and is no longer than a line is where words allow it. */
    private static void wrap(StringBuilder to, String indent, String words) {
        int column = LONGEST_LINE;
        boolean first = true;
        for (String word : words.split(" ", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            if (column + 1 + word.length() > LONGEST_LINE) {
                to.append(first ? "" : "\r\n").append(indent).append(word);
                column = indent.length() + word.length();
            } else {
                to.append(' ').append(word);
                column += 1 + word.length();
            }
            first = false;
        }
        to.append("\r\n");
    }

    private static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return clean.toString();
    }

    private static String ascii(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> plain.appendCodePoint(c >= ' ' && c < 0x7F ? c : '?'));
        return plain.toString();
    }

    /** A domain can do without UTF-8, a local part cannot. */
    private static String inHeader(Mailbox mailbox) {
        int at = mailbox.address().lastIndexOf('@');
        String local = mailbox.address().substring(0, Math.max(0, at));
        return Xtext.isAscii(local) && mailbox.domain().isPresent()
                ? local + "@" + mailbox.domain().get().name()
                : printable(mailbox.address());
    }

    private static boolean isEightBit(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return true;
            }
        }
        return false;
    }
}
