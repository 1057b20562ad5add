package io.postrider.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Filter;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * The open RocksDB with all that it owns outside the heap: one write buffer manager and one block cache for every
 * family, the memtables charged to the cache, so that {@code block-cache} bounds nearly all of it.
 *
 * <p>After a crash the log is replayed up to the first record that is not whole (point in time recovery). What lies
 * before the last sync is whole, so nothing that was answered for is behind that point; what a power cut tore lies after
 * it, also when its pages reached the disk out of order, which a stricter mode would refuse to start over. Damage in
 * front of data that was flushed to tables is still an error at the start.
 */
final class Rocks implements Disk, AutoCloseable {

    private static final long MIB = 1024 * 1024;

    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    private final Map<Family, Table> tables = new HashMap<>();
    private final RocksDB db;
    private final WriteOptions syncedWrite = own(new WriteOptions().setSync(true));
    private final WriteOptions unsyncedWrite = own(new WriteOptions().setSync(false));

    private Rocks(Path directory, StoreSettings settings, List<Family> families) throws RocksDBException {
        Cache cache = own(new LRUCache(settings.blockCacheBytes()));
        Filter filter = own(new BloomFilter(10));
        DBOptions options = own(databaseOptions(settings));
        options.setWriteBufferManager(own(new WriteBufferManager(settings.writeBufferBytes(), cache)));
        BlockBasedTableConfig format = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(filter)
                .setBlockSize(16 * 1024)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true);

        Map<String, Family> wanted = familiesByName(directory, families);
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (Family family : wanted.values()) {
            ColumnFamilyOptions familyOptions = own(
                    switch (family.kind()) {
                        case ROWS -> rows();
                        case BODIES -> bodies(settings);
                    });
            familyOptions.setTableFormatConfig(format);
            descriptors.add(new ColumnFamilyDescriptor(family.name().getBytes(StandardCharsets.UTF_8), familyOptions));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        db = own(RocksDB.open(options, directory.toString(), descriptors, handles));
        int next = 0;
        for (Family family : wanted.values()) {
            tables.put(family, new Table(family.name(), own(handles.get(next++))));
        }
    }

    static Rocks open(Path directory, StoreSettings settings, List<Family> families) {
        RocksDB.loadLibrary();
        try {
            Files.createDirectories(directory);
            return new Rocks(directory, settings, families);
        } catch (RocksDBException e) {
            throw new StoreFailed("cannot open the store in " + directory.toAbsolutePath() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory " + directory.toAbsolutePath(), e);
        }
    }

    private static DBOptions databaseOptions(StoreSettings settings) {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setMaxTotalWalSize(settings.maxWalBytes())
                .setMaxBackgroundJobs(settings.backgroundJobs())
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setMaxOpenFiles(512)
                .setBytesPerSync(MIB)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(3)
                .setMaxLogFileSize(4 * MIB)
                .setStatsDumpPeriodSec(0);
    }

    private static ColumnFamilyOptions rows() {
        return new ColumnFamilyOptions()
                .setWriteBufferSize(16 * MIB)
                .setMaxWriteBufferNumber(3)
                .setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    /** A body that is settled before its memtable is flushed never reaches a blob file. */
    private static ColumnFamilyOptions bodies(StoreSettings settings) {
        return new ColumnFamilyOptions()
                .setWriteBufferSize(settings.bodyMemtableBytes())
                .setMaxWriteBufferNumber(3)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setEnableBlobFiles(true)
                .setMinBlobSize(1024)
                .setBlobFileSize(64 * MIB)
                .setBlobCompressionType(CompressionType.LZ4_COMPRESSION)
                .setEnableBlobGarbageCollection(true)
                .setBlobGarbageCollectionAgeCutoff(0.5)
                .setBlobGarbageCollectionForceThreshold(0.7);
    }

    /** The families asked for, and those that an earlier version left: RocksDB opens all of them or none. */
    private static Map<String, Family> familiesByName(Path directory, List<Family> families) throws RocksDBException {
        Map<String, Family> byName = new LinkedHashMap<>();
        byName.put("default", Family.rows("default"));
        for (Family family : families) {
            if (byName.put(family.name(), family) != null) {
                throw new IllegalArgumentException("expected one family named " + family.name() + ", but got two");
            }
        }
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, directory.toString())) {
                String text = new String(name, StandardCharsets.UTF_8);
                byName.putIfAbsent(text, Family.rows(text));
            }
        }
        return byName;
    }

    RocksDB db() {
        return db;
    }

    Table table(Family family) {
        Table table = tables.get(family);
        if (table == null) {
            throw new IllegalArgumentException(
                    "expected a family that the store was opened with, but got " + family.name());
        }
        return table;
    }

    @Override
    public void write(List<Writes> writes, boolean sync) throws IOException {
        long bytes = 0;
        for (Writes one : writes) {
            bytes += one.sizeBytes();
        }
        try (WriteBatch batch = new WriteBatch((int) Math.min(bytes + 64, Integer.MAX_VALUE))) {
            for (Writes one : writes) {
                one.into(batch);
            }
            db.write(sync ? syncedWrite : unsyncedWrite, batch);
        } catch (RocksDBException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void sync() throws IOException {
        try {
            db.syncWal();
        } catch (RocksDBException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private <T extends AutoCloseable> T own(T resource) {
        natives.push(resource);
        return resource;
    }

    /** Closes in the opposite order of opening: handles, database, options, cache. */
    @Override
    public void close() {
        db.cancelAllBackgroundWork(true);
        for (AutoCloseable resource : natives) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new StoreFailed("cannot close the store", e);
            }
        }
        natives.clear();
    }
}
