package io.postrider.queue;

import static io.postrider.queue.QueueFixture.DOMAIN;
import static io.postrider.queue.QueueFixture.START;
import static io.postrider.queue.QueueFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.egress.Assignment;
import io.postrider.egress.FromConnection;
import io.postrider.egress.FromConnection.AllHostsFailed;
import io.postrider.egress.FromConnection.Connected;
import io.postrider.egress.FromConnection.GaveBack;
import io.postrider.egress.FromConnection.HeldBack;
import io.postrider.egress.FromConnection.Outcomes;
import io.postrider.egress.FromConnection.Pull;
import io.postrider.egress.ToConnection;
import io.postrider.egress.ToConnection.Pulled;
import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Rested;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.queue.QueueCommand.Cancel;
import io.postrider.queue.QueueCommand.CancelMessages;
import io.postrider.queue.QueueCommand.Describe;
import io.postrider.queue.QueueCommand.Matched;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.OfferAck;
import io.postrider.queue.QueueCommand.Resume;
import io.postrider.queue.QueueCommand.RetryNow;
import io.postrider.queue.QueueCommand.Suspend;
import io.postrider.queue.QueueCommand.Tick;
import io.postrider.queue.QueueView.Totals;
import io.postrider.queue.QueueView.WaitingFor;
import io.postrider.record.RecorderProtocol;
import io.postrider.spool.Labels;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import java.time.Duration;
import java.time.Instant;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DomainQueueTest {

    private static final Config CONFIG = ConfigFactory.parseString(
                    """
                    pekko.actor.provider = local
                    pekko.actor.serializers.postrider-queue = "io.postrider.queue.QueueSerializer"
                    pekko.actor.serialization-bindings {
                      "io.postrider.event.QueueEvent" = postrider-queue
                      "io.postrider.queue.QueueSnapshot" = postrider-queue
                    }
                    """)
            .withFallback(EventSourcedBehaviorTestKit.config())
            .withFallback(ConfigFactory.load());
    private static final ActorTestKit KIT = ActorTestKit.create("queues", CONFIG);
    private static final EventSourcedBehaviorTestKit.SerializationSettings SETTINGS =
            EventSourcedBehaviorTestKit.enabledSerializationSettings()
                    .withVerifyEquality(true)
                    .withVerifyCommands(false)
                    .withVerifyState(false);

    private QueueFixture world;
    private EventSourcedBehaviorTestKit<DomainQueue.Input, QueueEvent, QueueState> queue;
    private TestProbe<OfferAck> acks;
    private TestProbe<Matched> matched;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void start() {
        start("");
    }

    private void start(String own) {
        start(own, false);
    }

    private void start(String own, boolean afterCleanStop) {
        world = new QueueFixture(KIT);
        world.afterCleanStop = afterCleanStop;
        acks = KIT.createTestProbe();
        matched = KIT.createTestProbe();
        queue = EventSourcedBehaviorTestKit.create(
                KIT.system(), DomainQueue.create(DOMAIN, world.ports(own), world.refs()), SETTINGS);
        queue.clear();
    }

    @Test
    void acknowledgesWhatIsDurableAndWakesTheIndexFirst() {
        MessageId id = world.id();

        var result = queue.runCommand(offer(world.message(id, 2)));

        assertThat(result.events()).singleElement().isInstanceOf(Accepted.class);
        assertThat(acks.receiveMessage()).isEqualTo(new OfferAck(DOMAIN, List.of(id)));
        assertThat(world.wakes).containsExactly("put " + START);
        assertThat(world.recorder.receiveMessage().events()).isEqualTo(result.events());
    }

    @Test
    void answersARepeatedFirstOfferTheSameWithoutAnEvent() {
        MessageId id = world.id();
        queue.runCommand(offer(world.message(id, 1)));
        acks.receiveMessage();

        var result = queue.runCommand(offer(world.message(id, 1)));

        assertThat(result.hasNoEvents()).isTrue();
        assertThat(acks.receiveMessage().taken()).containsExactly(id);
    }

    @Test
    void asksTheSpoolAboutARepeatedOfferOfUnknownMessages() {
        MessageId done = world.id();
        MessageId marked = world.id();
        world.marked.add(marked);
        Offer offer = new Offer(List.of(world.message(done, 1), world.message(marked, 1)), true, world.now, acks.ref());

        queue.runCommand(world.work(offer));
        QueueCommand.Checked checked = fishChecked();
        var result = queue.runCommand(world.work(checked));

        Accepted accepted = (Accepted) result.events().get(0);
        assertThat(accepted.entries()).extracting(QueueEvent.Entry::id).containsExactly(marked);
        assertThat(acks.receiveMessage().taken()).containsExactly(done, marked);
    }

    @Test
    void delivers() {
        MessageId id = world.id();
        queue.runCommand(offer(world.message(id, 2)));
        ActorRef<ToConnection> connection = connection();

        var pull = queue.runCommand(world.work(pull(connection, 16)));
        Pulled pulled = world.connections.expectMessageClass(Pulled.class);
        var settled = queue.runCommand(world.work(outcomes(connection, outcome(id, 1, Kind.DELIVERED, 0, 1))));

        assertThat(pull.hasNoEvents()).isTrue();
        assertThat(pulled.tickets()).extracting(ToConnection.Ticket::id).containsExactly(id);
        assertThat(pulled.tickets().get(0).attempt()).isEqualTo(1);
        assertThat(settled.events()).singleElement().isInstanceOf(Settled.class);
        assertThat(world.connections.receiveMessage()).isEqualTo(new ToConnection.Recorded(1));
        assertThat(totals()).isEqualTo(new Totals(2, 2, 0, 0, 0));
        assertThat(view().unrecorded()).isEqualTo(1);
    }

    @Test
    void triesOnlyOpenRecipientsAgain() {
        MessageId id = world.id();
        queue.runCommand(offer(world.message(id, 3)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 1)));
        world.connections.receiveMessage();
        var mixed = new FromConnection.MessageOutcome(
                id,
                1,
                Optional.of(QueueFixture.VIA),
                List.of(
                        new QueueEvent.Result(0, Kind.DELIVERED, QueueFixture.reply(Kind.DELIVERED), false),
                        new QueueEvent.Result(1, Kind.DEFERRED, QueueFixture.reply(Kind.DEFERRED), false),
                        new QueueEvent.Result(2, Kind.BOUNCED, QueueFixture.reply(Kind.BOUNCED), false)));

        queue.runCommand(world.work(outcomes(connection, mixed), pull(connection, 1)));
        world.connections.receiveMessage();
        world.pass(Duration.ofMinutes(5));
        queue.runCommand(world.work(new Tick()));

        ToConnection.Ticket ticket =
                world.connections.expectMessageClass(Pulled.class).tickets().get(0);
        assertThat(ticket.openPositions()).containsExactly(1);
        assertThat(ticket.attempt()).isEqualTo(2);
        assertThat(totals()).isEqualTo(new Totals(3, 1, 1, 0, 0));
    }

    @Test
    void stillRetriesAfterARestart() {
        MessageId id = world.id();
        queue.runCommand(offer(world.message(id, 1)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 1)));
        nextPulled();
        world.random = 0.75;
        var deferred = queue.runCommand(world.work(outcomes(connection, outcome(id, 1, Kind.DEFERRED, 0))));
        Instant due = ((Deferred) deferred.events().get(0)).deferrals().get(0).due();

        queue.restart();
        queue.runCommand(world.work(new Tick()));

        assertThat(due).isEqualTo(START.plusMillis(315_000));
        assertThat(view().nextAttempt()).contains(due);
        world.pass(Duration.between(START, due).minusMillis(1));
        int before = world.spawned().size();
        queue.runCommand(world.work(new Tick()));
        assertThat(world.spawned()).hasSize(before);
        world.pass(Duration.ofMillis(1));
        queue.runCommand(world.work(new Tick()));
        queue.runCommand(world.work(pull(connection(), 1)));
        assertThat(nextPulled().tickets().get(0).attempt()).isEqualTo(2);
    }

    @Test
    void whatWasOnTheWireIsReadyAfterARestart() {
        MessageId id = world.id();
        queue.runCommand(offer(world.message(id, 1)));
        queue.runCommand(world.work(pull(connection(), 1)));
        world.connections.receiveMessage();

        queue.restart();
        queue.runCommand(world.work(new Tick()));

        assertThat(view().ready()).isEqualTo(1);
        queue.runCommand(world.work(pull(connection(), 1)));
        assertThat(nextPulled().tickets().get(0).attempt()).isEqualTo(1);
    }

    @Test
    void whatAConnectionLeavesBehindIsReady() {
        MessageId id = world.id();
        queue.runCommand(offer(world.message(id, 1)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 1)));

        queue.runCommand(world.work(new QueueCommand.ConnectionEnded(connection)));

        assertThat(view().ready()).isEqualTo(1);
        assertThat(view().onWire()).isZero();
    }

    @Test
    void backsOffWithoutBurningAnAttemptAndSendsOneProbe() {
        MessageId first = world.id();
        queue.runCommand(offer(world.message(first, 1), world.message(world.id(), 1), world.message(world.id(), 1)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 16)));
        List<MessageId> had = ids(nextPulled());
        Reply refused = Reply.of(451, "4.4.1", "no host answered");

        var failed = queue.runCommand(world.work(
                new QueueCommand.Connection(new AllHostsFailed(connection, refused)), gaveBack(connection, had)));
        queue.runCommand(world.work(pull(connection, 16)));

        assertThat(failed.events()).singleElement().isInstanceOf(QueueEvent.BackedOff.class);
        world.connections.expectNoMessage(Duration.ofMillis(50));
        assertThat(view().waitingFor()).isEqualTo(WaitingFor.BACKOFF);
        world.pass(Duration.ofMinutes(1));
        queue.runCommand(world.work(new Tick()));
        Pulled probe = nextPulled();
        assertThat(probe.tickets())
                .singleElement()
                .extracting(ToConnection.Ticket::attempt)
                .isEqualTo(1);
        var recovered = queue.runCommand(world.work(
                new QueueCommand.Connection(new Connected(connection, "site", "mx", "192.0.2.1")),
                pull(connection, 16)));
        assertThat(recovered.events()).singleElement().isInstanceOf(QueueEvent.Recovered.class);
        assertThat(nextPulled().tickets()).isNotEmpty();
    }

    @Test
    void mailWithOptionalTlsGoesOnWhileItsDomainIsBackedOff() {
        MessageId usual = world.id();
        queue.runCommand(offer(world.message(usual, 1)));
        ActorRef<ToConnection> failing = connection();
        queue.runCommand(world.work(pull(failing, 16)));
        nextPulled();
        Reply refused = Reply.of(451, "4.7.5", "the server is not whom it must be");
        queue.runCommand(world.work(
                new QueueCommand.Connection(new AllHostsFailed(failing, refused)),
                gaveBack(failing, List.of(usual)),
                new QueueCommand.ConnectionEnded(failing)));
        world.pass(Duration.ofSeconds(2));
        MessageId optional = world.id();

        queue.runCommand(offer(world.withOptionalTls(optional)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 16)));

        assertThat(ids(nextPulled())).containsExactly(optional);
        assertThat(world.assignments.getLast().tlsOptional()).isTrue();
        var delivered = queue.runCommand(world.work(
                new QueueCommand.Connection(new Connected(connection, "site", "mx", "192.0.2.1")),
                outcomes(connection, outcome(optional, 1, Kind.DELIVERED, 0))));
        assertThat(delivered.events()).singleElement().isInstanceOf(Settled.class);
        assertThat(view().waitingFor()).isEqualTo(WaitingFor.BACKOFF);
        queue.restart();
        world.pass(Duration.ofMinutes(1));
        queue.runCommand(world.work(new Tick()));
        assertThat(world.assignments.getLast().tlsOptional()).isFalse();
        queue.runCommand(world.work(pull(connection(), 16)));
        assertThat(ids(nextPulled())).containsExactly(usual);
    }

    @Test
    void aConnectionForMailWithOptionalTlsTakesNoPlaceFromTheProbeNorTheOtherWayRound() {
        start("postrider.queue.first-connections = 1");
        MessageId optional = world.id();
        queue.runCommand(offer(world.message(world.id(), 1)));
        ActorRef<ToConnection> failing = connection();
        queue.runCommand(world.work(
                new QueueCommand.Connection(new AllHostsFailed(failing, Reply.of(451, "4.4.1", "no host answered"))),
                new QueueCommand.ConnectionEnded(failing)));
        world.pass(Duration.ofMinutes(1));

        queue.runCommand(offer(world.withOptionalTls(optional)));

        assertThat(world.assignments.stream().skip(1).map(Assignment::tlsOptional))
                .containsExactlyInAnyOrder(true, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neitherMailWithOptionalTlsNorOtherMailWaitsUntilTheOtherEnds(boolean optional) {
        start("postrider.queue.connections-per-domain = 1");
        List<HandedOver> messages = List.of(world.message(world.id(), 1), world.withOptionalTls(world.id()));
        queue.runCommand(offer(messages.get(optional ? 0 : 1)));
        queue.runCommand(world.work(pull(connection(), 16)));

        queue.runCommand(offer(messages.get(optional ? 1 : 0)));

        assertThat(world.assignments.stream().map(Assignment::tlsOptional)).containsExactly(!optional, optional);
        queue.runCommand(offer(world.message(world.id(), 1), world.withOptionalTls(world.id())));
        assertThat(world.assignments).hasSize(2);
    }

    @Test
    void noPoolOfSourcesWaitsUntilTheMailOfAnotherEnds() {
        start("postrider.queue.connections-per-domain = 1");
        queue.runCommand(offer(world.message(world.id(), 1)));
        queue.runCommand(world.work(pull(connection(), 16)));
        Instant expires = START.plusSeconds(86400);

        queue.runCommand(offer(
                new HandedOver(world.id(), 1, Optional.empty(), expires, "", "", "", "other", 100, false),
                new HandedOver(world.id(), 1, Optional.empty(), expires, "", "", "", "other", 100, false)));

        assertThat(world.assignments.stream().map(Assignment::pool)).containsExactly("default", "other");
    }

    @Test
    void mailWithOptionalTlsStaysSoInASnapshot() {
        MessageId optional = world.id();
        queue.runCommand(offer(world.withOptionalTls(optional), world.message(world.id(), 1)));
        QueueState state = queue.getState();

        QueueState restored = QueueSnapshot.of(state).toState();

        assertThat(restored.lanes.all().stream().map(depth -> depth.lane))
                .containsExactlyElementsOf(
                        state.lanes.all().stream().map(depth -> depth.lane).toList())
                .anyMatch(Lane::tlsOptional)
                .anyMatch(lane -> !lane.tlsOptional());
    }

    @Test
    void suspendsALaneWithoutSpendingAttemptsAndOutlivesARestart() {
        MessageId held = world.id();
        MessageId free = world.id();
        queue.runCommand(
                offer(world.handedOver(held, 1, "acme", "spring"), world.handedOver(free, 1, "other", "spring")));
        Selector acme = new Selector(Optional.of("acme"), Optional.empty(), Optional.empty());

        queue.runCommand(world.work(new Suspend(acme, "complaints", Optional.empty(), false, matched.ref())));
        queue.restart();
        queue.runCommand(world.work(new Tick()));
        queue.runCommand(world.work(pull(connection(), 16)));

        assertThat(matched.receiveMessage()).isEqualTo(new Matched(DOMAIN, 1, 1, 0, true));
        assertThat(ids(nextPulled())).containsExactly(free);
        assertThat(view().held()).isEqualTo(1);
        queue.runCommand(world.work(pull(connection(), 16)));
        queue.runCommand(world.work(new Resume(acme, "solved", false, matched.ref())));
        Pulled resumed = nextPulled();
        assertThat(ids(resumed)).containsExactly(held);
        assertThat(resumed.tickets().get(0).attempt()).isEqualTo(1);
    }

    @Test
    void holdsWhatAConnectionFindsToBeOfASuspendedSender() {
        MessageId id = world.id();
        Selector sender = new Selector(Optional.empty(), Optional.empty(), Optional.of("Boss@Example.org"));
        queue.runCommand(world.work(new Suspend(sender, "asked", Optional.empty(), false, matched.ref())));
        queue.runCommand(offer(world.message(id, 1)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 16)));

        Pulled pulled = nextPulled();
        queue.runCommand(world.work(new QueueCommand.Connection(new HeldBack(connection, List.of(id)))));

        assertThat(pulled.suspendedSenders()).containsExactly("boss@example.org");
        assertThat(view().held()).isEqualTo(1);
        assertThat(view().waitingFor()).isEqualTo(WaitingFor.SUSPENDED);
        queue.runCommand(world.work(new Resume(sender, "done", false, matched.ref())));
        assertThat(view().ready()).isEqualTo(1);
    }

    @Test
    void aSuspensionEndsAtItsTime() {
        queue.runCommand(offer(world.message(world.id(), 1)));
        Optional<Instant> until = Optional.of(START.plusSeconds(60));
        queue.runCommand(world.work(new Suspend(Selector.ALL, "pause", until, false, matched.ref())));
        assertThat(view().waitingFor()).isEqualTo(WaitingFor.SUSPENDED);

        world.pass(Duration.ofSeconds(60));
        var resumed = queue.runCommand(world.work(new Tick()));

        assertThat(resumed.events()).singleElement().isInstanceOf(QueueEvent.Resumed.class);
        assertThat(view().suspensions()).isEmpty();
    }

    @Test
    void cancelsWhatIsNotOnTheWireAndTheWireWins() {
        MessageId onWire = world.id();
        MessageId waiting = world.id();
        queue.runCommand(offer(world.message(onWire, 1)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 1)));
        queue.runCommand(offer(world.message(waiting, 2)));
        world.pass(Duration.ofSeconds(1));

        queue.runCommand(world.work(new Cancel(Selector.ALL, "mistake", false, matched.ref())));
        queue.runCommand(world.work(new Tick()));
        assertThat(matched.receiveMessage()).isEqualTo(new Matched(DOMAIN, 2, 3, 1, true));
        assertThat(totals()).isEqualTo(new Totals(3, 0, 0, 0, 2));
        queue.runCommand(world.work(outcomes(connection, outcome(onWire, 1, Kind.DELIVERED, 0))));
        queue.runCommand(world.work(new Tick()));

        assertThat(totals()).isEqualTo(new Totals(3, 1, 0, 0, 2));
        assertThat(queue.getState().cancels).isEmpty();
    }

    @Test
    void cancelsNamedMessagesAtOnceButNotFromTheWireNorTwice() {
        MessageId onWire = world.id();
        MessageId waiting = world.id();
        MessageId other = world.id();
        MessageId stranger = world.id();
        queue.runCommand(offer(world.message(onWire, 1)));
        queue.runCommand(world.work(pull(connection(), 1)));
        queue.runCommand(offer(world.message(waiting, 2), world.message(other, 1)));
        TestProbe<QueueCommand.CancelledMessages> cancelled = KIT.createTestProbe();
        List<MessageId> ids = List.of(onWire, waiting, waiting, stranger);

        queue.runCommand(world.work(new CancelMessages(ids, "a mistake", cancelled.ref())));

        assertThat(cancelled.receiveMessage())
                .isEqualTo(new QueueCommand.CancelledMessages(DOMAIN, 2, 1, List.of(stranger)));
        assertThat(totals()).isEqualTo(new Totals(4, 0, 0, 0, 2));
        queue.restart();
        queue.runCommand(world.work(new CancelMessages(ids, "again", cancelled.ref())));
        assertThat(cancelled.receiveMessage())
                .isEqualTo(new QueueCommand.CancelledMessages(DOMAIN, 1, 0, List.of(waiting, stranger)));
        assertThat(totals()).isEqualTo(new Totals(4, 0, 0, 0, 3));
    }

    @Test
    void goesOnWithACancelAfterARestart() {
        queue.runCommand(offer(world.message(world.id(), 1)));
        world.pass(Duration.ofSeconds(1));
        queue.runCommand(world.work(new Cancel(Selector.ALL, "mistake", false, matched.ref())));

        queue.restart();
        queue.runCommand(world.work(new Tick()));

        assertThat(totals()).isEqualTo(new Totals(1, 0, 0, 0, 1));
    }

    @Test
    void retriesNow() {
        MessageId id = world.id();
        queue.runCommand(offer(world.message(id, 1)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 1)));
        queue.runCommand(world.work(outcomes(connection, outcome(id, 1, Kind.DEFERRED, 0))));
        assertThat(view().waitingFor()).isEqualTo(WaitingFor.NEXT_ATTEMPT);

        queue.runCommand(world.work(new RetryNow(Selector.ALL, "mended", false, matched.ref())));

        assertThat(view().ready()).isEqualTo(1);
    }

    @Test
    void expiresWhatWaitsIsReadyOrSuspended() {
        HandedOver ready = expiring(world.id(), "a");
        HandedOver held = expiring(world.id(), "b");
        Selector b = new Selector(Optional.of("b"), Optional.empty(), Optional.empty());
        queue.runCommand(offer(ready, held));
        queue.runCommand(world.work(new Suspend(b, "pause", Optional.empty(), false, matched.ref())));

        world.pass(Duration.ofSeconds(10));
        var expired = queue.runCommand(world.work(new Tick()));

        assertThat(expired.events()).singleElement().isInstanceOf(Settled.class);
        assertThat(totals()).isEqualTo(new Totals(2, 0, 0, 2, 0));
    }

    @Test
    void expiresWithTheLastReplyWhenTheNextAttemptWouldComeTooLate() {
        HandedOver message = expiring(world.id(), "a");
        queue.runCommand(offer(message));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 1)));
        var deferred = queue.runCommand(world.work(outcomes(connection, outcome(message.id(), 1, Kind.DEFERRED, 0))));
        assertThat(((Deferred) deferred.events().get(0)).deferrals().get(0).due())
                .isEqualTo(message.expiresAt());

        world.pass(Duration.ofSeconds(10));
        var expired = queue.runCommand(world.work(new Tick()));

        QueueEvent.Result result = ((Settled) expired.events().get(0))
                .settlements()
                .get(0)
                .results()
                .get(0);
        assertThat(result.kind()).isEqualTo(Kind.EXPIRED);
        assertThat(result.reply()).isEqualTo(QueueFixture.reply(Kind.DEFERRED));
    }

    @Test
    void aWrongClockExpiresNothing() {
        queue.runCommand(offer(expiring(world.id(), "a")));
        queue.runCommand(world.work(new Suspend(Selector.ALL, "pause", Optional.empty(), false, matched.ref())));

        world.now = world.now.plus(Duration.ofDays(400));
        var jumped = queue.runCommand(world.work(new Tick()));

        assertThat(jumped.hasNoEvents()).isTrue();
        assertThat(totals().expired()).isZero();
    }

    @Test
    void keepsToTheRateOfTheDomain() {
        start("postrider.egress.per-domain.default.rate = 60/minute");
        queue.runCommand(offer(world.message(world.id(), 1), world.message(world.id(), 1)));
        ActorRef<ToConnection> connection = connection();

        queue.runCommand(world.work(pull(connection, 16)));
        assertThat(nextPulled().tickets()).hasSize(1);
        queue.runCommand(world.work(pull(connection, 16)));
        world.connections.expectNoMessage(Duration.ofMillis(50));
        assertThat(view().waitingFor()).isEqualTo(WaitingFor.DOMAIN_RATE);
        world.pass(Duration.ofSeconds(1));
        queue.runCommand(world.work(new Tick()));

        assertThat(nextPulled().tickets()).hasSize(1);
    }

    @Test
    void waitsAWholeWindowAfterAnUncleanStop() {
        assertThat(firstTokenAfterARestart(false)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void waitsForOneTokenAfterACleanStop() {
        assertThat(firstTokenAfterARestart(true)).isEqualTo(Duration.ofSeconds(1));
    }

    private Duration firstTokenAfterARestart(boolean clean) {
        start("postrider.egress.per-domain.default.rate = 60/minute", clean);
        queue.runCommand(offer(world.message(world.id(), 1)));
        queue.restart();
        queue.runCommand(world.work(new Tick()));
        return Duration.ofNanos(lastReady().nextNanos());
    }

    @Test
    void cancelsBySender() {
        MessageId boss = world.id();
        MessageId other = world.id();
        world.references.put(boss, reference(boss, "boss@example.org"));
        world.references.put(other, reference(other, "clerk@example.org"));
        queue.runCommand(offer(world.message(boss, 1), world.message(other, 1)));
        world.pass(Duration.ofSeconds(1));
        Selector sender = new Selector(Optional.empty(), Optional.empty(), Optional.of("Boss@Example.org"));

        queue.runCommand(world.work(new Cancel(sender, "mistake", false, matched.ref())));
        queue.runCommand(world.work(new Tick()));
        var cancelled = queue.runCommand(world.work(fishSenders()));

        assertThat(matched.receiveMessage().exact()).isFalse();
        assertThat(((Settled) cancelled.events().get(0)).settlements())
                .extracting(QueueEvent.Settlement::id)
                .containsExactly(boss);
        assertThat(totals()).isEqualTo(new Totals(2, 0, 0, 0, 1));
    }

    private static Reference reference(MessageId id, String sender) {
        return new Reference(
                id,
                DOMAIN,
                Mailbox.of(sender),
                List.of(Recipient.of(0, Mailbox.of("someone@example.net"))),
                Labels.NONE,
                Optional.empty(),
                START.plusSeconds(86400),
                "",
                "test",
                "s1",
                100,
                Reference.Needs.NOTHING,
                "",
                "",
                1);
    }

    private QueueCommand fishSenders() {
        while (true) {
            if (world.gatherer.receiveMessage() instanceof QueueCommand.SendersRead read) {
                return read;
            }
        }
    }

    @Test
    void trimsAndRestsWhenAllIsRecorded() {
        start("postrider.queue.linger = 1s");
        MessageId id = world.id();
        queue.runCommand(offer(world.message(id, 1)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 1)));
        queue.runCommand(world.work(outcomes(connection, outcome(id, 1, Kind.DELIVERED, 0))));
        queue.runCommand(world.work(new QueueCommand.Connection(new FromConnection.Leaving(connection))));
        queue.runCommand(world.work(new QueueCommand.ConnectionEnded(connection), recorded(2)));
        queue.runCommand(world.work(new Tick()));

        world.pass(Duration.ofSeconds(1));
        var rested = queue.runCommand(world.work(new Tick()));

        assertThat(rested.events()).singleElement().isInstanceOf(Rested.class);
        world.gatherer.fishForMessage(
                Duration.ofSeconds(3),
                command -> command instanceof Tick
                        ? org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes.complete()
                        : org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes.continueAndIgnore());
        queue.runCommand(world.work(recorded(3)));
        assertThat(world.trims).last().isEqualTo(3L);
        assertThat(world.wakes).last().isEqualTo("remove");
        assertThat(QueueSnapshot.of(queue.getState()).bytes()).hasSizeLessThan(200);
    }

    @Test
    void restsAfterASilenceThatARecordBegan() {
        crowd("postrider.queue { awake = 1, rest-after = 5s }");
        ActorRef<ToConnection> connection = deliveredBy();
        queue.runCommand(world.work(new QueueCommand.ConnectionEnded(connection)));

        queue.runCommand(world.work(recorded(2)));

        assertRestsWhenTheTimerRings(Duration.ofSeconds(5));
    }

    @Test
    void restsAfterASilenceThatAConnectionsEndBegan() {
        crowd("postrider.queue { awake = 1, rest-after = 5s }");
        ActorRef<ToConnection> connection = deliveredBy();
        queue.runCommand(world.work(recorded(2)));

        queue.runCommand(world.work(new QueueCommand.ConnectionEnded(connection)));

        assertRestsWhenTheTimerRings(Duration.ofSeconds(5));
    }

    @Test
    void lingersWhereFewAreAwake() {
        start("postrider.queue { rest-after = 5s, linger = 1h }");
        ActorRef<ToConnection> connection = deliveredBy();
        queue.runCommand(world.work(recorded(2)));

        queue.runCommand(world.work(new QueueCommand.ConnectionEnded(connection)));

        assertRestsWhenTheTimerRings(Duration.ofHours(1));
    }

    /** Two queues of this node are awake, this one not counted. */
    private void crowd(String own) {
        start(own);
        world.board.woke(Domain.of("one.example"), world.gatherer.ref());
        world.board.woke(Domain.of("two.example"), world.gatherer.ref());
    }

    private ActorRef<ToConnection> deliveredBy() {
        MessageId id = world.id();
        queue.runCommand(offer(world.message(id, 1)));
        ActorRef<ToConnection> connection = connection();
        queue.runCommand(world.work(pull(connection, 1)));
        queue.runCommand(world.work(outcomes(connection, outcome(id, 1, Kind.DELIVERED, 0))));
        return connection;
    }

    /** Nobody says a word any more: all that still happens is what the queue itself asked its timer for. */
    private void assertRestsWhenTheTimerRings(Duration expected) {
        Gatherer.Ready last = lastReady();
        assertThat(Duration.ofNanos(last.nextNanos())).isEqualTo(expected);

        world.pass(expected);
        var rested = queue.runCommand(world.work(new Tick()));

        assertThat(rested.events()).singleElement().isInstanceOf(Rested.class);
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

    private QueueCommand.Checked fishChecked() {
        while (true) {
            if (world.gatherer.receiveMessage() instanceof QueueCommand.Checked checked) {
                return checked;
            }
        }
    }

    private Pulled nextPulled() {
        while (true) {
            if (world.connections.receiveMessage() instanceof Pulled pulled) {
                return pulled;
            }
        }
    }

    private HandedOver expiring(MessageId id, String tenant) {
        return new HandedOver(id, 1, Optional.empty(), START.plusSeconds(10), tenant, "", "", "default", 100, false);
    }

    private DomainQueue.Work offer(HandedOver... messages) {
        return world.work(new Offer(Arrays.asList(messages), false, world.now, acks.ref()));
    }

    /** The one that the queue opened last. */
    private ActorRef<ToConnection> connection() {
        return world.spawned(view().connections().getLast().name());
    }

    private static QueueCommand pull(ActorRef<ToConnection> connection, int max) {
        return new QueueCommand.Connection(new Pull(connection, max));
    }

    private static QueueCommand outcomes(ActorRef<ToConnection> connection, FromConnection.MessageOutcome... all) {
        return new QueueCommand.Connection(new Outcomes(connection, List.of(all)));
    }

    private static QueueCommand gaveBack(ActorRef<ToConnection> connection, List<MessageId> ids) {
        return new QueueCommand.Connection(new GaveBack(connection, ids));
    }

    private static QueueCommand recorded(long upTo) {
        return new QueueCommand.Recorded(
                new RecorderProtocol.Recorded(DomainQueue.persistenceId(DOMAIN), upTo, List.of()));
    }

    private static List<MessageId> ids(Pulled pulled) {
        return pulled.tickets().stream().map(ToConnection.Ticket::id).toList();
    }

    private QueueView view() {
        TestProbe<QueueView> probe = KIT.createTestProbe();
        queue.runCommand(world.work(new Describe(probe.ref())));
        return probe.receiveMessage();
    }

    private Totals totals() {
        return view().totals();
    }
}
