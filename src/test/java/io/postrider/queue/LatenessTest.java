package io.postrider.queue;

import static io.postrider.queue.QueueFixture.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.egress.FromConnection;
import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection;
import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Delayed;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Result;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.SendersTold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LatenessTest {

    private static final Config CONFIG = ConfigFactory.parseString("pekko.actor.provider = local")
            .withFallback(EventSourcedBehaviorTestKit.config())
            .withFallback(ConfigFactory.parseResources("pekko.conf"))
            .withFallback(ConfigFactory.load());
    private static final ActorTestKit KIT = ActorTestKit.create("lateness", CONFIG);

    private QueueFixture world;
    private EventSourcedBehaviorTestKit<DomainQueue.Input, QueueEvent, QueueState> queue;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void start() {
        start("postrider.reports.delay-after = 4h");
    }

    private void start(String own) {
        world = new QueueFixture(KIT);
        queue = EventSourcedBehaviorTestKit.create(
                KIT.system(),
                DomainQueue.create(DOMAIN, world.ports(own), world.refs()),
                EventSourcedBehaviorTestKit.disabledSerializationSettings());
        queue.clear();
    }

    @Test
    void tellsASenderOnceOfMailThatIsStillTriedAfterSomeHours() {
        MessageId id = offer(3, Optional.empty());
        world.pass(Duration.ofHours(1));
        pull();
        outcome(id, Kind.DEFERRED, 0, 2);
        pass(Duration.ofMinutes(179));
        assertThat(world.late).isEmpty();

        pass(Duration.ofMinutes(2));

        assertThat(world.late)
                .singleElement()
                .satisfies(asked -> assertThat(asked).singleElement().satisfies(late -> {
                    assertThat(late.message()).isEqualTo(id);
                    assertThat(late.positions()).containsExactly(0, 2);
                    assertThat(late.last()).isEqualTo(QueueFixture.reply(Kind.DEFERRED));
                    assertThat(late.triedUntil()).isEqualTo(QueueFixture.START.plus(Duration.ofDays(5)));
                    assertThat(late.at()).isEqualTo(world.now);
                }));
        assertThat(run(new SendersTold(List.of(id)))).containsExactly(new Delayed(List.of(id), world.now));
        pass(Duration.ofHours(9));
        assertThat(world.late).hasSize(1);
    }

    @Test
    void tellsOfMailForServersThatDoNotAnswer() {
        offer(1, Optional.empty());
        run(new QueueCommand.Connection(new FromConnection.AllHostsFailed(
                world.spawned().getLast(), io.postrider.mail.Reply.of(451, "4.4.1", "no host answered"))));

        pass(Duration.ofHours(5));

        assertThat(world.late.get(0).get(0).last().toString())
                .contains("No server could be reached", "no host answered");
    }

    @Test
    void remembersWhoWasToldInEventsAndSnapshots() {
        start("postrider.reports.delay-after = 4h\npostrider.queue.snapshot-bytes = 1");
        MessageId id = offer(1, Optional.empty());
        pass(Duration.ofHours(5));
        run(new SendersTold(List.of(id)));

        queue.restart();
        pass(Duration.ofMinutes(2));

        assertThat(world.late).hasSize(1);
        QueueState copy = QueueSnapshot.of(queue.getState()).toState();
        assertThat(copy.entries.isTold(copy.entries.find(id))).isTrue();
    }

    @Test
    void asksAgainForWhatWasNotToldBeforeARestart() {
        offer(1, Optional.empty());
        pass(Duration.ofHours(5));

        queue.restart();
        pass(Duration.ofMinutes(2));

        assertThat(world.late).hasSize(2);
    }

    @Test
    void asksAgainAMinuteLaterForWhatCouldNotBeTold() {
        offer(1, Optional.empty());
        pass(Duration.ofHours(5));
        run(new SendersTold(List.of()));
        assertThat(world.late).hasSize(1);

        pass(Duration.ofMinutes(1));

        assertThat(world.late).hasSize(2);
    }

    @Test
    void hasABoundedNumberUnderWayAndComesToAll() {
        start("postrider.reports { delay-after = 4h, max-under-way = 2 }");
        for (int i = 0; i < 5; i++) {
            offer(1, Optional.empty());
        }
        pass(Duration.ofHours(5));
        assertThat(world.late).singleElement().satisfies(asked -> assertThat(asked)
                .hasSize(2));

        for (int i = 0; i < 3; i++) {
            run(new SendersTold(
                    world.late.getLast().stream().map(LateMessage::message).toList()));
        }

        assertThat(world.late.stream()
                        .flatMap(List::stream)
                        .map(LateMessage::message)
                        .distinct())
                .hasSize(5);
    }

    @Test
    void takesWhatIsHeldBackOnPurposeForOnTime() {
        offer(1, Optional.of(QueueFixture.START.plus(Duration.ofDays(1))));

        pass(Duration.ofHours(5));

        assertThat(world.late).isEmpty();
    }

    @Test
    void tellsNobodyUnlessAskedTo() {
        start("");
        offer(1, Optional.empty());

        pass(Duration.ofDays(2));

        assertThat(world.late).isEmpty();
    }

    private MessageId offer(int recipients, Optional<Instant> notBefore) {
        MessageId id = world.id();
        Instant expires = QueueFixture.START.plus(Duration.ofDays(5));
        HandedOver message = new HandedOver(id, recipients, notBefore, expires, "", "", "", "default", 10, false);
        run(new Offer(
                List.of(message),
                false,
                world.now,
                KIT.<QueueCommand.OfferAck>createTestProbe().ref()));
        return id;
    }

    private void pull() {
        ActorRef<ToConnection> connection = world.spawned().getLast();
        run(new QueueCommand.Connection(new FromConnection.Pull(connection, 1)));
    }

    /** The one at position 1 is delivered. */
    private void outcome(MessageId id, Kind kind, int... positions) {
        List<Result> results =
                new ArrayList<>(QueueFixture.outcome(id, 1, kind, positions).results());
        results.add(new Result(1, Kind.DELIVERED, QueueFixture.reply(Kind.DELIVERED), false));
        MessageOutcome outcome = new MessageOutcome(id, 1, Optional.of(QueueFixture.VIA), results);
        ActorRef<ToConnection> connection = world.spawned().getLast();
        run(new QueueCommand.Connection(new FromConnection.Outcomes(connection, List.of(outcome))));
    }

    private void pass(Duration time) {
        world.pass(time);
        run(new QueueCommand.Tick());
    }

    private List<QueueEvent> run(QueueCommand command) {
        return queue.runCommand(world.work(command)).events();
    }
}
