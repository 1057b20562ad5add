package io.postrider.spool;

import io.postrider.store.TemporaryStore;
import io.postrider.store.Writes;
import org.junit.jupiter.api.AfterEach;

class RocksWakeIndexTest extends WakeIndexContract {

    private final TemporaryStore temporary = TemporaryStore.with(RocksWakeIndex.FAMILIES);
    private RocksWakeIndex index = new RocksWakeIndex(temporary.store(), 1);

    @AfterEach
    void close() {
        temporary.close();
    }

    @Override
    WakeIndex index() {
        return index;
    }

    @Override
    void settle(boolean restarted) {
        SpoolContract.get(temporary.store().write(new Writes()));
        if (restarted) {
            index = new RocksWakeIndex(temporary.reopen(), 1_000_000);
        }
    }
}
