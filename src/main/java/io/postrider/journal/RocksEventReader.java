package io.postrider.journal;

import io.postrider.store.Writes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The read side on the embedded store; works on the journal's reading dispatcher. */
public final class RocksEventReader implements EventReader {

    static final String DISPATCHER = "postrider.journal.read-dispatcher";

    private static final Logger LOG = LoggerFactory.getLogger(RocksEventReader.class);

    private final StoreExtension extension;
    private final Executor reading;

    /** @param system one whose {@link StoreExtension} has the store */
    public RocksEventReader(ClassicActorSystemProvider system) {
        this.extension = StoreExtension.of(system);
        this.reading = system.classicSystem().dispatchers().lookup(DISPATCHER);
    }

    @Override
    public CompletionStage<List<Stored>> events(String persistenceId, long fromSequenceNr, int limit) {
        return CompletableFuture.supplyAsync(
                () -> {
                    List<Stored> events = new ArrayList<>();
                    extension
                            .events()
                            .replay(
                                    persistenceId,
                                    fromSequenceNr,
                                    Long.MAX_VALUE,
                                    limit,
                                    event ->
                                            events.add(new Stored(persistenceId, event.sequenceNr(), event.payload())));
                    return events;
                },
                reading);
    }

    @Override
    public CompletionStage<List<Head>> heads(Optional<String> after, int limit) {
        return CompletableFuture.supplyAsync(() -> extension.events().heads(after, limit), reading);
    }

    @Override
    public void trim(String persistenceId, long upToSequenceNr) {
        reading.execute(() -> {
            try {
                Writes writes = extension.events().trim(persistenceId, upToSequenceNr);
                if (!writes.isEmpty()) {
                    extension.store().writeLazily(writes);
                }
            } catch (RuntimeException e) {
                // The events stay a while longer; the queue's next trim takes them along.
                LOG.warn("cannot trim {} up to {}: {}", persistenceId, upToSequenceNr, e.getMessage());
            }
        });
    }
}
