package io.postrider.record;

import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Reply;
import io.postrider.spool.Labels;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * The delivery log's line for one fact. What is not known or does not apply is left out. The names, once released, stay;
 * {@code docs/delivery-log.md} explains them.
 */
final class LogLine {

    static final int VERSION = 1;

    private final String node;
    private final Stamp stamp = new Stamp();

    LogLine(String node) {
        this.node = node;
    }

    /** Appends one line. Not safe for several threads. */
    void write(Fact fact, JsonBytes out) {
        Fact.Source source = fact.source();
        head(out, fact.type(), fact.at());
        out.name("event_id").string(source.persistenceId());
        appendId(out, source);
        out.field("message_id", fact.message().toString());
        fact.reference().ifPresent(reference -> envelope(out, fact, reference));
        out.field("domain", fact.domain().name());
        fact.via().ifPresent(via -> way(out, via));
        if (fact.attempt() > 0) {
            out.field("attempt", fact.attempt());
        }
        fact.reply().ifPresent(reply -> reply(out, reply));
        fact.retryAt().ifPresent(due -> stamp.write(out.name("retry_at"), due));
        if (fact.type() != RecordType.ACCEPTED) {
            long queued = fact.at().toEpochMilli() - fact.message().acceptedAtMillis();
            out.fieldInSeconds("queued_seconds", Math.max(0, queued));
        }
        if (fact.ambiguous()) {
            out.name("ambiguous").raw("true");
        }
        out.field("node", node).end().newline();
    }

    /** Appends the line of a recipient that the ingress refused; it belongs to no queue. */
    void write(Rejection rejection, JsonBytes out) {
        head(out, RecordType.REJECTED, rejection.at());
        out.field("event_id", rejection.eventId());
        out.fieldUnlessEmpty("sender", rejection.sender());
        out.fieldUnlessEmpty("recipient", rejection.recipient());
        if (rejection.sizeBytes() > 0) {
            out.field("size", rejection.sizeBytes());
        }
        reply(out, rejection.reply());
        out.fieldUnlessEmpty("listener", rejection.listener());
        out.fieldUnlessEmpty("session_id", rejection.sessionId());
        out.field("node", node).end().newline();
    }

    private void head(JsonBytes out, RecordType type, Instant at) {
        out.begin().field("v", VERSION).field("type", type.word());
        stamp.write(out.name("at"), at);
    }

    /** Reopens the string just written: {@code "queue|example.com"} becomes {@code "queue|example.com/17/3"}. */
    private static void appendId(JsonBytes out, Fact.Source source) {
        out.reopen().raw("/").number(source.sequenceNr()).raw("/");
        out.number(source.position()).raw("\"");
    }

    private static void envelope(JsonBytes out, Fact fact, Reference reference) {
        if (fact.recipient().isPresent()) {
            Recipient recipient = fact.recipient().get();
            out.name("recipient_id").string(fact.message().toString());
            out.reopen().raw(".").number(recipient.index()).raw("\"");
            out.field("sender", reference.sender().address());
            out.field("recipient", recipient.mailbox().address());
        } else {
            out.field("sender", reference.sender().address());
        }
        out.field("size", reference.sizeBytes());
        labels(out, reference.labels());
        out.fieldUnlessEmpty("owner", reference.owner());
        out.fieldUnlessEmpty("listener", reference.listener());
        out.fieldUnlessEmpty("session_id", reference.sessionId());
    }

    private static void labels(JsonBytes out, Labels labels) {
        out.fieldUnlessEmpty("pool", labels.pool());
        out.fieldUnlessEmpty("tenant", labels.tenant());
        out.fieldUnlessEmpty("campaign", labels.campaign());
        out.fieldUnlessEmpty("class", labels.mailClass());
        if (!labels.tags().isEmpty()) {
            out.name("tags").beginArray();
            labels.tags().forEach(out::string);
            out.endArray();
        }
        if (!labels.metadata().isEmpty()) {
            out.name("metadata").begin();
            for (Map.Entry<String, String> pair : labels.metadata().entrySet()) {
                out.string(pair.getKey()).raw(":").string(pair.getValue());
            }
            out.end();
        }
    }

    private static void way(JsonBytes out, Via via) {
        out.fieldUnlessEmpty("site", via.site());
        out.fieldUnlessEmpty("mx", via.mx());
        out.fieldUnlessEmpty("mx_ip", via.ip());
        out.fieldUnlessEmpty("source", via.source());
        Via.Tls tls = via.tls();
        if (!tls.version().isEmpty() || !tls.policy().isEmpty()) {
            out.name("tls").begin();
            out.fieldUnlessEmpty("version", tls.version());
            out.fieldUnlessEmpty("cipher", tls.cipher());
            out.fieldUnlessEmpty("policy", tls.policy());
            out.fieldUnlessEmpty("peer", tls.peer()).end();
        }
    }

    private static void reply(JsonBytes out, Reply reply) {
        out.name("reply").begin().field("code", reply.code());
        reply.enhanced().ifPresent(enhanced -> out.field("enhanced", enhanced.toString()));
        out.field("text", reply.text()).end();
    }

    /** RFC 3339 with milliseconds in UTC; remembers the second, as most lines of a batch share it. */
    private static final class Stamp {

        private long second = Long.MIN_VALUE;
        private String text = "";

        void write(JsonBytes out, Instant at) {
            if (at.getEpochSecond() != second) {
                second = at.getEpochSecond();
                String full = at.atOffset(ZoneOffset.UTC)
                        .withNano(0)
                        .toLocalDateTime()
                        .toString();
                text = full.length() == 16 ? full + ":00" : full;
            }
            int millis = at.getNano() / 1_000_000;
            out.raw("\"").raw(text).raw(".");
            out.raw(millis < 10 ? "00" : millis < 100 ? "0" : "").number(millis).raw("Z\"");
        }
    }
}
