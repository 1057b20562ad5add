package io.postrider.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.postrider.store.Store;
import io.postrider.store.TemporaryStore;
import io.postrider.store.Writes;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotsTest {

    private static final ActorSystem SYSTEM = ActorSystem.create("SnapshotsTest", ConfigFactory.load());
    private static final Serialization SERIALIZATION = SerializationExtension.get(SYSTEM);

    private final TemporaryStore temporary = TemporaryStore.with(StoreExtension.FAMILIES);
    private final Snapshots snapshots = new Snapshots(temporary.store(), SERIALIZATION);

    @AfterEach
    void close() {
        temporary.close();
    }

    @AfterAll
    static void terminate() {
        TestKit.shutdownActorSystem(SYSTEM);
    }

    private static byte[] random(int bytes) {
        byte[] data = new byte[bytes];
        new Random(bytes).nextBytes(data);
        return data;
    }

    private List<Writes> parts(long sequenceNr, byte[] data) {
        return snapshots.save("a", sequenceNr, 1000 + sequenceNr, snapshots.serialize(data), 1);
    }

    private void write(List<Writes> parts) {
        parts.forEach(part -> temporary
                .store()
                .write(part)
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join());
    }

    private long chunks() {
        Store store = temporary.store();
        long[] count = {0};
        store.scanKeys(store.table(Snapshots.FAMILIES.get(1)), new byte[0], Rows.behindAll(), key -> {
            count[0]++;
            return true;
        });
        return count[0];
    }

    @Test
    void cutsALargeSnapshotIntoChunksAndSeveralWrites() {
        byte[] data = random(12 * Snapshots.CHUNK_BYTES + 5);

        List<Writes> parts = parts(1, data);
        write(parts);

        assertThat(parts).hasSizeGreaterThan(1);
        assertThat(chunks()).isEqualTo(13);
        assertThat(snapshots.find("a")).hasSize(1);
        assertThat(snapshots.load("a", snapshots.find("a").get(0))).isEqualTo(data);
    }

    @Test
    void keepsTheNewestOnly() {
        write(parts(1, random(2 * Snapshots.CHUNK_BYTES)));
        write(parts(2, random(10)));

        assertThat(snapshots.find("a")).hasSize(1);
        assertThat(snapshots.load("a", snapshots.find("a").get(0))).isEqualTo(random(10));
        assertThat(chunks()).isEqualTo(1);
    }

    @Test
    void stillHasTheOneBeforeWhenACrashTearsTheNext() {
        write(parts(1, random(10)));
        List<Writes> torn = parts(2, random(20 * Snapshots.CHUNK_BYTES));
        write(torn.subList(0, torn.size() - 1));

        assertThat(snapshots.find("a")).hasSize(1);
        assertThat(snapshots.load("a", snapshots.find("a").get(0))).isEqualTo(random(10));

        write(parts(3, random(10 * Snapshots.CHUNK_BYTES)));
        assertThat(snapshots.find("a").get(0).sequenceNr()).isEqualTo(3);
        assertThat(chunks()).isEqualTo(10);
    }

    @Test
    void replacesOneOfTheSameNumber() {
        write(snapshots.save("a", 1, 1, snapshots.serialize(random(3)), 1));
        write(snapshots.save("a", 1, 2, snapshots.serialize(random(4)), 1));

        assertThat(snapshots.load("a", snapshots.find("a").get(0))).isEqualTo(random(4));
        assertThat(chunks()).isEqualTo(1);
    }

    @Test
    void failsLoudlyWhenAChunkIsMissing() {
        write(parts(1, random(10)));
        Snapshots.Found found = snapshots.find("a").get(0);
        Writes writes = new Writes();
        snapshots.delete(writes, "a", found);
        write(List.of(writes));

        assertThatThrownBy(() -> snapshots.load("a", found)).hasMessageContaining("missing");
    }

    @Test
    void namesTheKeyThatIsOutOfRange() {
        assertThat(JournalSettings.from(ConfigFactory.load().getConfig("postrider")))
                .isEqualTo(new JournalSettings(1));
        assertThatThrownBy(() -> new JournalSettings(0)).hasMessageStartingWith("postrider.snapshots.keep:");
    }
}
