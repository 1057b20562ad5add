package io.postrider.inquiry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.http.Json;
import io.postrider.http.Problem;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand;
import io.postrider.queue.QueueCommand.CancelledMessages;
import io.postrider.queue.QueuePort;
import io.postrider.record.HistoryEntry;
import io.postrider.record.HistoryReader;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Takes back what is not sent of a message, or of all messages of a submission, at all their domains. Each queue decides
 * for itself and for good; repeating it is harmless and ends what a failure left.
 */
public final class Cancellation {

    private static final int AT_ONCE = 16;

    /** Mail that was just accepted reaches its queue within milliseconds; so long and so often it is waited for. */
    private static final Duration HAND_OVER = Duration.ofMillis(200);

    private static final int TRIES = 10;

    private final LookUp lookUp;
    private final Spool spool;
    private final QueuePort queues;
    private final Duration askTimeout;

    public Cancellation(Spool spool, HistoryReader history, QueuePort queues, Duration askTimeout) {
        this.lookUp = new LookUp(spool, history);
        this.spool = spool;
        this.queues = queues;
        this.askTimeout = askTimeout;
    }

    /** Recipients by what the cancel found. */
    private static final class Sum {
        int recipients;
        int cancelled;
        int onWire;
    }

    /**
     * Answers how many recipients were cancelled, are with a server, or had their end before. Fails with a {@link Problem}:
     * 404 when nothing is known of it, or not to this asker; 409 when nothing was left to cancel.
     *
     * @param id of a message or a submission; a recipient's stands for its message
     * @param owner only what this key or user handed in; empty for all
     */
    public CompletionStage<ObjectNode> cancel(String id, Optional<String> owner, String reason) {
        MessageId asked = LookUp.parse(id).orElseThrow(() -> MessageStory.unknown(id));
        return lookUp.messages(asked, owner).thenCompose(messages -> {
            if (messages.isEmpty()) {
                throw MessageStory.unknown(id);
            }
            return cancel(messages, 0, reason, new Sum()).thenApply(sum -> answer(asked, sum));
        });
    }

    private static ObjectNode answer(MessageId id, Sum sum) {
        if (sum.cancelled == 0) {
            throw sum.onWire > 0
                    ? Problem.of(409, "on_the_wire", "what is open of it is with a server at this moment")
                    : Problem.of(409, "already_settled", "every recipient of it has its end");
        }
        return Json.object()
                .put("id", id.toString())
                .put("cancelled", sum.cancelled)
                .put("on_wire", sum.onWire)
                .put("settled", Math.max(0, sum.recipients - sum.cancelled - sum.onWire));
    }

    private CompletionStage<Sum> cancel(List<MessageId> messages, int from, String reason, Sum sum) {
        if (from >= messages.size()) {
            return CompletableFuture.completedStage(sum);
        }
        int to = Math.min(messages.size(), from + AT_ONCE);
        return lookUp.known(messages.subList(from, to)).thenCompose(page -> {
            Map<Domain, List<MessageId>> open = new LinkedHashMap<>();
            for (Known one : page) {
                sum.recipients += recipients(one);
                for (Reference reference : one.references()) {
                    open.computeIfAbsent(reference.domain(), domain -> new ArrayList<>())
                            .add(one.id());
                }
            }
            CompletionStage<Sum> done = CompletableFuture.completedStage(sum);
            for (Map.Entry<Domain, List<MessageId>> queue : open.entrySet()) {
                done = done.thenCombine(
                        cancel(queue.getKey(), queue.getValue(), reason, TRIES),
                        (before, answers) -> add(before, answers));
            }
            return done.thenCompose(before -> cancel(messages, to, reason, before));
        });
    }

    private static Sum add(Sum sum, List<CancelledMessages> answers) {
        for (CancelledMessages answer : answers) {
            sum.cancelled += answer.recipients();
            sum.onWire += answer.recipientsOnWire();
        }
        return sum;
    }

    /** What its queue does not know yet, for it is still to be handed over, is asked for again a moment later. */
    private CompletionStage<List<CancelledMessages>> cancel(
            Domain domain, List<MessageId> ids, String reason, int triesLeft) {
        return queues.<CancelledMessages>ask(
                        domain, replyTo -> new QueueCommand.CancelMessages(ids, reason, replyTo), askTimeout)
                .thenCompose(answer -> answer.unknown().isEmpty()
                        ? CompletableFuture.completedStage(List.of(answer))
                        : spool.stillMarked(domain, answer.unknown())
                                .thenCompose(marked -> again(domain, marked, reason, triesLeft))
                                .thenApply(more -> join(answer, more)));
    }

    private CompletionStage<List<CancelledMessages>> again(
            Domain domain, List<MessageId> marked, String reason, int triesLeft) {
        if (marked.isEmpty()) {
            return CompletableFuture.completedStage(List.of());
        }
        if (triesLeft == 0) {
            throw Problem.overloaded("mail waits for its queue, which takes longer than it should; try again later");
        }
        Executor later = CompletableFuture.delayedExecutor(HAND_OVER.toMillis(), TimeUnit.MILLISECONDS);
        return CompletableFuture.supplyAsync(() -> marked, later)
                .thenCompose(ids -> cancel(domain, ids, reason, triesLeft - 1));
    }

    private static List<CancelledMessages> join(CancelledMessages first, List<CancelledMessages> more) {
        List<CancelledMessages> all = new ArrayList<>(more);
        all.add(first);
        return all;
    }

    private static int recipients(Known message) {
        Set<Integer> indexes = new HashSet<>();
        message.references().forEach(one -> one.recipients().forEach(recipient -> indexes.add(recipient.index())));
        for (HistoryEntry entry : message.entries()) {
            indexes.add(entry.recipientIndex());
        }
        return indexes.size();
    }
}
