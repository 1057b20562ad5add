package io.postrider.spool;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.Table;
import io.postrider.store.Writes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The spool on the embedded store: bodies by message and chunk, references and marks by message and domain. What was just
 * accepted is answered from memory by a stage that is already complete; the rest is read on the store's reading threads.
 */
public final class RocksSpool implements Spool, Releases {

    private static final Family BODIES = Family.bodies("spool-bodies");
    private static final Family REFERENCES = Family.rows("spool-references");
    private static final Family TO_HAND_OVER = Family.rows("spool-to-hand-over");
    private static final Family REPORTED = Family.rows("spool-reported");

    /** What the store is to be opened with. */
    public static final List<Family> FAMILIES = List.of(BODIES, REFERENCES, TO_HAND_OVER, REPORTED);

    private final Store store;
    private final Table bodies;
    private final Table references;
    private final Table toHandOver;
    private final Table reported;
    private final RecentMessages recent;
    private final Marks marks = new Marks();
    private final AtomicLong recipients = new AtomicLong();

    /** Releases given to a caller that are not yet visible in the store: so that none counts twice. */
    private final Set<Cursor> releasing = ConcurrentHashMap.newKeySet();

    /** Of messages that still have a reference, the first positions of what was reported: so there are few. */
    private final ConcurrentHashMap<Cursor, Set<Integer>> causes = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<Cause, CompletableFuture<Boolean>> writing = new ConcurrentHashMap<>();

    private RocksSpool(Store store, SpoolSettings settings) {
        this.store = store;
        this.bodies = store.table(BODIES);
        this.references = store.table(REFERENCES);
        this.toHandOver = store.table(TO_HAND_OVER);
        this.reported = store.table(REPORTED);
        this.recent = new RecentMessages(settings.recentBytes());
    }

    /** Counts what is there, which reads every reference: call it at the start, not on an actor's thread. */
    public static RocksSpool open(Store store, SpoolSettings settings) {
        RocksSpool spool = new RocksSpool(store, settings);
        spool.countWhatIsThere();
        return spool;
    }

    private void countWhatIsThere() {
        store.scan(references, new byte[0], Keys.behindAll(), (key, value) -> {
            recipients.addAndGet(decode(key, value).recipients().size());
            return true;
        });
        store.scan(toHandOver, new byte[0], Keys.behindAll(), (key, value) -> {
            marks.add(Marks.at(key), Keys.toInt(value));
            return true;
        });
        store.scan(reported, new byte[0], Keys.behindAll(), (key, value) -> {
            cause(new Cause(Keys.reported(key), Keys.toInt(value)));
            return true;
        });
    }

    @Override
    public CompletionStage<Void> accept(Message message) {
        return store.offer(writes(message));
    }

    @Override
    public CompletionStage<Boolean> acceptOnce(Message report, Cause cause) {
        if (!cause(cause)) {
            CompletableFuture<Boolean> before = writing.get(cause);
            return before == null ? CompletableFuture.completedStage(false) : before.thenApply(now -> false);
        }
        byte[] key = Keys.reported(cause.about().message(), cause.about().domain(), cause.first());
        Writes writes = writes(report).put(reported, key, Keys.ofInt(cause.first()));
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        writing.put(cause, written);
        store.offer(writes).whenComplete((done, failure) -> {
            if (failure != null) {
                forget(cause);
                written.completeExceptionally(failure);
            } else {
                written.complete(true);
            }
            writing.remove(cause);
        });
        return written;
    }

    private boolean cause(Cause cause) {
        return causes.computeIfAbsent(cause.about(), about -> ConcurrentHashMap.newKeySet())
                .add(cause.first());
    }

    private void forget(Cause cause) {
        causes.computeIfPresent(cause.about(), (about, firsts) -> {
            firsts.remove(cause.first());
            return firsts.isEmpty() ? null : firsts;
        });
    }

    private Writes writes(Message message) {
        Writes writes = new Writes();
        byte[] body = message.body();
        int chunks = chunks(body.length);
        for (int i = 0; i < chunks; i++) {
            writes.put(bodies, Keys.body(message.id(), i), chunk(body, i, chunks));
        }
        for (Reference reference : message.references()) {
            byte[] key = Keys.reference(message.id(), reference.domain());
            writes.put(references, key, ReferenceCodec.encode(reference));
            writes.put(toHandOver, key, Keys.ofInt(reference.recipients().size()));
        }
        writes.whenVisible(() -> accepted(message));
        return writes;
    }

    private void accepted(Message message) {
        recent.add(message);
        for (Reference reference : message.references()) {
            recipients.addAndGet(reference.recipients().size());
            marks.add(
                    new Cursor(message.id(), reference.domain()),
                    reference.recipients().size());
        }
    }

    @Override
    public void handedOver(Domain domain, List<MessageId> messages) {
        Writes writes = new Writes();
        for (MessageId message : messages) {
            if (marks.remove(new Cursor(message, domain))) {
                writes.delete(toHandOver, Keys.reference(message, domain));
            }
        }
        if (!writes.isEmpty()) {
            store.writeLazily(writes);
        }
    }

    @Override
    public CompletionStage<Page> toHandOver(Optional<Cursor> after, int limit) {
        List<Cursor> page = marks.page(after, limit);
        Optional<Cursor> next = page.size() < limit || page.isEmpty() ? Optional.empty() : Optional.of(page.getLast());
        return referencesAt(page).thenApply(found -> {
            List<Reference> inOrder = new ArrayList<>(page.size());
            Writes orphans = new Writes();
            for (Cursor mark : page) {
                Reference reference = found.get(mark);
                if (reference != null) {
                    inOrder.add(reference);
                } else if (marks.remove(mark)) {
                    orphans.delete(toHandOver, Keys.reference(mark.message(), mark.domain()));
                }
            }
            if (!orphans.isEmpty()) {
                store.writeLazily(orphans);
            }
            return new Page(inOrder, next);
        });
    }

    @Override
    public CompletionStage<List<MessageId>> stillMarked(Domain domain, List<MessageId> messages) {
        List<MessageId> marked = new ArrayList<>();
        for (MessageId message : messages) {
            if (marks.has(new Cursor(message, domain))) {
                marked.add(message);
            }
        }
        return CompletableFuture.completedStage(marked);
    }

    @Override
    public CompletionStage<Map<MessageId, Stored>> load(Domain domain, List<MessageId> messages) {
        Map<MessageId, Stored> found = HashMap.newHashMap(messages.size());
        List<MessageId> missing = new ArrayList<>(0);
        for (MessageId message : messages) {
            recent.stored(message, domain).ifPresentOrElse(one -> found.put(message, one), () -> missing.add(message));
        }
        if (missing.isEmpty()) {
            return CompletableFuture.completedStage(found);
        }
        return store.reading(() -> {
            List<byte[]> bodyKeys = new ArrayList<>(missing.size());
            List<Reference> read = new ArrayList<>(missing.size());
            for (Reference reference : readReferences(domain, missing)) {
                read.add(reference);
                bodyKeys.add(Keys.body(reference.message(), 0));
            }
            List<Optional<byte[]>> firsts = store.multiGet(bodies, bodyKeys);
            for (int i = 0; i < read.size(); i++) {
                Reference reference = read.get(i);
                firsts.get(i)
                        .ifPresent(
                                first -> found.put(reference.message(), new Stored(reference, body(reference, first))));
            }
            return found;
        });
    }

    @Override
    public CompletionStage<Map<MessageId, Reference>> references(Domain domain, List<MessageId> messages) {
        List<Cursor> wanted = new ArrayList<>(messages.size());
        for (MessageId message : messages) {
            wanted.add(new Cursor(message, domain));
        }
        return referencesAt(wanted).thenApply(found -> {
            Map<MessageId, Reference> byMessage = HashMap.newHashMap(found.size());
            found.forEach((cursor, reference) -> byMessage.put(cursor.message(), reference));
            return byMessage;
        });
    }

    @Override
    public CompletionStage<List<Reference>> references(MessageId message) {
        return store.reading(() -> readReferences(message));
    }

    @Override
    public CompletionStage<Counts> counts() {
        return CompletableFuture.completedStage(new Counts(recipients.get(), marks.totalRecipients()));
    }

    @Override
    public void release(Writes into, List<ReferenceRelease> releases) {
        List<Cursor> first = new ArrayList<>(releases.size());
        for (ReferenceRelease release : releases) {
            Cursor cursor = new Cursor(release.message(), release.domain());
            if (releasing.add(cursor)) {
                first.add(cursor);
            }
        }
        Map<Cursor, Reference> found = readReferencesAt(first);
        long released = 0;
        for (Cursor cursor : first) {
            Reference reference = found.get(cursor);
            if (reference == null) {
                continue;
            }
            released += reference.recipients().size();
            byte[] key = Keys.reference(cursor.message(), cursor.domain());
            into.delete(references, key);
            if (marks.remove(cursor)) {
                into.delete(toHandOver, key);
            }
            if (reference.domains() == 1 || isLast(cursor.message())) {
                for (int i = 0; i < chunks(reference.sizeBytes()); i++) {
                    into.delete(bodies, Keys.body(cursor.message(), i));
                }
            }
            forgetCauses(into, cursor);
            recent.release(cursor.message(), cursor.domain());
        }
        long gone = released;
        into.whenVisible(() -> {
            recipients.addAndGet(-gone);
            first.forEach(releasing::remove);
        });
    }

    private void forgetCauses(Writes into, Cursor about) {
        Set<Integer> firsts = causes.isEmpty() ? null : causes.remove(about);
        if (firsts != null) {
            firsts.forEach(first -> into.delete(reported, Keys.reported(about.message(), about.domain(), first)));
        }
    }

    /** Whether all references of a message are released or being released. */
    private boolean isLast(MessageId message) {
        boolean[] last = {true};
        store.scanKeys(references, Keys.first(message), Keys.behind(message), key -> {
            last[0] = releasing.contains(Marks.at(key));
            return last[0];
        });
        return last[0];
    }

    private CompletionStage<Map<Cursor, Reference>> referencesAt(List<Cursor> wanted) {
        for (Cursor cursor : wanted) {
            if (recent.reference(cursor.message(), cursor.domain()).isEmpty()) {
                return store.reading(() -> readReferencesAt(wanted));
            }
        }
        return CompletableFuture.completedStage(readReferencesAt(wanted));
    }

    /** From memory, and from the disk what is not there. */
    private Map<Cursor, Reference> readReferencesAt(List<Cursor> wanted) {
        Map<Cursor, Reference> found = HashMap.newHashMap(wanted.size());
        List<Cursor> missing = new ArrayList<>(0);
        List<byte[]> keys = new ArrayList<>(0);
        for (Cursor cursor : wanted) {
            Optional<Reference> reference = recent.reference(cursor.message(), cursor.domain());
            if (reference.isPresent()) {
                found.put(cursor, reference.get());
            } else {
                missing.add(cursor);
                keys.add(Keys.reference(cursor.message(), cursor.domain()));
            }
        }
        if (!missing.isEmpty()) {
            List<Optional<byte[]>> values = store.multiGet(references, keys);
            for (int i = 0; i < missing.size(); i++) {
                Cursor cursor = missing.get(i);
                values.get(i)
                        .ifPresent(value ->
                                found.put(cursor, ReferenceCodec.decode(cursor.message(), cursor.domain(), value)));
            }
        }
        return found;
    }

    private List<Reference> readReferences(Domain domain, List<MessageId> messages) {
        List<Cursor> wanted = new ArrayList<>(messages.size());
        for (MessageId message : messages) {
            wanted.add(new Cursor(message, domain));
        }
        return List.copyOf(readReferencesAt(wanted).values());
    }

    private List<Reference> readReferences(MessageId message) {
        List<Reference> found = new ArrayList<>();
        store.scan(references, Keys.first(message), Keys.behind(message), (key, value) -> {
            found.add(decode(key, value));
            return true;
        });
        return found;
    }

    private Body body(Reference reference, byte[] first) {
        int chunks = chunks(reference.sizeBytes());
        return chunks == 1 ? new WholeBody(first) : new ChunkedBody(reference, chunks, first, store, bodies);
    }

    private static Reference decode(byte[] key, byte[] value) {
        return ReferenceCodec.decode(Keys.message(key), Keys.domain(key), value);
    }

    private static int chunks(long sizeBytes) {
        return (int) Math.max(1, (sizeBytes + Body.CHUNK_BYTES - 1) / Body.CHUNK_BYTES);
    }

    private static byte[] chunk(byte[] body, int index, int chunks) {
        if (chunks == 1) {
            return body;
        }
        int from = index * Body.CHUNK_BYTES;
        return Arrays.copyOfRange(body, from, Math.min(body.length, from + Body.CHUNK_BYTES));
    }
}
