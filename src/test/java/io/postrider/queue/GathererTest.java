package io.postrider.queue;

import static io.postrider.queue.QueueFixture.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand.Describe;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.OfferAck;
import io.postrider.record.RecorderProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GathererTest {

    private static final Config CONFIG = ConfigFactory.parseString("pekko.actor.provider = local")
            .withFallback(PersistenceTestKitPlugin.config())
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(ConfigFactory.parseResources("pekko.conf"))
            .withFallback(ConfigFactory.load());
    private static final ActorTestKit KIT = ActorTestKit.create("gatherers", CONFIG);
    private static final PersistenceTestKit JOURNAL = PersistenceTestKit.create(KIT.system());

    private final ConcurrentLinkedQueue<QueueCommand> redirected = new ConcurrentLinkedQueue<>();
    private QueueFixture world;
    private TestProbe<OfferAck> acks;
    private TestProbe<String> passivations;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void start() {
        JOURNAL.clearAll();
        JOURNAL.resetPolicy();
        world = new QueueFixture(KIT);
        acks = KIT.createTestProbe();
        passivations = KIT.createTestProbe();
    }

    @Test
    void mergesWhatCameDuringAPersistIntoOneWrite() {
        ActorRef<QueueCommand> gatherer = gatherer("");
        int offers = 200;

        for (int i = 0; i < offers; i++) {
            gatherer.tell(offer(world.id()));
        }
        List<OfferAck> answers = acks.receiveSeveralMessages(offers, Duration.ofSeconds(10));

        assertThat(answers).allSatisfy(ack -> assertThat(ack.taken()).hasSize(1));
        assertThat(JOURNAL.persistedInStorage(DomainQueue.persistenceId(DOMAIN)))
                .hasSizeLessThan(20);
    }

    @Test
    void refusesOffersBeyondItsBufferAtOnce() {
        ActorRef<QueueCommand> gatherer = gatherer("postrider.queue.buffer = 10");
        int offers = 1000;

        for (int i = 0; i < offers; i++) {
            gatherer.tell(offer(world.id()));
        }
        List<OfferAck> answers = acks.receiveSeveralMessages(offers, Duration.ofSeconds(10));

        assertThat(answers).hasSize(offers).anyMatch(ack -> ack.taken().isEmpty());
    }

    @Test
    void aQueueThatCannotBeReadIsParkedAndTriedAgain() {
        JOURNAL.failNextNReads(1);
        ActorRef<QueueCommand> gatherer = gatherer("");
        TestProbe<QueueView> views = KIT.createTestProbe();

        views.awaitAssert(() -> {
            gatherer.tell(new Describe(views.ref()));
            assertThat(views.receiveMessage().waitingFor()).isEqualTo(QueueView.WaitingFor.STORE);
            return null;
        });
        gatherer.tell(offer(world.id()));

        assertThat(acks.receiveMessage(Duration.ofSeconds(10)).taken()).hasSize(1);
    }

    @Test
    void aFailedWriteIsNotAcknowledgedAndTheQueueComesBack() {
        ActorRef<QueueCommand> gatherer = gatherer("");
        JOURNAL.failNextPersisted(DomainQueue.persistenceId(DOMAIN));
        MessageId id = world.id();

        gatherer.tell(offer(id));
        acks.expectNoMessage(Duration.ofMillis(200));
        gatherer.tell(offer(id));

        assertThat(acks.receiveMessage(Duration.ofSeconds(10)).taken()).containsExactly(id);
    }

    @Test
    void anUnusedQueueLeavesAndForwardsWhatCameMeanwhile() {
        ActorRef<QueueCommand> gatherer = gatherer("postrider.queue { linger = 1h, rest-after = 1ms }");
        gatherer.tell(new QueueCommand.Wake());
        TestProbe<Object> waiting = KIT.createTestProbe();
        waiting.awaitAssert(Duration.ofSeconds(5), () -> {
            world.pass(Duration.ofSeconds(1));
            passivations.receiveMessage(Duration.ofMillis(300));
            return null;
        });

        Offer late = offer(world.id());
        gatherer.tell(late);
        gatherer.tell(new Gatherer.Stop());

        waiting.expectTerminated(gatherer, Duration.ofSeconds(3));
        assertThat(redirected).containsExactly(late);
        assertThat(world.board.awake()).isZero();
    }

    @Test
    void survivesAMessageThatIsDueInYears() {
        ActorRef<QueueCommand> gatherer = gatherer("");
        java.time.Instant far = world.now.plus(Duration.ofDays(1000));
        HandedOver late = new HandedOver(
                world.id(), 1, java.util.Optional.of(far), far.plusSeconds(1), "", "", "", "default", 1, false);
        TestProbe<QueueView> views = KIT.createTestProbe();

        gatherer.tell(new Offer(List.of(late), false, world.now, acks.ref()));
        acks.receiveMessage();
        gatherer.tell(new Describe(views.ref()));

        assertThat(views.receiveMessage().nextAttempt()).contains(far);
    }

    @Test
    void tellsTheRecorderAfterThePersistAndAsksItAfterARecovery() {
        ActorRef<QueueCommand> gatherer = gatherer("");
        gatherer.tell(offer(world.id()));
        RecorderProtocol.Persisted persisted = world.recorder.receiveMessage();
        assertThat(persisted.firstSequenceNr()).isEqualTo(1);
        KIT.stop(gatherer);

        gatherer("");

        RecorderProtocol.Persisted asking = world.recorder.receiveMessage();
        assertThat(asking.firstSequenceNr()).isEqualTo(2);
        assertThat(asking.events()).isEmpty();
    }

    private ActorRef<QueueCommand> gatherer(String own) {
        Gatherer.Shard shard = new Gatherer.Shard() {
            @Override
            public void passivate(ActorRef<QueueCommand> gatherer) {
                passivations.ref().tell("passivate");
            }

            @Override
            public void redirect(QueueCommand command) {
                redirected.add(command);
            }
        };
        return KIT.spawn(Gatherer.create(DOMAIN, world.ports(own), shard));
    }

    private Offer offer(MessageId id) {
        return new Offer(new ArrayList<>(List.of(world.message(id, 1))), false, world.now, acks.ref());
    }
}
