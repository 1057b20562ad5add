package io.postrider.queue;

import static io.postrider.queue.QueueFixture.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.egress.FromConnection;
import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection;
import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Ending;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Reported;
import io.postrider.event.QueueEvent.Rested;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.OfferAck;
import io.postrider.queue.QueueCommand.ReportsMade;
import io.postrider.record.RecorderProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A report that a queue owes is state: nothing but its acceptance ends it. */
class ReportsOwedTest {

    private static final Config CONFIG = ConfigFactory.parseString("pekko.actor.provider = local")
            .withFallback(EventSourcedBehaviorTestKit.config())
            .withFallback(ConfigFactory.parseResources("pekko.conf"))
            .withFallback(ConfigFactory.load());
    private static final ActorTestKit KIT = ActorTestKit.create("reports", CONFIG);

    private QueueFixture world;
    private EventSourcedBehaviorTestKit<DomainQueue.Input, QueueEvent, QueueState> queue;
    private TestProbe<OfferAck> acks;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void start() {
        start("");
    }

    private void start(String own) {
        world = new QueueFixture(KIT);
        acks = KIT.createTestProbe();
        queue = EventSourcedBehaviorTestKit.create(
                KIT.system(),
                DomainQueue.create(DOMAIN, world.ports(own), world.refs()),
                EventSourcedBehaviorTestKit.disabledSerializationSettings());
        queue.clear();
    }

    @Test
    void asksForAReportOnWhatFailedAndForgetsTheMessageOnlyAfterIt() {
        MessageId id = bounced(true, 0, 2).get(0);

        assertThat(world.asked).singleElement().satisfies(asked -> {
            assertThat(asked.owed()).singleElement().satisfies(owed -> {
                assertThat(owed.message()).isEqualTo(id);
                assertThat(owed.positions()).containsExactly(0, 2);
                assertThat(owed.via()).contains(QueueFixture.VIA);
                assertThat(owed.at()).isEqualTo(world.now);
            });
        });
        run(recorded(2));
        assertThat(queue.getState().knows(id)).isTrue();

        List<QueueEvent> events = run(made(new Report(id, List.of(0, 2), Ending.QUEUED)));

        assertThat(events)
                .containsExactly(new Reported(List.of(new Report(id, List.of(0, 2), Ending.QUEUED)), world.now));
        assertThat(queue.getState().knows(id)).isTrue();
        run(recorded(3));
        assertThat(queue.getState().knows(id)).isFalse();
    }

    @Test
    void owesNothingForWhatNobodyWantsToHearOf() {
        bounced(false, 0, 1);

        assertThat(world.asked).isEmpty();
        assertThat(queue.getState().owed.isEmpty()).isTrue();
    }

    @Test
    void owesAReportOnWhatExpiresAndNoneOnWhatIsCancelled() {
        MessageId expiring = offer(1).get(0);
        world.pass(Duration.ofDays(6));
        run(new QueueCommand.Tick());
        MessageId cancelled = offer(1).get(0);
        run(new QueueCommand.Cancel(
                Selector.ALL,
                "",
                false,
                KIT.<QueueCommand.Matched>createTestProbe().ref()));
        run(new QueueCommand.Tick());

        assertThat(queue.getState().entries.find(cancelled)).isNegative();
        assertThat(queue.getState().owed.all()).extracting(OwedReport::message).containsExactly(expiring);
    }

    @Test
    void asksAgainAfterARestartAndAfterASnapshot() {
        start("postrider.queue.snapshot-bytes = 1");
        MessageId id = bounced(true, 0).get(0);
        world.asked.clear();

        queue.restart();
        run(new QueueCommand.Tick());

        assertThat(world.asked).singleElement().satisfies(asked -> assertThat(asked.owed())
                .extracting(OwedReport::message)
                .containsExactly(id));
        assertThat(QueueSnapshot.of(queue.getState()).toState().owed.all())
                .containsExactlyElementsOf(queue.getState().owed.all());
    }

    @Test
    void asksAgainASecondLaterForWhatFailed() {
        bounced(true, 0);
        assertThat(world.asked).hasSize(1);

        run(new ReportsMade(1, List.of()));
        assertThat(world.asked).hasSize(1);
        assertThat(lastReady().nextNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
        world.pass(Duration.ofSeconds(1));
        run(new QueueCommand.Tick());

        assertThat(world.asked).hasSize(2);
    }

    @Test
    void hasABoundedNumberUnderWay() {
        start("postrider.reports.max-under-way = 2");
        List<MessageId> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.addAll(bounced(true, 0));
        }
        assertThat(world.asked).singleElement().satisfies(asked -> assertThat(asked.owed())
                .hasSize(1));

        run(made(new Report(ids.get(0), List.of(0), Ending.QUEUED)));

        assertThat(world.asked.get(1).owed()).extracting(OwedReport::message).containsExactly(ids.get(1), ids.get(2));
    }

    @Test
    void sendsNothingWhileItOwesTooMany() {
        start("postrider.reports.max-owed = 1");
        MessageId id = bounced(true, 0).get(0);
        offer(1);
        run(pull(connection(), 5));
        assertThat(view().onWire()).isZero();

        run(made(new Report(id, List.of(0), Ending.SUPPRESSED)));

        assertThat(view().onWire()).isEqualTo(1);
    }

    @Test
    void doesNotRestBeforeTheReportIsMade() {
        start("postrider.queue { awake = 1, rest-after = 2s }");
        world.board.woke(DOMAIN, KIT.<QueueCommand>createTestProbe().ref());
        world.board.woke(
                io.postrider.mail.Domain.of("other.example"),
                KIT.<QueueCommand>createTestProbe().ref());
        MessageId id = bounced(true, 0).get(0);
        run(recorded(2));
        run(new QueueCommand.ConnectionEnded(connection()));
        world.pass(Duration.ofMinutes(1));
        assertThat(run(new QueueCommand.Tick())).isEmpty();

        run(made(new Report(id, List.of(0), Ending.QUEUED)));
        run(recorded(3));
        world.pass(Duration.ofMinutes(1));

        assertThat(run(new QueueCommand.Tick())).containsExactly(new Rested(world.now));
    }

    @Test
    void tellsTheReportsOfOneMessageApart() {
        MessageId id = offer(3).get(0);
        run(pull(connection(), 1));
        run(outcomes(
                connection(),
                new MessageOutcome(
                        id,
                        1,
                        Optional.of(QueueFixture.VIA),
                        List.of(
                                result(Kind.BOUNCED, 1, true),
                                result(Kind.DEFERRED, 0, false),
                                result(Kind.DELIVERED, 2, true)))));
        world.pass(Duration.ofHours(1));
        run(new QueueCommand.Tick());
        run(pull(connection(), 1));
        run(outcomes(
                connection(),
                new MessageOutcome(id, 2, Optional.of(QueueFixture.VIA), List.of(result(Kind.BOUNCED, 0, true)))));

        assertThat(queue.getState().owed.all()).extracting(OwedReport::first).containsExactly(1, 0);
        run(made(new Report(id, List.of(1, 2), Ending.QUEUED)));
        assertThat(queue.getState().owed.all()).extracting(OwedReport::first).containsExactly(0);
        assertThat(queue.getState().settled).isEmpty();
        run(made(new Report(id, List.of(0), Ending.WAIVED)));

        assertThat(queue.getState().settled).containsOnlyKeys(id);
    }

    /** A message whose recipients at these positions, all it has, bounce. */
    private List<MessageId> bounced(boolean report, int... positions) {
        int recipients = positions[positions.length - 1] + 1;
        List<MessageId> ids = offer(recipients);
        run(pull(connection(), 1));
        List<Result> results = new ArrayList<>();
        for (int position = 0; position < recipients; position++) {
            int at = position;
            boolean asked = Arrays.stream(positions).anyMatch(one -> one == at);
            results.add(result(asked ? Kind.BOUNCED : Kind.DELIVERED, position, asked && report));
        }
        List<QueueEvent> events =
                run(outcomes(connection(), new MessageOutcome(ids.get(0), 1, Optional.of(QueueFixture.VIA), results)));
        assertThat(events).anyMatch(event -> event instanceof Settled);
        return ids;
    }

    private static Result result(Kind kind, int position, boolean report) {
        return new Result(position, kind, QueueFixture.reply(kind), false, report);
    }

    private List<MessageId> offer(int recipients) {
        MessageId id = world.id();
        HandedOver message = new HandedOver(
                id, recipients, Optional.empty(), world.now.plus(Duration.ofDays(5)), "", "", "", "default", 10, false);
        run(new Offer(List.of(message), false, world.now, acks.ref()));
        return List.of(id);
    }

    private List<QueueEvent> run(QueueCommand command) {
        return queue.runCommand(world.work(command)).events();
    }

    private static ReportsMade made(Report... reports) {
        return new ReportsMade(reports.length, List.of(reports));
    }

    private ActorRef<ToConnection> connection() {
        return world.spawned().getLast();
    }

    private static QueueCommand pull(ActorRef<ToConnection> connection, int max) {
        return new QueueCommand.Connection(new FromConnection.Pull(connection, max));
    }

    private static QueueCommand outcomes(ActorRef<ToConnection> connection, MessageOutcome outcome) {
        return new QueueCommand.Connection(new FromConnection.Outcomes(connection, List.of(outcome)));
    }

    private static QueueCommand recorded(long upTo) {
        return new QueueCommand.Recorded(
                new RecorderProtocol.Recorded(DomainQueue.persistenceId(DOMAIN), upTo, List.of()));
    }

    private QueueView view() {
        TestProbe<QueueView> probe = KIT.createTestProbe();
        run(new QueueCommand.Describe(probe.ref()));
        return probe.receiveMessage();
    }

    private Gatherer.Ready lastReady() {
        QueueCommand.Wake end = new QueueCommand.Wake();
        world.gatherer.ref().tell(end);
        QueueCommand command = world.gatherer.receiveMessage();
        Optional<Gatherer.Ready> last = Optional.empty();
        while (command != end) {
            last = command instanceof Gatherer.Ready ready ? Optional.of(ready) : last;
            command = world.gatherer.receiveMessage();
        }
        return last.orElseThrow();
    }
}
