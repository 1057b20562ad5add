package io.postrider.smtp;

import io.postrider.mail.Mailbox;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One mail transaction of a server session, from MAIL to its verdict or RSET. */
final class ServerTransaction {

    private final Mailbox sender;
    private final boolean smtpUtf8;
    private final long declaredSize;
    private final Set<Mailbox> recipients = new LinkedHashSet<>(2);
    private @Nullable MessageReader reader;

    ServerTransaction(Mailbox sender, MailParameters.Known parameters) {
        this.sender = sender;
        this.smtpUtf8 = parameters.smtpUtf8();
        this.declaredSize = parameters.size();
    }

    Mailbox sender() {
        return sender;
    }

    boolean isSmtpUtf8() {
        return smtpUtf8;
    }

    Set<Mailbox> recipients() {
        return recipients;
    }

    boolean hasData() {
        return reader != null;
    }

    MessageReader reader(SessionHost host, long maxSize) {
        if (reader == null) {
            reader = new MessageReader(host, maxSize, declaredSize);
        }
        return reader;
    }

    ReceivedMessage message(MessageReader read, String helo, boolean extended) {
        ReceivedMessage.Protocol protocol = smtpUtf8
                ? ReceivedMessage.Protocol.UTF8SMTP
                : extended ? ReceivedMessage.Protocol.ESMTP : ReceivedMessage.Protocol.SMTP;
        return new ReceivedMessage(
                helo,
                protocol,
                sender,
                List.copyOf(recipients),
                read.takeBytes(),
                read.length(),
                read.isEightBit(),
                smtpUtf8);
    }

    void release() {
        if (reader != null) {
            reader.release();
        }
    }
}
