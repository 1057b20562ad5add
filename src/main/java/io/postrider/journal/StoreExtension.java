package io.postrider.journal;

import io.postrider.store.Family;
import io.postrider.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;

/** Where the plugins, which Pekko creates by name, find the node's store. To be set before anything persists. */
public final class StoreExtension implements Extension {

    /** What the store is to be opened with. */
    public static final List<Family> FAMILIES =
            Stream.concat(Events.FAMILIES.stream(), Snapshots.FAMILIES.stream()).toList();

    private record Journal(Store store, Events events, Snapshots snapshots) {}

    private static final class Id extends AbstractExtensionId<StoreExtension> {
        @Override
        public StoreExtension createExtension(ExtendedActorSystem system) {
            return new StoreExtension(SerializationExtension.get(system));
        }
    }

    private static final Id ID = new Id();

    private final Serialization serialization;
    private volatile Optional<Journal> journal = Optional.empty();

    private StoreExtension(Serialization serialization) {
        this.serialization = serialization;
    }

    /** Also takes a typed system. */
    public static StoreExtension of(ClassicActorSystemProvider system) {
        ActorSystem classic = system.classicSystem();
        return ID.get(classic);
    }

    /** The store stays the caller's: it closes it when the system has ended. */
    public void use(Store store) {
        Journal made = new Journal(store, new Events(store, serialization), new Snapshots(store, serialization));
        journal = Optional.of(made);
    }

    Store store() {
        return journal().store();
    }

    Events events() {
        return journal().events();
    }

    Snapshots snapshots() {
        return journal().snapshots();
    }

    private Journal journal() {
        return journal.orElseThrow(() -> new IllegalStateException(
                "expected StoreExtension.of(system).use(store) before the first actor persists"));
    }
}
