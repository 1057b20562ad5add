package io.postrider;

import com.typesafe.config.Config;
import io.postrider.journal.StoreExtension;
import io.postrider.metrics.Meters;
import io.postrider.record.Records;
import io.postrider.spool.IdempotencySettings;
import io.postrider.spool.RocksReservations;
import io.postrider.spool.RocksSpool;
import io.postrider.spool.RocksWakeIndex;
import io.postrider.spool.SpoolSettings;
import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.StoreSettings;
import io.postrider.sts.Policies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The data directory of a running node: the store with what lies on it, and the word of the process before, whether it
 * ended in order.
 *
 * @param afterCleanStop the process before stopped in order, or there was none
 */
record NodeStorage(
        Path directory,
        Store store,
        RocksSpool spool,
        RocksWakeIndex wakeIndex,
        RocksReservations reservations,
        boolean afterCleanStop)
        implements AutoCloseable {

    private static final String CLEAN = "stopped-in-order";

    /** Opens the store, which locks the directory, and counts what is in the spool: blocks. */
    static NodeStorage open(Config postrider, Meters meters, InstantSource clock) {
        Path directory = NodeSettings.from(postrider).dataDirectory();
        boolean isNew = !Files.exists(directory.resolve("store"));
        List<Family> families = new ArrayList<>();
        families.addAll(RocksSpool.FAMILIES);
        families.addAll(RocksWakeIndex.FAMILIES);
        families.addAll(RocksReservations.FAMILIES);
        families.addAll(StoreExtension.FAMILIES);
        families.addAll(Records.FAMILIES);
        families.addAll(Policies.FAMILIES);
        Store store = Store.open(directory, StoreSettings.from(postrider), families, new StoreMeters(meters));
        try {
            boolean clean = Files.deleteIfExists(directory.resolve(CLEAN)) || isNew;
            RocksSpool spool = RocksSpool.open(store, SpoolSettings.from(postrider));
            RocksWakeIndex wakeIndex = new RocksWakeIndex(store, clock.millis() * 1000);
            RocksReservations reservations = RocksReservations.open(store, IdempotencySettings.from(postrider));
            return new NodeStorage(directory, store, spool, wakeIndex, reservations, clean);
        } catch (IOException e) {
            store.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Leaves the word that the process ended in order; call it when nothing is on the wire any more. */
    void stoppedInOrder() {
        try {
            Files.writeString(directory.resolve(CLEAN), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
