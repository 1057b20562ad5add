package io.postrider.store;

import org.rocksdb.ColumnFamilyHandle;

/** A family of an open store: what reads and writes name. Of no use after the store is closed. */
public final class Table {

    private final String name;
    private final ColumnFamilyHandle handle;

    Table(String name, ColumnFamilyHandle handle) {
        this.name = name;
        this.handle = handle;
    }

    ColumnFamilyHandle handle() {
        return handle;
    }

    @Override
    public String toString() {
        return name;
    }
}
