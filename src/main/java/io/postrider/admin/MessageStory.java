package io.postrider.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.http.Json;
import io.postrider.http.Problem;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.RecipientId;
import io.postrider.queue.QueueCommand;
import io.postrider.queue.QueueCommand.MessageLine;
import io.postrider.record.HistoryEntry;
import io.postrider.record.HistoryEntry.Envelope;
import io.postrider.record.HistoryReader;
import io.postrider.record.RecordType;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What became of one message, put together from its references (what is open), its queues (where it stands) and the
 * history (what happened). Something that happens meanwhile may be missing in one of them.
 */
final class MessageStory {

    /** More of a message's history is cut off, and the answer says so. */
    private static final int MOST_ENTRIES = 10_000;

    private final Spool spool;
    private final HistoryReader history;
    private final QueuePort queues;
    private final Duration askTimeout;

    MessageStory(Spool spool, HistoryReader history, QueuePort queues, Duration askTimeout) {
        this.spool = spool;
        this.history = history;
        this.queues = queues;
        this.askTimeout = askTimeout;
    }

    /** Fails with a {@link Problem} when nothing is known of it. */
    CompletionStage<ObjectNode> of(MessageId id) {
        return spool.references(id)
                .thenCombine(history.message(id, MOST_ENTRIES), Known::new)
                .thenCompose(known -> standings(id, known.references())
                        .thenApply(standings -> tell(id, known.references(), known.entries(), standings)));
    }

    private record Known(List<Reference> references, List<HistoryEntry> entries) {}

    /** A queue that does not answer in time is left out: what the records know is told all the same. */
    private CompletionStage<Map<Domain, MessageLine>> standings(MessageId id, List<Reference> references) {
        CompletionStage<Map<Domain, MessageLine>> all = CompletableFuture.completedStage(new HashMap<>());
        for (Reference reference : references) {
            Domain domain = reference.domain();
            CompletionStage<Optional<MessageLine>> found = queues.<Optional<MessageLine>>ask(
                            domain, replyTo -> new QueueCommand.Find(id, replyTo), askTimeout)
                    .exceptionally(late -> Optional.empty());
            all = all.thenCombine(found, (before, line) -> {
                line.ifPresent(there -> before.put(domain, there));
                return before;
            });
        }
        return all;
    }

    private static ObjectNode tell(
            MessageId id, List<Reference> references, List<HistoryEntry> entries, Map<Domain, MessageLine> standings) {
        if (references.isEmpty() && entries.isEmpty()) {
            throw Problem.of(404, "unknown_message", "nothing is known of " + id);
        }
        Map<Integer, OneRecipient> recipients = new TreeMap<>();
        for (Reference reference : references) {
            for (Recipient recipient : reference.recipients()) {
                recipients.computeIfAbsent(recipient.index(), index -> new OneRecipient(reference.domain())).email =
                        recipient.mailbox().address();
            }
        }
        Optional<Envelope> envelope = Optional.empty();
        for (HistoryEntry entry : entries) {
            OneRecipient one =
                    recipients.computeIfAbsent(entry.recipientIndex(), index -> new OneRecipient(entry.domain()));
            one.timeline.add(entry);
            if (entry.envelope().isPresent()) {
                envelope = entry.envelope();
                one.email = entry.envelope().get().recipient();
            }
        }
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("accepted_at", id.acceptedAt().toString());
        head(json, references, envelope);
        ArrayNode list = json.putArray("recipients");
        recipients.forEach(
                (index, one) -> list.add(one.toJson(id, index, Optional.ofNullable(standings.get(one.domain)))));
        json.put("truncated", entries.size() == MOST_ENTRIES);
        return json;
    }

    private static void head(ObjectNode json, List<Reference> references, Optional<Envelope> envelope) {
        if (!references.isEmpty()) {
            Reference reference = references.get(0);
            json.put("sender", reference.sender().address());
            json.put("size", reference.sizeBytes());
            json.put("tenant", reference.labels().tenant());
            json.put("campaign", reference.labels().campaign());
            json.put("class", reference.labels().mailClass());
            json.put("pool", reference.labels().pool());
            json.put("expires_at", reference.expiresAt().toString());
        } else if (envelope.isPresent()) {
            json.put("sender", envelope.get().sender());
            json.put("size", envelope.get().sizeBytes());
            json.put("tenant", envelope.get().tenant());
            json.put("campaign", envelope.get().campaign());
            json.put("class", envelope.get().mailClass());
            json.put("pool", envelope.get().pool());
        }
    }

    private static final class OneRecipient {

        private final Domain domain;
        private final List<HistoryEntry> timeline = new ArrayList<>();
        private String email = "";

        OneRecipient(Domain domain) {
            this.domain = domain;
        }

        ObjectNode toJson(MessageId message, int index, Optional<MessageLine> standing) {
            Optional<HistoryEntry> end =
                    timeline.stream().filter(entry -> entry.type().isFinal()).findFirst();
            boolean deferred = timeline.stream().anyMatch(entry -> entry.type() == RecordType.DEFERRED);
            ObjectNode json = Json.object();
            json.put("id", index < 0 ? null : new RecipientId(message, index).toString());
            json.put("message_id", message.toString());
            json.put("email", email);
            json.put("domain", domain.name());
            json.put("status", end.map(entry -> entry.type().word()).orElse(deferred ? "deferred" : "queued"));
            if (end.isEmpty()) {
                json.put("state", standing.map(QueueJson::state).orElse("unknown"));
                json.put(
                        "next_attempt",
                        standing.map(line -> line.due().toString()).orElse(null));
            }
            ArrayNode events = json.putArray("timeline");
            timeline.forEach(entry -> events.add(event(entry)));
            return json;
        }

        private static ObjectNode event(HistoryEntry entry) {
            ObjectNode json = Json.object();
            json.put("type", entry.type().word());
            json.put("at", entry.at().toString());
            json.put("event_id", entry.eventId());
            if (entry.attempt() > 0) {
                json.put("attempt", entry.attempt());
            }
            if (!entry.mx().isEmpty()) {
                json.put("mx", entry.mx()).put("mx_ip", entry.mxIp());
                json.put("site", entry.site()).put("source", entry.source());
            }
            entry.reply().ifPresent(reply -> QueueJson.reply(json, reply));
            entry.retryAt().ifPresent(due -> json.put("retry_at", due.toString()));
            if (entry.ambiguous()) {
                json.put("ambiguous", true);
            }
            return json;
        }
    }
}
