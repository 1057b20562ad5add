package io.postrider.inquiry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.http.Json;
import io.postrider.http.Problem;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand;
import io.postrider.queue.QueueCommand.MessageLine;
import io.postrider.queue.QueuePort;
import io.postrider.record.HistoryEntry;
import io.postrider.record.HistoryEntry.Envelope;
import io.postrider.record.HistoryReader;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What became of a message, or of all messages of a submission, put together from references (what is open), queues
 * (where it stands) and the history (what happened). Something that happens meanwhile may be missing in one of them.
 */
public final class MessageStory {

    /** Messages of a submission that one answer shows; the others are asked for by their own ids. */
    static final int MOST_MESSAGES = 1_000;

    /** Read at the same time, so that one question leaves the disk to others too. */
    private static final int AT_ONCE = 16;

    private final LookUp lookUp;
    private final QueuePort queues;
    private final Duration askTimeout;

    public MessageStory(Spool spool, HistoryReader history, QueuePort queues, Duration askTimeout) {
        this.lookUp = new LookUp(spool, history);
        this.queues = queues;
        this.askTimeout = askTimeout;
    }

    /**
     * Fails with a {@link Problem} when nothing is known of it, or not to this asker.
     *
     * @param id of a message, a submission or a recipient
     * @param owner only what this key or user handed in; empty for all
     */
    public CompletionStage<ObjectNode> of(String id, Optional<String> owner) {
        MessageId asked = LookUp.parse(id).orElseThrow(() -> unknown(id));
        return lookUp.messages(asked, owner).thenCompose(messages -> {
            if (messages.isEmpty()) {
                throw unknown(id);
            }
            boolean cut = messages.size() > MOST_MESSAGES;
            List<MessageId> shown = cut ? messages.subList(0, MOST_MESSAGES) : messages;
            ObjectNode json = Json.object().put("id", asked.toString());
            return tell(json, shown, 0, cut);
        });
    }

    static Problem unknown(String id) {
        return Problem.of(404, "unknown_message", "nothing is known of '" + id + "', or not any more");
    }

    /** Adds message after message; the first one's head stands for all. */
    private CompletionStage<ObjectNode> tell(ObjectNode json, List<MessageId> messages, int from, boolean truncated) {
        int to = Math.min(messages.size(), from + AT_ONCE);
        return lookUp.known(messages.subList(from, to)).thenCompose(page -> {
            CompletionStage<ObjectNode> told = CompletableFuture.completedStage(json);
            boolean cut = truncated;
            for (Known one : page) {
                cut |= one.entries().size() == LookUp.MOST_ENTRIES;
                told = told.thenCombine(standings(one), (sofar, standings) -> add(sofar, one, standings));
            }
            boolean more = cut;
            return told.thenCompose(sofar -> to < messages.size()
                    ? tell(sofar, messages, to, more)
                    : CompletableFuture.completedStage(sofar.put("truncated", more)));
        });
    }

    /** A queue that does not answer in time is left out: what the records know is told all the same. */
    private CompletionStage<Map<Domain, MessageLine>> standings(Known message) {
        CompletionStage<Map<Domain, MessageLine>> all = CompletableFuture.completedStage(new HashMap<>());
        for (Reference reference : message.references()) {
            Domain domain = reference.domain();
            CompletionStage<Optional<MessageLine>> found = queues.<Optional<MessageLine>>ask(
                            domain, replyTo -> new QueueCommand.Find(message.id(), replyTo), askTimeout)
                    .exceptionally(late -> Optional.empty());
            all = all.thenCombine(found, (before, line) -> {
                line.ifPresent(there -> before.put(domain, there));
                return before;
            });
        }
        return all;
    }

    private static ObjectNode add(ObjectNode json, Known message, Map<Domain, MessageLine> standings) {
        if (!json.has("recipients")) {
            json.put("accepted_at", message.id().acceptedAt().toString());
            head(json, message);
            json.putArray("recipients");
        }
        ArrayNode list = json.withArray("/recipients");
        recipients(message)
                .forEach((index, one) ->
                        list.add(one.toJson(message.id(), index, Optional.ofNullable(standings.get(one.domain)))));
        return json;
    }

    private static Map<Integer, RecipientStory> recipients(Known message) {
        Map<Integer, RecipientStory> recipients = new TreeMap<>();
        for (Reference reference : message.references()) {
            for (Recipient recipient : reference.recipients()) {
                recipients.computeIfAbsent(recipient.index(), index -> new RecipientStory(reference.domain())).email =
                        recipient.mailbox().address();
            }
        }
        for (HistoryEntry entry : message.entries()) {
            RecipientStory one =
                    recipients.computeIfAbsent(entry.recipientIndex(), index -> new RecipientStory(entry.domain()));
            one.timeline.add(entry);
            entry.envelope().ifPresent(envelope -> one.email = envelope.recipient());
        }
        return recipients;
    }

    private static void head(ObjectNode json, Known message) {
        Optional<Envelope> envelope = message.envelope();
        if (!message.references().isEmpty()) {
            Reference reference = message.references().get(0);
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
}
