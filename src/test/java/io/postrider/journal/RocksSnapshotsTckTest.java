package io.postrider.journal;

import com.typesafe.config.ConfigFactory;
import io.postrider.store.TemporaryStore;
import org.apache.pekko.persistence.CapabilityFlag;
import org.apache.pekko.persistence.japi.snapshot.JavaSnapshotStoreSpec;
import org.junit.runner.RunWith;
import org.scalatestplus.junit.JUnitRunner;

/** Pekko's own contract for snapshot stores; it wants more than the newest one kept. */
@RunWith(JUnitRunner.class)
public class RocksSnapshotsTckTest extends JavaSnapshotStoreSpec {

    private static final long serialVersionUID = 1L;

    private final transient TemporaryStore temporary = TemporaryStore.with(StoreExtension.FAMILIES);

    public RocksSnapshotsTckTest() {
        super(
                ConfigFactory.parseString(
                        """
                pekko.persistence.snapshot-store.plugin = postrider.snapshots
                postrider.snapshots.keep = 10
                """));
    }

    @Override
    public void beforeAll() {
        StoreExtension.of(system()).use(temporary.store());
        super.beforeAll();
    }

    @Override
    public void afterAll() {
        super.afterAll();
        temporary.close();
    }

    @Override
    public CapabilityFlag supportsSerialization() {
        return CapabilityFlag.on();
    }
}
