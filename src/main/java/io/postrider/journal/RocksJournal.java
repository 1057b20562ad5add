package io.postrider.journal;

import io.postrider.store.Writes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * Pekko's journal plugin {@code postrider.journal}. What actors persist at the same time shares one synced write with each
 * other and with new mail. A write fails only with the store's end: until then the store's writer tries again.
 */
public final class RocksJournal extends AsyncWriteJournal {

    private final StoreExtension extension = StoreExtension.of(context().system());
    private final Executor reading = context().system().dispatchers().lookup(RocksEventReader.DISPATCHER);

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> messages) {
        Writes writes = new Writes();
        List<Optional<Exception>> results = new ArrayList<>(1);
        for (AtomicWrite message : messages) {
            results.add(append(writes, message));
        }
        CompletionStage<Void> written = writes.isEmpty()
                ? CompletableFuture.completedStage(null)
                : extension.store().write(writes);
        return FutureConverters.asScala(written.thenApply(done -> results));
    }

    /** All events of a persist or none; what cannot be serialized is rejected, and the actor hears why. */
    private Optional<Exception> append(Writes writes, AtomicWrite message) {
        Writes own = new Writes();
        try {
            for (PersistentRepr event : CollectionConverters.asJava(message.payload())) {
                extension.events().append(own, event);
            }
        } catch (Exception e) {
            // Also checked ones: Pekko's serialization is Scala and does not declare what it throws.
            return Optional.of(e);
        }
        writes.addAll(own);
        return Optional.empty();
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
        return FutureConverters.asScala(
                CompletableFuture.supplyAsync(() -> extension.events().trim(persistenceId, toSequenceNr), reading)
                        .thenCompose(writes -> writes.isEmpty()
                                ? CompletableFuture.<Void>completedStage(null)
                                : extension.store().write(writes)));
    }

    @Override
    public Future<Void> doAsyncReplayMessages(
            String persistenceId, long fromSequenceNr, long toSequenceNr, long max, Consumer<PersistentRepr> replay) {
        return FutureConverters.asScala(CompletableFuture.runAsync(
                () -> extension.events().replay(persistenceId, fromSequenceNr, toSequenceNr, max, replay), reading));
    }

    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
        return FutureConverters.asScala(
                CompletableFuture.supplyAsync(() -> extension.events().highest(persistenceId), reading));
    }
}
