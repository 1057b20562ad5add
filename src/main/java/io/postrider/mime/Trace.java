package io.postrider.mime;

import io.postrider.mail.Encryption;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a message came to us, as its Received field tells (RFC 5321 §4.4).
 *
 * @param hostname ours
 * @param helo the name that the client gave itself
 * @param protocol the word behind {@code with}: SMTP, ESMTP, UTF8SMTP (RFC 3848, RFC 6531)
 * @param encryption of the connection, as the field's tls clause (RFC 8314 §4.3)
 * @param recipients named in the field only when there is just one: others must not learn of each other
 */
public record Trace(
        String hostname,
        String helo,
        InetAddress client,
        String protocol,
        Optional<Encryption> encryption,
        MessageId id,
        List<Mailbox> recipients,
        Instant at) {

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_RECIPIENT = 320;

    /** The lines to put in front of the message: Received, and Date and Message-ID when it has none. */
    String lines(boolean withDate, boolean withMessageId) {
        StringBuilder text = new StringBuilder(400).append(received());
        if (withDate) {
            text.append("Date: ").append(MailDate.of(at)).append("\r\n");
        }
        if (withMessageId) {
            text.append("Message-ID: <").append(id).append('@').append(hostname).append(">\r\n");
        }
        return text.toString();
    }

    /** The Received field, folded, with its CRLF. */
    public String received() {
        StringBuilder text = new StringBuilder(320);
        text.append("Received: from ");
        appendName(text, helo);
        text.append(" (");
        appendLiteral(text, client);
        text.append(")\r\n\tby ").append(hostname).append(" (Postrider) with ").append(protocol);
        text.append(" id ").append(id);
        if (recipients.size() == 1 && recipients.get(0).address().length() <= LONGEST_RECIPIENT) {
            text.append("\r\n\tfor <").append(recipients.get(0).address()).append('>');
        }
        encryption.ifPresent(how -> text.append("\r\n\ttls ")
                .append(how.cipher())
                .append(" (")
                .append(how.version())
                .append(')'));
        return text.append(";\r\n\t").append(MailDate.of(at)).append("\r\n").toString();
    }

    /** What is no host name or literal cannot break the field: other characters become question marks. */
    private static void appendName(StringBuilder text, String name) {
        int end = Math.min(name.length(), LONGEST_NAME);
        for (int i = 0; i < end; i++) {
            char c = name.charAt(i);
            boolean fits = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || ".-_:[]".indexOf(c) >= 0;
            text.append(fits ? c : '?');
        }
    }

    /** RFC 5321 §4.1.3. */
    private static void appendLiteral(StringBuilder text, InetAddress address) {
        String plain = address.getHostAddress();
        int zone = plain.indexOf('%');
        text.append(address instanceof Inet6Address ? "[IPv6:" : "[");
        text.append(zone < 0 ? plain : plain.substring(0, zone)).append(']');
    }
}
