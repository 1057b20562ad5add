package io.postrider.event;

import io.postrider.event.ByteSource.UnreadableException;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.BackedOff;
import io.postrider.event.QueueEvent.CancelFinished;
import io.postrider.event.QueueEvent.CancelRequested;
import io.postrider.event.QueueEvent.Deferral;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Delayed;
import io.postrider.event.QueueEvent.Ending;
import io.postrider.event.QueueEvent.Entry;
import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Recovered;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Reported;
import io.postrider.event.QueueEvent.Rested;
import io.postrider.event.QueueEvent.Resumed;
import io.postrider.event.QueueEvent.RetriedNow;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.event.QueueEvent.Settlement;
import io.postrider.event.QueueEvent.Suspended;
import io.postrider.mail.MessageId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The bytes of {@link QueueEvent} in the journal: the type's number, the time, then the fields in their order; numbers
 * of variable length, and what repeats within an event (ways, replies) stands once in a table in front. The numbers
 * stay for ever. A later version appends fields, which this one ignores; a field that an older one did not write is read
 * as its default. An unknown number throws: an event that is skipped is mail that is lost.
 */
public final class QueueEventCodec {

    private static final int ACCEPTED = 1;
    private static final int SETTLED = 2;
    private static final int DEFERRED = 3;
    private static final int BACKED_OFF = 4;
    private static final int RECOVERED = 5;
    private static final int SUSPENDED = 6;
    private static final int RESUMED = 7;
    private static final int RETRIED_NOW = 8;
    private static final int CANCEL_REQUESTED = 9;
    private static final int CANCEL_FINISHED = 10;
    private static final int RESTED = 11;
    private static final int REPORTED = 12;
    private static final int DELAYED = 13;

    private static final int BYTES_PER_MESSAGE = 40;

    private QueueEventCodec() {}

    public static byte[] toBytes(QueueEvent event) {
        return switch (event) {
            case Accepted accepted -> accepted(accepted);
            case Settled settled -> settled(settled);
            case Deferred deferred -> deferred(deferred);
            case BackedOff e -> {
                ByteSink out = head(BACKED_OFF, e.at(), 0);
                out.writeVar(e.failures());
                time(out, e.until());
                out.writeText(ResultTable.bounded(e.reason()));
                yield out.toBytes();
            }
            case Recovered e -> head(RECOVERED, e.at(), 0).toBytes();
            case Suspended e -> {
                ByteSink out = steering(SUSPENDED, e.at(), e.selector(), e.reason());
                out.writeByte(e.until().isPresent() ? 1 : 0);
                e.until().ifPresent(until -> time(out, until));
                yield out.toBytes();
            }
            case Resumed e ->
                steering(RESUMED, e.at(), e.selector(), e.reason()).toBytes();
            case RetriedNow e ->
                steering(RETRIED_NOW, e.at(), e.selector(), e.reason()).toBytes();
            case CancelRequested e -> {
                ByteSink out = steering(CANCEL_REQUESTED, e.at(), e.selector(), e.reason());
                out.writeVar(e.number());
                yield out.toBytes();
            }
            case CancelFinished e -> {
                ByteSink out = head(CANCEL_FINISHED, e.at(), 0);
                out.writeVar(e.number());
                yield out.toBytes();
            }
            case Rested e -> head(RESTED, e.at(), 0).toBytes();
            case Reported reported -> reported(reported);
            case Delayed e -> {
                ByteSink out = head(DELAYED, e.at(), e.messages().size() * 2 * Long.BYTES);
                out.writeVar(e.messages().size());
                e.messages().forEach(id -> id(out, id));
                yield out.toBytes();
            }
        };
    }

    /** @throws UnreadableException when the bytes are no event that this version knows */
    public static QueueEvent fromBytes(byte[] bytes) {
        ByteSource in = new ByteSource(bytes);
        int type = in.readByte();
        Instant at = time(in);
        try {
            return switch (type) {
                case ACCEPTED -> accepted(in, at);
                case SETTLED -> settled(in, at);
                case DEFERRED -> deferred(in, at);
                case BACKED_OFF -> new BackedOff(in.readInt(), time(in), in.readText(), at);
                case RECOVERED -> new Recovered(at);
                case SUSPENDED ->
                    new Suspended(
                            selector(in),
                            in.readText(),
                            in.readByte() == 1 ? Optional.of(time(in)) : Optional.empty(),
                            at);
                case RESUMED -> new Resumed(selector(in), in.readText(), at);
                case RETRIED_NOW -> new RetriedNow(selector(in), in.readText(), at);
                case CANCEL_REQUESTED -> {
                    Selector selector = selector(in);
                    String reason = in.readText();
                    yield new CancelRequested(in.readVar(), selector, reason, at);
                }
                case CANCEL_FINISHED -> new CancelFinished(in.readVar(), at);
                case RESTED -> new Rested(at);
                case REPORTED -> reported(in, at);
                case DELAYED -> delayed(in, at);
                default ->
                    throw new UnreadableException("expected a queue event, but number " + type
                            + " is none: was it written by a newer version?");
            };
        } catch (UnreadableException alreadySaid) {
            throw alreadySaid;
        } catch (IllegalArgumentException | IndexOutOfBoundsException wrongValue) {
            throw new UnreadableException(
                    "expected a queue event of number " + type + ", but it holds " + wrongValue.getMessage(),
                    wrongValue);
        }
    }

    private static byte[] accepted(Accepted event) {
        ByteSink out = head(ACCEPTED, event.at(), event.entries().size() * BYTES_PER_MESSAGE);
        out.writeVar(event.lanes().size());
        for (Lane lane : event.lanes()) {
            out.writeVar(lane.number());
            out.writeText(lane.tenant());
            out.writeText(lane.campaign());
            out.writeText(lane.mailClass());
            out.writeText(lane.pool());
        }
        long base = event.at().toEpochMilli();
        out.writeVar(event.entries().size());
        for (Entry entry : event.entries()) {
            id(out, entry.id());
            out.writeVar(entry.recipients());
            out.writeSigned(entry.due().toEpochMilli() - base);
            out.writeSigned(entry.expiresAt().toEpochMilli() - base);
            out.writeVar(entry.lane());
            out.writeVar(entry.sizeBytes());
        }
        tlsOptional(out, event.lanes());
        return out.toBytes();
    }

    private static Accepted accepted(ByteSource in, Instant at) {
        int laneCount = in.readCount();
        List<Lane> lanes = new ArrayList<>(laneCount);
        for (int i = 0; i < laneCount; i++) {
            lanes.add(new Lane(in.readInt(), in.readText(), in.readText(), in.readText(), in.readText(), false));
        }
        long base = at.toEpochMilli();
        int count = in.readCount();
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(new Entry(
                    id(in),
                    in.readInt(),
                    Instant.ofEpochMilli(base + in.readSigned()),
                    Instant.ofEpochMilli(base + in.readSigned()),
                    in.readInt(),
                    in.readVar()));
        }
        return new Accepted(entries, tlsOptional(in, lanes), at);
    }

    /** Which of these lanes hold mail with optional TLS; nothing where none does. */
    public static void tlsOptional(ByteSink out, Collection<Lane> lanes) {
        List<Lane> optional = lanes.stream().filter(Lane::tlsOptional).toList();
        if (!optional.isEmpty()) {
            out.writeVar(optional.size());
            optional.forEach(lane -> out.writeVar(lane.number()));
        }
    }

    /** These lanes as they were written. */
    public static List<Lane> tlsOptional(ByteSource in, List<Lane> lanes) {
        if (!in.hasMore()) {
            return lanes;
        }
        Set<Integer> optional = new HashSet<>();
        for (int i = in.readCount(); i > 0; i--) {
            optional.add(in.readInt());
        }
        return lanes.stream()
                .map(lane -> optional.contains(lane.number())
                        ? new Lane(lane.number(), lane.tenant(), lane.campaign(), lane.mailClass(), lane.pool(), true)
                        : lane)
                .toList();
    }

    private static byte[] settled(Settled event) {
        ResultTable table = new ResultTable();
        event.settlements().forEach(settlement -> table.add(settlement.via(), settlement.results()));
        ByteSink out = head(SETTLED, event.at(), event.settlements().size() * BYTES_PER_MESSAGE + 200);
        table.write(out);
        out.writeVar(event.settlements().size());
        for (Settlement settlement : event.settlements()) {
            id(out, settlement.id());
            out.writeVar(settlement.attempt());
            table.writeVia(out, settlement.via());
            table.writeResults(out, settlement.results());
        }
        return out.toBytes();
    }

    private static Settled settled(ByteSource in, Instant at) {
        ResultTable table = ResultTable.read(in);
        int count = in.readCount();
        List<Settlement> settlements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            settlements.add(new Settlement(id(in), in.readInt(), table.readVia(in), table.readResults(in)));
        }
        return new Settled(settlements, at);
    }

    private static byte[] deferred(Deferred event) {
        ResultTable table = new ResultTable();
        event.deferrals().forEach(deferral -> table.add(deferral.via(), deferral.results()));
        ByteSink out = head(DEFERRED, event.at(), event.deferrals().size() * BYTES_PER_MESSAGE + 200);
        table.write(out);
        long base = event.at().toEpochMilli();
        out.writeVar(event.deferrals().size());
        for (Deferral deferral : event.deferrals()) {
            id(out, deferral.id());
            out.writeVar(deferral.attempt());
            out.writeSigned(deferral.due().toEpochMilli() - base);
            table.writeVia(out, deferral.via());
            table.writeResults(out, deferral.results());
        }
        return out.toBytes();
    }

    private static Deferred deferred(ByteSource in, Instant at) {
        ResultTable table = ResultTable.read(in);
        long base = at.toEpochMilli();
        int count = in.readCount();
        List<Deferral> deferrals = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            deferrals.add(new Deferral(
                    id(in),
                    in.readInt(),
                    Instant.ofEpochMilli(base + in.readSigned()),
                    table.readVia(in),
                    table.readResults(in)));
        }
        return new Deferred(deferrals, at);
    }

    private static byte[] reported(Reported event) {
        ByteSink out = head(REPORTED, event.at(), event.reports().size() * BYTES_PER_MESSAGE);
        out.writeVar(event.reports().size());
        for (Report report : event.reports()) {
            id(out, report.id());
            out.writeByte(report.ending().number());
            out.writeVar(report.positions().size());
            report.positions().forEach(out::writeVar);
        }
        return out.toBytes();
    }

    private static Reported reported(ByteSource in, Instant at) {
        int count = in.readCount();
        List<Report> reports = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            MessageId id = id(in);
            Ending ending = ending(in.readByte());
            int recipients = in.readCount();
            List<Integer> positions = new ArrayList<>(recipients);
            for (int j = 0; j < recipients; j++) {
                positions.add(in.readInt());
            }
            reports.add(new Report(id, positions, ending));
        }
        return new Reported(reports, at);
    }

    private static Delayed delayed(ByteSource in, Instant at) {
        int count = in.readCount();
        List<MessageId> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            messages.add(id(in));
        }
        return new Delayed(messages, at);
    }

    private static Ending ending(int number) {
        for (Ending ending : Ending.values()) {
            if (ending.number() == number) {
                return ending;
            }
        }
        throw new UnreadableException("expected how a report ended, but number " + number + " is none");
    }

    private static ByteSink head(int type, Instant at, int expectedBytes) {
        ByteSink out = new ByteSink(32 + expectedBytes);
        out.writeByte(type);
        time(out, at);
        return out;
    }

    private static ByteSink steering(int type, Instant at, Selector selector, String reason) {
        ByteSink out = head(type, at, 64);
        selector(out, selector);
        out.writeText(ResultTable.bounded(reason));
        return out;
    }

    /** For snapshots too. */
    public static void selector(ByteSink out, Selector selector) {
        out.writeByte((selector.tenant().isPresent() ? 1 : 0)
                | (selector.campaign().isPresent() ? 2 : 0)
                | (selector.sender().isPresent() ? 4 : 0));
        selector.tenant().ifPresent(out::writeText);
        selector.campaign().ifPresent(out::writeText);
        selector.sender().ifPresent(out::writeText);
    }

    public static Selector selector(ByteSource in) {
        int parts = in.readByte();
        return new Selector(
                (parts & 1) != 0 ? Optional.of(in.readText()) : Optional.empty(),
                (parts & 2) != 0 ? Optional.of(in.readText()) : Optional.empty(),
                (parts & 4) != 0 ? Optional.of(in.readText()) : Optional.empty());
    }

    private static void id(ByteSink out, MessageId id) {
        out.writeLong(id.high());
        out.writeLong(id.low());
    }

    private static MessageId id(ByteSource in) {
        return new MessageId(in.readLong(), in.readLong());
    }

    /** Milliseconds: that is what due times are kept in. */
    private static void time(ByteSink out, Instant time) {
        out.writeSigned(time.toEpochMilli());
    }

    private static Instant time(ByteSource in) {
        return Instant.ofEpochMilli(in.readSigned());
    }
}
