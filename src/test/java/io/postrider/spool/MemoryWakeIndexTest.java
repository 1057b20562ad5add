package io.postrider.spool;

class MemoryWakeIndexTest extends WakeIndexContract {

    private final MemoryWakeIndex index = new MemoryWakeIndex();

    @Override
    WakeIndex index() {
        return index;
    }

    @Override
    void settle(boolean restarted) {}
}
