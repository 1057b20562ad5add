package io.postrider.egress;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Mailbox;
import io.postrider.mail.Outcome;
import io.postrider.mail.Reply;
import io.postrider.smtp.Dsn;
import io.postrider.smtp.Envelope;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool.Stored;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A pulled message with what the spool has of it. */
record Piece(Ticket ticket, Job job) {

    static Piece of(Ticket ticket, Stored stored) {
        Reference reference = stored.reference();
        List<Recipient> all = reference.recipients();
        List<Mailbox> open = new ArrayList<>(all.size());
        int count = ticket.openPositions().isEmpty()
                ? all.size()
                : ticket.openPositions().size();
        boolean anyWish = false;
        for (int i = 0; i < count; i++) {
            Recipient recipient = all.get(position(ticket, i));
            open.add(recipient.mailbox());
            anyWish |= !recipient.notifyOn().isEmpty()
                    || !recipient.originalRecipient().isEmpty();
        }
        Envelope envelope = new Envelope(
                ticket.id(),
                reference.sender(),
                open,
                stored.body().sizeBytes(),
                reference.needs().eightBit(),
                reference.needs().smtpUtf8(),
                dsn(ticket, reference, anyWish),
                reference.needs().tls());
        return new Piece(ticket, new Job(envelope, stored.body(), ticket.expiresAt()));
    }

    private static Dsn dsn(Ticket ticket, Reference reference, boolean anyWish) {
        if (!anyWish && reference.ret().isEmpty() && reference.envelopeId().isEmpty()) {
            return Dsn.NONE;
        }
        List<Recipient> all = reference.recipients();
        int count = ticket.openPositions().isEmpty()
                ? all.size()
                : ticket.openPositions().size();
        List<Dsn.Wish> wishes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Recipient recipient = all.get(position(ticket, i));
            wishes.add(new Dsn.Wish(recipient.notifyOn(), recipient.originalRecipient()));
        }
        return new Dsn(reference.ret(), reference.envelopeId(), wishes);
    }

    /** In the reference's list, of the recipient at this place among the open ones. */
    private static int position(Ticket ticket, int index) {
        return ticket.openPositions().isEmpty() ? index : ticket.openPositions().get(index);
    }

    /** To be sent to nobody who does not do what REQUIRETLS asks. */
    boolean isStrict() {
        return job.envelope().isStrict();
    }

    boolean isFromOneOf(Set<String> senders) {
        return isFromOneOf(senders, job.envelope().sender());
    }

    /** @param senders addresses in lower case */
    static boolean isFromOneOf(Set<String> senders, Mailbox sender) {
        return !senders.isEmpty() && senders.contains(sender.address().toLowerCase(Locale.ROOT));
    }

    /** No server was asked, for none may have it. */
    MessageOutcome refused(Reply why) {
        Outcome outcome = why.isPermanent() ? new Outcome.Bounced(why) : new Outcome.Deferred(why, false);
        int recipients = job.envelope().recipients().size();
        return outcome(Collections.nCopies(recipients, outcome), Optional.empty());
    }

    MessageOutcome outcome(List<Outcome> outcomes, Via via) {
        return outcome(outcomes, Optional.of(via));
    }

    private MessageOutcome outcome(List<Outcome> outcomes, Optional<Via> via) {
        List<Result> results = new ArrayList<>(outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            results.add(result(i, outcomes.get(i)));
        }
        return new MessageOutcome(ticket.id(), ticket.attempt(), via, results);
    }

    /** @param index of the recipient among the open ones */
    private Result result(int index, Outcome outcome) {
        int position = position(ticket, index);
        return switch (outcome) {
            case Outcome.Delivered delivered ->
                new Result(
                        position,
                        Kind.DELIVERED,
                        delivered.reply(),
                        false,
                        !delivered.reports() && hasSender() && wish(index).hearsOfSuccess());
            case Outcome.Deferred deferred ->
                new Result(position, Kind.DEFERRED, deferred.reply(), deferred.ambiguous());
            case Outcome.Bounced bounced ->
                new Result(
                        position,
                        Kind.BOUNCED,
                        bounced.reply(),
                        false,
                        hasSender() && wish(index).hearsOfFailure());
        };
    }

    private boolean hasSender() {
        return !job.envelope().sender().isNullSender();
    }

    private Dsn.Wish wish(int index) {
        return job.envelope().dsn().recipient(index);
    }

    /**
     * Every open recipient of the ticket is refused without any server, for good or for now.
     *
     * @param recipients how many the reference has; where nobody knows, 1: the first stands for all
     * @param report whether its sender may want to hear of it when it is for good
     */
    static MessageOutcome refused(Ticket ticket, int recipients, Reply why, boolean report) {
        Kind kind = why.isPermanent() ? Kind.BOUNCED : Kind.DEFERRED;
        List<Result> results = new ArrayList<>();
        if (ticket.openPositions().isEmpty()) {
            for (int i = 0; i < recipients; i++) {
                results.add(result(i, kind, why, report));
            }
        } else {
            for (int position : ticket.openPositions()) {
                results.add(result(position, kind, why, report));
            }
        }
        return new MessageOutcome(ticket.id(), ticket.attempt(), Optional.empty(), results);
    }

    private static Result result(int position, Kind kind, Reply why, boolean report) {
        return new Result(position, kind, why, false, report && kind == Kind.BOUNCED);
    }
}
