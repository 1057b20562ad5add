package io.postrider.inquiry;

import io.postrider.mail.MessageId;
import io.postrider.mail.RecipientId;
import io.postrider.mail.SubmissionId;
import io.postrider.record.HistoryReader;
import io.postrider.spool.Spool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds the messages that an id names: a message, a recipient of one, or a submission of several (decision 0040). */
final class LookUp {

    /** More of a message's history is cut off, and answers say so. */
    static final int MOST_ENTRIES = 10_000;

    private final Spool spool;
    private final HistoryReader history;

    LookUp(Spool spool, HistoryReader history) {
        this.spool = spool;
        this.history = history;
    }

    /** Reads the id of a message or submission, or of a recipient. */
    static Optional<MessageId> parse(String text) {
        return MessageId.parse(text).or(() -> RecipientId.parse(text).map(RecipientId::message));
    }

    /** The ids of the messages, in their order; empty when nothing is known, or it is not for this asker. */
    CompletionStage<List<MessageId>> messages(MessageId id, Optional<String> owner) {
        return known(id).thenCompose(one -> {
            if (!one.isNothing()) {
                return CompletableFuture.completedStage(one.isFor(owner) ? List.of(id) : List.of());
            }
            Optional<SubmissionId> submission = SubmissionId.maybe(id);
            return submission.isEmpty()
                    ? CompletableFuture.completedStage(List.of())
                    : known(submission.get().message(0))
                            .thenApply(first -> first.isFor(owner) ? all(submission.get()) : List.of());
        });
    }

    private static List<MessageId> all(SubmissionId submission) {
        List<MessageId> all = new ArrayList<>(submission.messages());
        for (int place = 0; place < submission.messages(); place++) {
            all.add(submission.message(place));
        }
        return all;
    }

    /** In this order: a message leaves the spool only when its history is written. */
    CompletionStage<Known> known(MessageId id) {
        return spool.references(id).thenCompose(references -> history.message(id, MOST_ENTRIES)
                .thenApply(entries -> new Known(id, references, entries)));
    }

    /** Of several, at the same time: keep them few. */
    CompletionStage<List<Known>> known(List<MessageId> ids) {
        CompletionStage<List<Known>> all = CompletableFuture.completedStage(new ArrayList<>(ids.size()));
        for (MessageId id : ids) {
            all = all.thenCombine(known(id), (before, one) -> {
                if (!one.isNothing()) {
                    before.add(one);
                }
                return before;
            });
        }
        return all;
    }
}
