package io.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.store.TemporaryStore;
import io.postrider.store.Writes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RocksSpoolTest extends SpoolContract {

    private static final SpoolSettings SETTINGS = new SpoolSettings(1 << 20);

    private TemporaryStore temporary;
    private RocksSpool spool;

    @BeforeEach
    void open() {
        temporary = TemporaryStore.with(RocksSpool.FAMILIES);
        spool = RocksSpool.open(temporary.store(), SETTINGS);
    }

    @AfterEach
    void close() {
        temporary.close();
    }

    @Override
    Spool spool() {
        return spool;
    }

    @Override
    void release(List<ReferenceRelease> releases) {
        Writes writes = new Writes();
        spool.release(writes, releases);
        get(temporary.store().writeLazily(writes));
    }

    @Override
    void forget() {
        spool = RocksSpool.open(temporary.reopen(), SETTINGS);
    }

    @Override
    long bodyRows() {
        List<byte[]> keys = new ArrayList<>();
        temporary
                .store()
                .scanKeys(
                        temporary.store().table(RocksSpool.FAMILIES.get(0)), new byte[0], Keys.behindAll(), keys::add);
        return keys.size();
    }

    @Test
    void answersAtOnceForWhatWasJustAccepted() {
        Spool.Message message = message(text("a"), FIRST);
        get(spool.accept(message));

        assertThat(spool.load(FIRST, List.of(message.id())).toCompletableFuture())
                .isDone();
        assertThat(spool.references(FIRST, List.of(message.id())).toCompletableFuture())
                .isDone();
    }

    @Test
    void releasesTheBodyAlsoWhenTheReleasesOfItsReferencesCross() {
        Spool.Message message = message(text("a"), FIRST, SECOND);
        get(spool.accept(message));
        Writes first = new Writes();
        Writes second = new Writes();

        spool.release(first, List.of(new ReferenceRelease(FIRST, message.id(), 2)));
        spool.release(second, List.of(new ReferenceRelease(SECOND, message.id(), 2)));
        get(temporary.store().write(second));
        get(temporary.store().write(first));

        assertThat(bodyRows()).isZero();
        assertThat(get(spool.counts())).isEqualTo(new Spool.Counts(0, 0));
    }
}
