package io.postrider.egress;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Mailbox;
import io.postrider.mail.Outcome;
import io.postrider.mail.Reply;
import io.postrider.smtp.Envelope;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool.Stored;
import java.util.ArrayList;
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
        if (ticket.openPositions().isEmpty()) {
            for (Recipient recipient : all) {
                open.add(recipient.mailbox());
            }
        } else {
            for (int position : ticket.openPositions()) {
                open.add(all.get(position).mailbox());
            }
        }
        Envelope envelope = new Envelope(
                ticket.id(),
                reference.sender(),
                open,
                stored.body().sizeBytes(),
                reference.needs().eightBit(),
                reference.needs().smtpUtf8());
        return new Piece(ticket, new Job(envelope, stored.body(), ticket.expiresAt()));
    }

    boolean isFromOneOf(Set<String> senders) {
        return !senders.isEmpty()
                && senders.contains(job.envelope().sender().address().toLowerCase(Locale.ROOT));
    }

    MessageOutcome outcome(List<Outcome> outcomes, Via via) {
        List<Result> results = new ArrayList<>(outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            int position = ticket.openPositions().isEmpty()
                    ? i
                    : ticket.openPositions().get(i);
            results.add(result(position, outcomes.get(i)));
        }
        return new MessageOutcome(ticket.id(), ticket.attempt(), Optional.of(via), results);
    }

    private static Result result(int position, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered delivered -> new Result(position, Kind.DELIVERED, delivered.reply(), false);
            case Outcome.Deferred deferred ->
                new Result(position, Kind.DEFERRED, deferred.reply(), deferred.ambiguous());
            case Outcome.Bounced bounced -> new Result(position, Kind.BOUNCED, bounced.reply(), false);
        };
    }

    /**
     * Every open recipient of the ticket is refused without any server.
     *
     * @param recipients how many the reference has; where nobody knows, 1: the first stands for all
     */
    static MessageOutcome bounced(Ticket ticket, int recipients, Reply reply) {
        List<Result> results = new ArrayList<>();
        if (ticket.openPositions().isEmpty()) {
            for (int i = 0; i < recipients; i++) {
                results.add(new Result(i, Kind.BOUNCED, reply, false));
            }
        } else {
            for (int position : ticket.openPositions()) {
                results.add(new Result(position, Kind.BOUNCED, reply, false));
            }
        }
        return new MessageOutcome(ticket.id(), ticket.attempt(), Optional.empty(), results);
    }
}
