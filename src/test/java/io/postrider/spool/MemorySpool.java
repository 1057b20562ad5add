package io.postrider.spool;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.store.Writes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The spool without a disk: every stage is already complete. Releases happen when their writes become visible. */
public final class MemorySpool implements Spool, Releases {

    private static final Comparator<Cursor> ORDER =
            Comparator.comparing(Cursor::message).thenComparing(Cursor::domain);

    private final Map<MessageId, byte[]> bodies = new HashMap<>();
    private final NavigableMap<Cursor, Reference> references = new TreeMap<>(ORDER);
    private final NavigableSet<Cursor> marks = new TreeSet<>(ORDER);
    private final Set<Cause> causes = new HashSet<>();
    private Optional<RuntimeException> failure = Optional.empty();

    /** From now on nothing is accepted. */
    public synchronized void failWith(RuntimeException accepting) {
        failure = Optional.of(accepting);
    }

    /** Mail is accepted again. */
    public synchronized void mend() {
        failure = Optional.empty();
    }

    @Override
    public synchronized CompletionStage<Void> accept(Message message) {
        if (failure.isPresent()) {
            return CompletableFuture.failedStage(failure.get());
        }
        bodies.put(message.id(), message.body());
        for (Reference reference : message.references()) {
            Cursor at = new Cursor(message.id(), reference.domain());
            references.put(at, reference);
            marks.add(at);
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public synchronized CompletionStage<Boolean> acceptOnce(Message report, Cause cause) {
        if (causes.contains(cause)) {
            return CompletableFuture.completedStage(false);
        }
        return accept(report).thenApply(done -> causes.add(cause));
    }

    @Override
    public synchronized void handedOver(Domain domain, List<MessageId> messages) {
        messages.forEach(message -> marks.remove(new Cursor(message, domain)));
    }

    @Override
    public synchronized CompletionStage<Page> toHandOver(Optional<Cursor> after, int limit) {
        List<Cursor> page = after.map(cursor -> marks.tailSet(cursor, false)).orElse(marks).stream()
                .limit(limit)
                .toList();
        Optional<Cursor> next = page.size() < limit ? Optional.empty() : Optional.of(page.getLast());
        return CompletableFuture.completedStage(
                new Page(page.stream().map(references::get).toList(), next));
    }

    @Override
    public synchronized CompletionStage<List<MessageId>> stillMarked(Domain domain, List<MessageId> messages) {
        return CompletableFuture.completedStage(messages.stream()
                .filter(message -> marks.contains(new Cursor(message, domain)))
                .toList());
    }

    @Override
    public synchronized CompletionStage<Map<MessageId, Stored>> load(Domain domain, List<MessageId> messages) {
        Map<MessageId, Stored> found = new HashMap<>();
        for (MessageId message : messages) {
            Reference reference = references.get(new Cursor(message, domain));
            byte[] body = bodies.get(message);
            if (reference != null && body != null) {
                found.put(message, new Stored(reference, new MemoryBody(body)));
            }
        }
        return CompletableFuture.completedStage(found);
    }

    @Override
    public synchronized CompletionStage<Map<MessageId, Reference>> references(Domain domain, List<MessageId> messages) {
        Map<MessageId, Reference> found = new HashMap<>();
        for (MessageId message : messages) {
            Reference reference = references.get(new Cursor(message, domain));
            if (reference != null) {
                found.put(message, reference);
            }
        }
        return CompletableFuture.completedStage(found);
    }

    @Override
    public synchronized CompletionStage<List<Reference>> references(MessageId message) {
        return CompletableFuture.completedStage(of(message));
    }

    @Override
    public synchronized CompletionStage<Counts> counts() {
        long recipients = 0;
        long toHandOver = 0;
        for (Map.Entry<Cursor, Reference> entry : references.entrySet()) {
            int count = entry.getValue().recipients().size();
            recipients += count;
            toHandOver += marks.contains(entry.getKey()) ? count : 0;
        }
        return CompletableFuture.completedStage(new Counts(recipients, toHandOver));
    }

    @Override
    public void release(Writes into, List<ReferenceRelease> releases) {
        into.whenVisible(() -> release(releases));
    }

    /** The same without a store. */
    public synchronized void release(List<ReferenceRelease> releases) {
        for (ReferenceRelease release : releases) {
            Cursor at = new Cursor(release.message(), release.domain());
            references.remove(at);
            marks.remove(at);
            causes.removeIf(cause -> cause.about().equals(at));
            if (of(release.message()).isEmpty()) {
                bodies.remove(release.message());
            }
        }
    }

    /** How many bodies are there. */
    public synchronized int bodies() {
        return bodies.size();
    }

    private List<Reference> of(MessageId message) {
        List<Reference> found = new ArrayList<>();
        references.forEach((at, reference) -> {
            if (at.message().equals(message)) {
                found.add(reference);
            }
        });
        return found;
    }

    private record MemoryBody(byte[] bytes) implements Body {
        @Override
        public long sizeBytes() {
            return bytes.length;
        }

        @Override
        public int chunks() {
            return Math.max(1, (bytes.length + CHUNK_BYTES - 1) / CHUNK_BYTES);
        }

        @Override
        public byte[] first() {
            return cut(0);
        }

        @Override
        public CompletionStage<byte[]> chunk(int index) {
            return CompletableFuture.completedStage(cut(index));
        }

        private byte[] cut(int index) {
            int from = index * CHUNK_BYTES;
            return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + CHUNK_BYTES));
        }
    }
}
