package io.postrider.egress;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Pulled;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/** Fetches what a connection has pulled from the spool, and sorts what came. Confined to its connection. */
final class SpoolReader {

    record Loaded(Pulled pulled, Map<MessageId, Stored> found) implements ToConnection {}

    /** The references of what is to be refused with this reply. */
    record Refused(Pulled pulled, Map<MessageId, Reference> found, Reply reply) implements ToConnection {}

    record Failed(Pulled pulled, Throwable failure) implements ToConnection {}

    /** What to do with each: send, report as refused or lost, hand back for its suspended sender. */
    record Sorted(List<Piece> pieces, List<MessageOutcome> ended, List<MessageId> held) {}

    private static final Reply BODY_MISSING = Reply.of(554, "5.3.0", "body missing");

    private final ActorContext<ToConnection> context;
    private final Domain domain;
    private final Egress egress;

    SpoolReader(ActorContext<ToConnection> context, Domain domain, Egress egress) {
        this.context = context;
        this.domain = domain;
        this.egress = egress;
    }

    /**
     * Answered to the connection itself by {@link Loaded}, {@link Refused} or {@link Failed}.
     *
     * @param refusal what the domain's mail is refused with; null: it is to be sent
     */
    void read(Pulled pulled, @Nullable Reply refusal) {
        List<MessageId> ids = ids(pulled);
        if (refusal == null) {
            context.pipeToSelf(
                    egress.spool().load(domain, ids),
                    (found, failure) -> found != null ? new Loaded(pulled, found) : failed(pulled, failure));
        } else {
            context.pipeToSelf(
                    egress.spool().references(domain, ids),
                    (found, failure) -> found != null ? new Refused(pulled, found, refusal) : failed(pulled, failure));
        }
    }

    private static Failed failed(Pulled pulled, @Nullable Throwable failure) {
        return new Failed(pulled, failure == null ? new IllegalStateException("neither value nor failure") : failure);
    }

    Sorted sort(Loaded loaded) {
        List<Piece> pieces = new ArrayList<>(loaded.pulled().tickets().size());
        List<MessageOutcome> missing = new ArrayList<>(0);
        List<MessageId> held = new ArrayList<>(0);
        for (Ticket ticket : loaded.pulled().tickets()) {
            Stored stored = loaded.found().get(ticket.id());
            if (stored == null) {
                missing.add(missing(ticket));
                continue;
            }
            Piece piece = Piece.of(ticket, stored);
            if (piece.isFromOneOf(loaded.pulled().suspendedSenders())) {
                held.add(ticket.id());
            } else {
                pieces.add(piece);
            }
        }
        return new Sorted(pieces, missing, held);
    }

    Sorted refuse(Refused refused) {
        List<MessageOutcome> outcomes =
                new ArrayList<>(refused.pulled().tickets().size());
        List<MessageId> held = new ArrayList<>(0);
        for (Ticket ticket : refused.pulled().tickets()) {
            Reference reference = refused.found().get(ticket.id());
            if (reference == null) {
                outcomes.add(missing(ticket));
            } else if (Piece.isFromOneOf(refused.pulled().suspendedSenders(), reference.sender())) {
                held.add(ticket.id());
            } else {
                outcomes.add(Piece.refused(ticket, reference.recipients().size(), refused.reply(), true));
            }
        }
        return new Sorted(List.of(), outcomes, held);
    }

    /** An incident: accepted mail is gone. It gets a final state, for it would be tried for ever. */
    private MessageOutcome missing(Ticket ticket) {
        context.getLog().error("message={} domain={} body missing in the spool, bounced", ticket.id(), domain);
        return Piece.refused(ticket, 1, BODY_MISSING, false);
    }

    static List<MessageId> ids(Pulled pulled) {
        List<MessageId> ids = new ArrayList<>(pulled.tickets().size());
        for (Ticket ticket : pulled.tickets()) {
            ids.add(ticket.id());
        }
        return ids;
    }
}
