package io.postrider.ingress;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A spool that only takes mail, and knows none afterwards; the test decides when, and whether, it is safe. */
public final class FakeSpool implements Spool {

    private final LinkedBlockingQueue<Message> accepted = new LinkedBlockingQueue<>();
    private volatile Supplier<CompletionStage<Void>> answer = () -> CompletableFuture.completedFuture(null);

    public void answerWith(Supplier<CompletionStage<Void>> stage) {
        answer = stage;
    }

    /** The next message that was handed in; fails when none comes. */
    public Message taken() throws InterruptedException {
        Message message = accepted.poll(10, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("expected a message in the spool, but none came");
        }
        return message;
    }

    public void forget() {
        accepted.clear();
    }

    public List<Message> all() {
        return new ArrayList<>(accepted);
    }

    @Override
    public CompletionStage<Void> accept(Message message) {
        accepted.add(message);
        return answer.get();
    }

    @Override
    public CompletionStage<Boolean> acceptOnce(Message report, Cause cause) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void handedOver(Domain domain, List<MessageId> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Page> toHandOver(Optional<Cursor> after, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<List<MessageId>> stillMarked(Domain domain, List<MessageId> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Map<MessageId, Stored>> load(Domain domain, List<MessageId> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Map<MessageId, Reference>> references(Domain domain, List<MessageId> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<List<Reference>> references(MessageId message) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletionStage<Counts> counts() {
        throw new UnsupportedOperationException();
    }
}
