package io.postrider.smtp;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.mail.Mailbox;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One mail transaction of a server session, from MAIL to its verdict or RSET. */
final class ServerTransaction {

    private final Identity identity;
    private final Mailbox sender;
    private final boolean smtpUtf8;
    private final long declaredSize;
    private final String ret;
    private final String envelopeId;
    private final boolean requireTls;
    private final Map<Mailbox, Dsn.Wish> recipients = new LinkedHashMap<>(2);
    private boolean anyWish;
    private @Nullable MessageReader reader;

    /** @param identity as whom the client sends */
    ServerTransaction(Identity identity, Mailbox sender, MailParameters.Known parameters) {
        this.identity = identity;
        this.sender = sender;
        this.smtpUtf8 = parameters.smtpUtf8();
        this.declaredSize = parameters.size();
        this.ret = parameters.ret();
        this.envelopeId = parameters.envelopeId();
        this.requireTls = parameters.requireTls();
    }

    Identity identity() {
        return identity;
    }

    Mailbox sender() {
        return sender;
    }

    boolean isSmtpUtf8() {
        return smtpUtf8;
    }

    int recipientCount() {
        return recipients.size();
    }

    boolean names(Mailbox recipient) {
        return recipients.containsKey(recipient);
    }

    /** Of a recipient that is named twice, the last wish counts. */
    void add(Mailbox recipient, Dsn.Wish wish) {
        boolean wishes = !wish.equals(Dsn.Wish.NONE);
        anyWish |= wishes;
        if (wishes || !names(recipient)) {
            recipients.put(recipient, wish);
        }
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

    ReceivedMessage message(
            MessageReader read, String helo, boolean extended, Optional<Encryption> encryption, boolean reports) {
        return new ReceivedMessage(
                identity,
                helo,
                ReceivedMessage.Protocol.of(
                        extended, smtpUtf8, encryption.isPresent(), identity.kind() == Identity.Kind.USER),
                encryption,
                sender,
                List.copyOf(recipients.keySet()),
                read.takeBytes(),
                read.length(),
                read.isEightBit(),
                smtpUtf8,
                reports ? dsn() : Dsn.silence(recipients.size()),
                requireTls);
    }

    private Dsn dsn() {
        if (!anyWish && ret.isEmpty() && envelopeId.isEmpty()) {
            return Dsn.NONE;
        }
        return new Dsn(ret, envelopeId, anyWish ? List.copyOf(recipients.values()) : List.of());
    }

    void release() {
        if (reader != null) {
            reader.release();
        }
    }
}
