package io.postrider.smtp;

import io.postrider.mail.Identity;
import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides on MAIL and RCPT (RFC 5321 §3.3, §4.1.1.2, §4.1.1.3), and holds the transaction that they build. */
final class ServerEnvelope {

    private final ServerTerms terms;
    private final SessionHost host;
    /** As whom the client sends; empty: it may not. */
    private Optional<Identity> identity;

    private @Nullable ServerTransaction transaction;
    private int begun;

    ServerEnvelope(ServerTerms terms, SessionHost host, Optional<Identity> identity) {
        this.terms = terms;
        this.host = host;
        this.identity = identity;
    }

    @Nullable
    ServerTransaction transaction() {
        return transaction;
    }

    void identify(Identity shown) {
        identity = Optional.of(shown);
    }

    /** How many transactions were begun. */
    int begun() {
        return begun;
    }

    void end() {
        if (transaction != null) {
            transaction.release();
            transaction = null;
        }
    }

    /**
     * @param ascii whether the whole line is ASCII
     * @param auth whether AUTH is offered, and so its parameter
     * @param encrypted whether REQUIRETLS is offered
     */
    Canned mail(String line, boolean ascii, boolean auth, boolean encrypted) {
        if (transaction != null) {
            return ServerReplies.NESTED_MAIL;
        }
        if (terms.maxMessages() > 0 && begun >= terms.maxMessages()) {
            return ServerReplies.TOO_MANY_MESSAGES;
        }
        if (!line.regionMatches(true, 4, " FROM:", 0, 6)) {
            return ServerReplies.MAIL_SYNTAX;
        }
        return switch (terms.addressSyntax().read(line, 10)) {
            case AddressSyntax.Malformed malformed -> ServerReplies.badSender(malformed.why());
            case AddressSyntax.Found path ->
                switch (MailParameters.read(line, path.end(), terms.reports(), auth, encrypted)) {
                    case MailParameters.Refused refused -> refused.reply();
                    case MailParameters.Known known -> mailFrom(path.address(), known, ascii);
                };
        };
    }

    private Canned mailFrom(String address, MailParameters.Known parameters, boolean ascii) {
        if (!ascii && !parameters.smtpUtf8()) {
            return ServerReplies.NEEDS_SMTPUTF8;
        }
        Optional<Mailbox> sender = address.isEmpty() ? Optional.of(Mailbox.NULL_SENDER) : Mailbox.parse(address);
        if (sender.isEmpty()) {
            return ServerReplies.SENDER_DOMAIN;
        }
        Identity known = identity.orElse(Identity.HOST);
        switch (host.leave(known)) {
            case SessionHost.Leave.Granted granted -> known = granted.identity();
            case SessionHost.Leave.Refused refused -> {
                return rejected(sender.get(), "", Canned.of(refused.reply()));
            }
        }
        if (!known.domains().allows(sender.get())) {
            return rejected(sender.get(), "", ServerReplies.NOT_YOUR_DOMAIN);
        }
        if (parameters.size() > terms.maxMessageSize()) {
            return rejected(sender.get(), "", ServerReplies.TOO_LARGE);
        }
        if (host.isCongested()) {
            return rejected(sender.get(), "", ServerReplies.CONGESTED);
        }
        begun++;
        transaction = new ServerTransaction(known, sender.get(), parameters);
        return ServerReplies.SENDER_OK;
    }

    Canned rcpt(String line, boolean ascii) {
        ServerTransaction current = transaction;
        if (current == null) {
            return ServerReplies.MAIL_FIRST;
        }
        if (current.hasData()) {
            return ServerReplies.BDAT_UNDER_WAY;
        }
        if (!line.regionMatches(true, 4, " TO:", 0, 4)) {
            return ServerReplies.RCPT_SYNTAX;
        }
        if (!ascii && !current.isSmtpUtf8()) {
            return ServerReplies.NEEDS_SMTPUTF8;
        }
        return switch (terms.addressSyntax().read(line, 8)) {
            case AddressSyntax.Malformed malformed -> ServerReplies.badRecipient(malformed.why());
            case AddressSyntax.Found path ->
                switch (RecipientParameters.read(line, path.end(), terms.reports())) {
                    case RecipientParameters.Refused refused -> refused.reply();
                    case RecipientParameters.Known known -> rcptTo(current, path.address(), known.wish());
                };
        };
    }

    private Canned rcptTo(ServerTransaction current, String address, Dsn.Wish wish) {
        if (identity.isEmpty()) {
            return rejected(current.sender(), address, ServerReplies.RELAYING_DENIED);
        }
        if (address.equalsIgnoreCase("postmaster")) {
            return rejected(current.sender(), address, ServerReplies.NO_LOCAL_DELIVERY);
        }
        Optional<Mailbox> recipient = Mailbox.parse(address);
        if (recipient.isEmpty()) {
            return rejected(current.sender(), address, ServerReplies.RECIPIENT_DOMAIN);
        }
        if (!current.names(recipient.get())) {
            if (current.recipientCount() >= terms.maxRecipients()) {
                return rejected(current.sender(), address, ServerReplies.TOO_MANY_RECIPIENTS);
            }
            Optional<Reply> objection = host.objectionToRecipient(current.identity());
            if (objection.isPresent()) {
                return rejected(current.sender(), address, Canned.of(objection.get()));
            }
        }
        current.add(recipient.get(), wish);
        return ServerReplies.RECIPIENT_OK;
    }

    /** What stands in the way of a message now; null when nothing does. */
    @Nullable
    Canned obstacle() {
        if (transaction == null) {
            return ServerReplies.MAIL_FIRST;
        }
        return transaction.recipientCount() == 0 ? ServerReplies.NO_RECIPIENTS : null;
    }

    /** The reply to DATA. */
    Canned data() {
        if (transaction != null && transaction.hasData()) {
            return ServerReplies.BDAT_UNDER_WAY;
        }
        Canned obstacle = obstacle();
        return obstacle == null ? ServerReplies.SEND_DATA : obstacle;
    }

    private Canned rejected(Mailbox sender, String recipient, Canned reply) {
        host.rejected(sender, recipient, reply.reply());
        return reply;
    }
}
