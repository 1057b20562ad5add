package io.postrider.queue;

import static io.postrider.queue.QueueFixture.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.egress.ToConnection;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand.Describe;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.OfferAck;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Queues under real sharding, on a cluster of one. */
class QueuesTest {

    private static final Config CONFIG = PersistenceTestKitPlugin.config()
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(ConfigFactory.parseResources("pekko.conf"))
            .withFallback(ConfigFactory.load());
    private static final ActorTestKit KIT = ActorTestKit.create("queues-of-one", CONFIG);
    private static final Domain SLEEPING = Domain.of("sleeping.example");

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void takeOffersWakeWhatIsDueAndDrain() throws Exception {
        QueueFixture world = new QueueFixture(KIT);
        world.due.add(SLEEPING);
        Cluster cluster = Cluster.get(KIT.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        TestProbe<OfferAck> acks = KIT.createTestProbe();
        MessageId id = world.id();

        Queues queues = Queues.start(KIT.system(), world.ports("postrider.queue.wake-interval = 50ms"));
        queues.tell(DOMAIN, new Offer(List.of(world.message(id, 1)), false, world.now, acks.ref()));

        assertThat(acks.receiveMessage(Duration.ofSeconds(20)).taken()).containsExactly(id);
        QueueView view = queues.ask(DOMAIN, Describe::new, Duration.ofSeconds(5))
                .toCompletableFuture()
                .get();
        assertThat(view.messages()).isEqualTo(1);
        acks.awaitAssert(Duration.ofSeconds(20), () -> {
            assertThat(world.board.isAwake(SLEEPING)).isTrue();
            return null;
        });

        var drained = queues.drain(Duration.ofMillis(300)).toCompletableFuture();
        assertThat(world.connections.fishForMessage(
                        Duration.ofSeconds(3),
                        message -> message instanceof ToConnection.Drain
                                ? org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes.complete()
                                : org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes.continueAndIgnore()))
                .isNotEmpty();
        drained.get();
    }
}
