package io.postrider.queue;

import io.postrider.event.ByteSink;
import io.postrider.event.ByteSource;
import io.postrider.event.ByteSource.UnreadableException;
import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.event.QueueEvent.Settlement;
import io.postrider.event.QueueEventCodec;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueState.BackedOffUntil;
import io.postrider.queue.QueueState.CancelWork;
import io.postrider.queue.QueueState.Early;
import io.postrider.queue.QueueView.Suspension;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.persistence.typed.SnapshotAdapter;

/**
 * A queue's whole state as bytes, immutable, made on the actor's thread. Lanes without mail are left out: whoever writes
 * one forgets them in memory too, so that a later event names them anew.
 */
public record QueueSnapshot(byte[] bytes) {

    private static final int VERSION = 1;
    /** Says as well which lanes hold mail with optional TLS. Written only where there are some. */
    private static final int VERSION_TLS_OPTIONAL = 2;

    private static final int PARTIAL = 1;
    private static final int LARGE = 2;
    private static final int TOLD = 4;

    /** Between the mutable state and the bytes; called on the actor's thread. */
    static final class Adapter implements SnapshotAdapter<QueueState> {
        @Override
        public Object toJournal(QueueState state) {
            state.eventBytes = 0;
            return of(state);
        }

        @Override
        public QueueState fromJournal(Object from) {
            return ((QueueSnapshot) from).toState();
        }
    }

    static QueueSnapshot of(QueueState state) {
        state.lanes.prune();
        ByteSink out = new ByteSink(128 + state.entries.size() * 28);
        List<Lane> lanes = state.lanes.all().stream().map(depth -> depth.lane).toList();
        out.writeByte(lanes.stream().anyMatch(Lane::tlsOptional) ? VERSION_TLS_OPTIONAL : VERSION);
        out.writeVar(state.sequenceNr);
        out.writeSigned(state.newestMillis);
        out.writeByte(state.rested ? 1 : 0);
        out.writeVar(state.nextCancel);
        out.writeVar(state.books.accepted);
        out.writeVar(state.books.delivered);
        out.writeVar(state.books.bounced);
        out.writeVar(state.books.expired);
        out.writeVar(state.books.cancelled);
        out.writeByte(state.backoff.isPresent() ? 1 : 0);
        state.backoff.ifPresent(backoff -> {
            out.writeVar(backoff.failures());
            out.writeSigned(backoff.until().toEpochMilli());
            out.writeText(backoff.reason());
            out.writeSigned(backoff.at().toEpochMilli());
        });
        steering(out, state);
        lanes(out, state.lanes.next(), lanes);
        QueueEventCodec.tlsOptional(out, lanes);
        entries(out, state);
        out.writeVar(state.settled.size());
        state.settled.forEach((id, number) -> {
            id(out, id);
            out.writeVar(number);
        });
        early(out, state.early);
        owed(out, state.owed);
        return new QueueSnapshot(out.toBytes());
    }

    QueueState toState() {
        ByteSource in = new ByteSource(bytes);
        int version = in.readByte();
        if (version != VERSION && version != VERSION_TLS_OPTIONAL) {
            throw new UnreadableException("expected a queue snapshot of version 1 or 2, but got version " + version);
        }
        QueueState state = new QueueState();
        state.sequenceNr = in.readVar();
        state.snapshotNr = state.sequenceNr;
        state.newestMillis = in.readSigned();
        state.rested = in.readByte() == 1;
        state.nextCancel = in.readVar();
        state.books.accepted = in.readVar();
        state.books.delivered = in.readVar();
        state.books.bounced = in.readVar();
        state.books.expired = in.readVar();
        state.books.cancelled = in.readVar();
        if (in.readByte() == 1) {
            state.backoff = Optional.of(new BackedOffUntil(in.readInt(), time(in), in.readText(), time(in)));
        }
        for (int i = in.readCount(); i > 0; i--) {
            Selector selector = QueueEventCodec.selector(in);
            String reason = in.readText();
            Optional<Instant> until = in.readByte() == 1 ? Optional.of(time(in)) : Optional.empty();
            state.suspensions.put(selector, new Suspension(selector, reason, until, time(in)));
        }
        for (int i = in.readCount(); i > 0; i--) {
            long number = in.readVar();
            state.cancels.put(number, new CancelWork(number, QueueEventCodec.selector(in), in.readText(), time(in)));
        }
        state.lanes.next(in.readInt());
        List<Lane> lanes = new ArrayList<>();
        for (int i = in.readCount(); i > 0; i--) {
            lanes.add(new Lane(in.readInt(), in.readText(), in.readText(), in.readText(), in.readText(), false));
        }
        (version == VERSION ? lanes : QueueEventCodec.tlsOptional(in, lanes)).forEach(state.lanes::define);
        for (int i = in.readCount(); i > 0; i--) {
            entry(in, state);
        }
        for (int i = in.readCount(); i > 0; i--) {
            state.settled.put(id(in), in.readVar());
        }
        for (int i = in.readCount(); i > 0; i--) {
            MessageId id = id(in);
            Early early = new Early();
            early.attempts = in.readInt();
            early.dueMillis = in.readSigned();
            early.settled.or(bits(in));
            state.early.put(id, early);
        }
        if (in.hasMore()) {
            owed(in, state.owed);
        }
        return state;
    }

    private static void steering(ByteSink out, QueueState state) {
        out.writeVar(state.suspensions.size());
        for (Suspension suspension : state.suspensions.values()) {
            QueueEventCodec.selector(out, suspension.selector());
            out.writeText(suspension.reason());
            out.writeByte(suspension.until().isPresent() ? 1 : 0);
            suspension.until().ifPresent(until -> out.writeSigned(until.toEpochMilli()));
            out.writeSigned(suspension.since().toEpochMilli());
        }
        out.writeVar(state.cancels.size());
        for (CancelWork cancel : state.cancels.values()) {
            out.writeVar(cancel.number());
            QueueEventCodec.selector(out, cancel.selector());
            out.writeText(cancel.reason());
            out.writeSigned(cancel.at().toEpochMilli());
        }
    }

    private static void lanes(ByteSink out, int next, List<Lane> lanes) {
        out.writeVar(next);
        out.writeVar(lanes.size());
        for (Lane lane : lanes) {
            out.writeVar(lane.number());
            out.writeText(lane.tenant());
            out.writeText(lane.campaign());
            out.writeText(lane.mailClass());
            out.writeText(lane.pool());
        }
    }

    private static void entries(ByteSink out, QueueState state) {
        Entries entries = state.entries;
        out.writeVar(entries.size());
        for (int slot = 0; slot < entries.size(); slot++) {
            out.writeLong(entries.idHigh(slot));
            out.writeLong(entries.idLow(slot));
            out.writeSigned(entries.due(slot) - state.newestMillis);
            out.writeVar(entries.expirySeconds(slot));
            out.writeVar(entries.lane(slot));
            out.writeVar(entries.attempts(slot));
            boolean partial = entries.isPartial(slot);
            boolean large = entries.isLarge(slot);
            out.writeByte((partial ? PARTIAL : 0) | (large ? LARGE : 0) | (entries.isTold(slot) ? TOLD : 0));
            if (large) {
                bits(out, state.openLarge(slot));
            } else if (partial) {
                out.writeLong(entries.openBits(slot));
            } else {
                out.writeVar(Long.bitCount(entries.openBits(slot)));
            }
        }
    }

    private static void entry(ByteSource in, QueueState state) {
        MessageId id = id(in);
        long due = in.readSigned() + state.newestMillis;
        long expiry = in.readVar();
        int lane = in.readInt();
        int attempts = in.readInt();
        int flags = in.readByte();
        boolean partial = (flags & PARTIAL) != 0;
        boolean large = (flags & LARGE) != 0;
        long open = 0;
        if (large) {
            state.large.put(id, bits(in));
        } else if (partial) {
            open = in.readLong();
        } else {
            open = -1L >>> (64 - in.readInt());
        }
        state.restore(id, due, expiry, lane, attempts, open, partial, large);
        if ((flags & TOLD) != 0) {
            state.entries.markTold(state.entries.find(id));
        }
    }

    private static void early(ByteSink out, Map<MessageId, Early> early) {
        out.writeVar(early.size());
        early.forEach((id, known) -> {
            id(out, id);
            out.writeVar(known.attempts);
            out.writeSigned(known.dueMillis);
            bits(out, known.settled);
        });
    }

    /** Each as the event that made it owed. Left out when there are none, so that a resting queue stays small. */
    private static void owed(ByteSink out, OwedReports owed) {
        if (owed.isEmpty()) {
            return;
        }
        out.writeVar(owed.size());
        for (OwedReport report : owed.all()) {
            Settlement settlement = new Settlement(report.message(), 0, report.via(), report.results());
            out.writeBytes(QueueEventCodec.toBytes(new Settled(List.of(settlement), report.at())));
        }
    }

    private static void owed(ByteSource in, OwedReports owed) {
        for (int i = in.readCount(); i > 0; i--) {
            if (!(QueueEventCodec.fromBytes(in.readBytes()) instanceof Settled settled)) {
                throw new UnreadableException("expected the settlement that a report is owed for");
            }
            Settlement settlement = settled.settlements().get(0);
            owed.add(new OwedReport(settlement.id(), settlement.via(), settlement.results(), settled.at()));
        }
    }

    private static void bits(ByteSink out, BitSet bits) {
        long[] words = bits.toLongArray();
        out.writeVar(words.length);
        for (long word : words) {
            out.writeLong(word);
        }
    }

    private static BitSet bits(ByteSource in) {
        long[] words = new long[in.readCount()];
        for (int i = 0; i < words.length; i++) {
            words[i] = in.readLong();
        }
        return BitSet.valueOf(words);
    }

    private static void id(ByteSink out, MessageId id) {
        out.writeLong(id.high());
        out.writeLong(id.low());
    }

    private static MessageId id(ByteSource in) {
        return new MessageId(in.readLong(), in.readLong());
    }

    private static Instant time(ByteSource in) {
        return Instant.ofEpochMilli(in.readSigned());
    }
}
