package io.postrider.journal;

import io.postrider.journal.Snapshots.Found;
import io.postrider.store.Writes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * Pekko's snapshot plugin {@code postrider.snapshots}. Saving causes no sync of its own, since the events are there until
 * a later write trims them, which no crash can keep without this one. Keeps the newest {@code keep} per persistence id.
 */
public final class RocksSnapshots extends SnapshotStore {

    private final StoreExtension extension = StoreExtension.of(context().system());
    private final Executor reading = context().system().dispatchers().lookup(RocksEventReader.DISPATCHER);
    private final JournalSettings settings =
            JournalSettings.from(context().system().settings().config().getConfig("postrider"));

    @Override
    public Future<Optional<SelectedSnapshot>> doLoadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return FutureConverters.asScala(CompletableFuture.supplyAsync(
                () -> {
                    Snapshots snapshots = extension.snapshots();
                    List<Found> found = snapshots.find(persistenceId);
                    for (Found one : found.reversed()) {
                        if (matches(criteria, one)) {
                            SnapshotMetadata metadata =
                                    new SnapshotMetadata(persistenceId, one.sequenceNr(), one.timestamp());
                            return Optional.of(SelectedSnapshot.create(metadata, snapshots.load(persistenceId, one)));
                        }
                    }
                    return Optional.empty();
                },
                reading));
    }

    @Override
    public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
        Rows.Serialized data = extension.snapshots().serialize(snapshot);
        return FutureConverters.asScala(CompletableFuture.supplyAsync(
                        () -> extension
                                .snapshots()
                                .save(
                                        metadata.persistenceId(),
                                        metadata.sequenceNr(),
                                        metadata.timestamp(),
                                        data,
                                        settings.snapshotsKept()),
                        reading)
                .thenCompose(this::inOrder));
    }

    private CompletionStage<Void> inOrder(List<Writes> parts) {
        CompletionStage<Void> done = CompletableFuture.completedStage(null);
        for (Writes part : parts.subList(0, parts.size() - 1)) {
            done = done.thenCompose(before -> extension.store().write(part));
        }
        return done.thenCompose(before -> extension.store().writeLazily(parts.getLast()));
    }

    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        return delete(
                metadata.persistenceId(),
                one -> one.sequenceNr() == metadata.sequenceNr()
                        && (metadata.timestamp() == 0 || one.timestamp() == metadata.timestamp()));
    }

    @Override
    public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return delete(persistenceId, one -> matches(criteria, one));
    }

    private Future<Void> delete(String persistenceId, Predicate<Found> which) {
        return FutureConverters.asScala(CompletableFuture.supplyAsync(
                        () -> {
                            Writes writes = new Writes();
                            for (Found one : extension.snapshots().find(persistenceId)) {
                                if (which.test(one)) {
                                    extension.snapshots().delete(writes, persistenceId, one);
                                }
                            }
                            return writes;
                        },
                        reading)
                .thenCompose(writes -> writes.isEmpty()
                        ? CompletableFuture.<Void>completedStage(null)
                        : extension.store().writeLazily(writes)));
    }

    private static boolean matches(SnapshotSelectionCriteria criteria, Found one) {
        return one.sequenceNr() <= criteria.maxSequenceNr()
                && one.sequenceNr() >= criteria.minSequenceNr()
                && one.timestamp() <= criteria.maxTimestamp()
                && one.timestamp() >= criteria.minTimestamp();
    }
}
