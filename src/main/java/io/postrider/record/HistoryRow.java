package io.postrider.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.mail.EnhancedCode;
import io.postrider.mail.MessageId;
import io.postrider.mail.RecipientId;
import io.postrider.mail.Reply;
import io.postrider.record.HistoryEntry.Envelope;
import io.postrider.spool.Labels;
import io.postrider.spool.Reference;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A row of the history as bytes.
 *
 * <pre>
 * key    message id (16), recipient index (4), persistence id (UTF-8), sequence number (8), position (4)
 * value  version, type, time, domain, then by flags: envelope, attempt, reply, way, TLS, retry time
 * </pre>
 *
 * <p>Version 1 knew no owner of the envelope, version 2 no TLS; they are still read.
 *
 * Keys rise with the time of acceptance, and writing one fact twice changes nothing.
 */
final class HistoryRow {

    private static final int VERSION = 3;
    private static final int WITHOUT_OWNER = 1;
    private static final int KEY_HEAD = 16 + Integer.BYTES;
    private static final int KEY_TAIL = Long.BYTES + Integer.BYTES;

    private static final int ENVELOPE = 1;
    private static final int REPLY = 2;
    private static final int VIA = 4;
    private static final int RETRY = 8;
    private static final int AMBIGUOUS = 16;
    private static final int TLS = 32;

    private HistoryRow() {}

    static byte[] key(Fact fact) {
        byte[] queue = fact.source().persistenceId().getBytes(UTF_8);
        return ByteBuffer.allocate(KEY_HEAD + queue.length + KEY_TAIL)
                .putLong(fact.message().high())
                .putLong(fact.message().low())
                .putInt(fact.recipientIndex())
                .put(queue)
                .putLong(fact.source().sequenceNr())
                .putInt(fact.source().position())
                .array();
    }

    /** The first bytes of all rows of a message. */
    static byte[] prefix(MessageId message) {
        return ByteBuffer.allocate(16)
                .putLong(message.high())
                .putLong(message.low())
                .array();
    }

    /** Behind all rows of a message: no recipient has this index, and UTF-8 no such byte. */
    static byte[] behind(MessageId message) {
        return ByteBuffer.allocate(16 + Integer.BYTES + 1)
                .putLong(message.high())
                .putLong(message.low())
                .putInt(Fact.UNKNOWN_RECIPIENT)
                .put((byte) 0xFF)
                .array();
    }

    /** The first bytes of all rows of a recipient; the next index's are behind them. */
    static byte[] prefix(MessageId message, int recipientIndex) {
        return ByteBuffer.allocate(KEY_HEAD)
                .putLong(message.high())
                .putLong(message.low())
                .putInt(recipientIndex)
                .array();
    }

    /** Whose row this is. */
    static RecipientId recipient(byte[] key) {
        ByteBuffer in = ByteBuffer.wrap(key);
        return new RecipientId(new MessageId(in.getLong(), in.getLong()), in.getInt());
    }

    /** Not above any row of a message accepted at {@code time} or later, above all rows of earlier ones. */
    static byte[] firstKeyAt(Instant time) {
        return ByteBuffer.allocate(Long.BYTES)
                .putLong(Math.max(0, time.toEpochMilli()) << 16)
                .array();
    }

    static byte[] value(Fact fact, RowBytes out) {
        boolean envelope = fact.type() == RecordType.ACCEPTED
                && fact.reference().isPresent()
                && fact.recipient().isPresent();
        out.clear();
        out.number(VERSION).number(fact.type().number()).number(fact.at().toEpochMilli());
        out.text(fact.domain().name());
        out.number((envelope ? ENVELOPE : 0)
                | (fact.reply().isPresent() ? REPLY : 0)
                | (fact.via().isPresent() ? VIA : 0)
                | (fact.retryAt().isPresent() ? RETRY : 0)
                | (isEncrypted(fact) ? TLS : 0)
                | (fact.ambiguous() ? AMBIGUOUS : 0));
        out.number(fact.attempt());
        if (envelope) {
            write(
                    fact.reference().get(),
                    out.text(fact.recipient().get().mailbox().address()));
        }
        if (fact.reply().isPresent()) {
            write(fact.reply().get(), out);
        }
        if (fact.via().isPresent()) {
            Via via = fact.via().get();
            out.text(via.site()).text(via.mx()).text(via.ip()).text(via.source());
            if (isEncrypted(fact)) {
                Via.Tls tls = via.tls();
                out.text(tls.version()).text(tls.cipher()).text(tls.policy()).text(tls.peer());
            }
        }
        if (fact.retryAt().isPresent()) {
            out.number(fact.retryAt().get().toEpochMilli());
        }
        return out.toArray();
    }

    private static boolean isEncrypted(Fact fact) {
        return fact.via().isPresent() && !fact.via().get().tls().equals(Via.Tls.NONE);
    }

    private static void write(Reference reference, RowBytes out) {
        Labels labels = reference.labels();
        out.text(reference.sender().address()).number(reference.sizeBytes());
        out.text(labels.tenant())
                .text(labels.campaign())
                .text(labels.mailClass())
                .text(labels.pool());
        out.number(labels.tags().size());
        for (String tag : labels.tags()) {
            out.text(tag);
        }
        out.text(reference.listener()).text(reference.sessionId()).text(reference.owner());
    }

    private static void write(Reply reply, RowBytes out) {
        out.number(reply.code());
        out.text(reply.enhanced().isPresent() ? reply.enhanced().get().toString() : "");
        out.text(reply.text());
    }

    /** @throws IllegalStateException when a newer version wrote the row */
    static HistoryEntry read(byte[] key, byte[] value) {
        ByteBuffer keyIn = ByteBuffer.wrap(key);
        MessageId message = new MessageId(keyIn.getLong(), keyIn.getLong());
        int index = keyIn.getInt();
        String queue = new String(key, KEY_HEAD, key.length - KEY_HEAD - KEY_TAIL, UTF_8);
        keyIn.position(key.length - KEY_TAIL);
        String eventId = queue + "/" + keyIn.getLong() + "/" + keyIn.getInt();

        RowReader in = new RowReader(value);
        long version = in.number();
        if (version < WITHOUT_OWNER || version > VERSION) {
            throw new IllegalStateException("expected a history row of version " + WITHOUT_OWNER + " to " + VERSION
                    + ", but the store holds " + version);
        }
        int typeNumber = (int) in.number();
        RecordType type = RecordType.of(typeNumber)
                .orElseThrow(() -> new IllegalStateException("unknown type of history row: " + typeNumber));
        Instant at = Instant.ofEpochMilli(in.number());
        Domain domain = Domain.of(in.text());
        int flags = (int) in.number();
        int attempt = (int) in.number();
        Optional<Envelope> envelope = (flags & ENVELOPE) != 0 ? Optional.of(envelope(in, version)) : Optional.empty();
        Optional<Reply> reply = (flags & REPLY) != 0 ? Optional.of(reply(in)) : Optional.empty();
        String[] way = {"", "", "", ""};
        if ((flags & VIA) != 0) {
            Arrays.setAll(way, i -> in.text());
        }
        Via.Tls tls = (flags & TLS) != 0 ? new Via.Tls(in.text(), in.text(), in.text(), in.text()) : Via.Tls.NONE;
        Optional<Instant> retryAt =
                (flags & RETRY) != 0 ? Optional.of(Instant.ofEpochMilli(in.number())) : Optional.empty();
        return new HistoryEntry(
                eventId,
                type,
                at,
                message,
                index,
                domain,
                envelope,
                attempt,
                reply,
                way[0],
                way[1],
                way[2],
                way[3],
                tls,
                retryAt,
                (flags & AMBIGUOUS) != 0);
    }

    private static Envelope envelope(RowReader in, long version) {
        String recipient = in.text();
        String sender = in.text();
        long size = in.number();
        String tenant = in.text();
        String campaign = in.text();
        String mailClass = in.text();
        String pool = in.text();
        int count = (int) in.number();
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tags.add(in.text());
        }
        return new Envelope(
                sender,
                recipient,
                size,
                tenant,
                campaign,
                mailClass,
                pool,
                List.copyOf(tags),
                in.text(),
                in.text(),
                version == WITHOUT_OWNER ? "" : in.text());
    }

    private static Reply reply(RowReader in) {
        int code = (int) in.number();
        Optional<EnhancedCode> enhanced = EnhancedCode.parse(in.text());
        return new Reply(code, enhanced, List.of(in.text()));
    }
}
