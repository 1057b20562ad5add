package io.postrider.spool;

import java.util.List;

class MemorySpoolTest extends SpoolContract {

    private final MemorySpool spool = new MemorySpool();

    @Override
    Spool spool() {
        return spool;
    }

    @Override
    void release(List<ReferenceRelease> releases) {
        spool.release(releases);
    }

    @Override
    void forget() {}

    @Override
    long bodyRows() {
        return spool.bodies();
    }
}
