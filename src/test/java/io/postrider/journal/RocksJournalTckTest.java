package io.postrider.journal;

import com.typesafe.config.ConfigFactory;
import io.postrider.store.TemporaryStore;
import org.apache.pekko.persistence.CapabilityFlag;
import org.apache.pekko.persistence.japi.journal.JavaJournalSpec;
import org.junit.runner.RunWith;
import org.scalatestplus.junit.JUnitRunner;

/** Pekko's own contract for journals. */
@RunWith(JUnitRunner.class)
public class RocksJournalTckTest extends JavaJournalSpec {

    private static final long serialVersionUID = 1L;

    private final transient TemporaryStore temporary = TemporaryStore.with(StoreExtension.FAMILIES);

    public RocksJournalTckTest() {
        super(ConfigFactory.parseString("pekko.persistence.journal.plugin = postrider.journal"));
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
    public CapabilityFlag supportsRejectingNonSerializableObjects() {
        return CapabilityFlag.on();
    }

    @Override
    public CapabilityFlag supportsSerialization() {
        return CapabilityFlag.on();
    }
}
