package io.postrider.queue;

import static io.postrider.queue.QueueFixture.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.egress.FromConnection;
import io.postrider.egress.ToConnection;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Ending;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Reported;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.queue.QueueCommand.Matched;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.OfferAck;
import io.postrider.record.RecorderProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A queue, its connections and its operator, all moved by one seed, with restarts in between; after each step the
 * promises are checked against what the events say. A failure names its seed and step.
 */
class QueueSimulationTest {

    private static final Config CONFIG = ConfigFactory.parseString("pekko.actor.provider = local")
            .withFallback(EventSourcedBehaviorTestKit.config())
            .withFallback(ConfigFactory.parseResources("pekko.conf"))
            .withFallback(ConfigFactory.load());
    private static final ActorTestKit KIT = ActorTestKit.create("simulation", CONFIG);
    private static final Kind[] ENDS = {Kind.DELIVERED, Kind.DELIVERED, Kind.DEFERRED, Kind.DEFERRED, Kind.BOUNCED};

    private final Map<MessageId, Integer> accepted = new LinkedHashMap<>();
    private final Map<MessageId, Set<Integer>> ended = new HashMap<>();
    private final Map<MessageId, Integer> attempts = new HashMap<>();
    private final EnumMap<Kind, Long> totals = new EnumMap<>(Kind.class);
    private final Map<ActorRef<ToConnection>, Map<MessageId, Ticket>> hands = new LinkedHashMap<>();
    private final TestProbe<OfferAck> acks = KIT.createTestProbe();
    private final TestProbe<Matched> matched = KIT.createTestProbe();
    private final TestProbe<QueueView> views = KIT.createTestProbe();
    private QueueFixture world;
    private EventSourcedBehaviorTestKit<DomainQueue.Input, QueueEvent, QueueState> queue;
    private Random random;
    private String where = "";
    private long sequenceNr;

    /** Recipients about whom a report is owed, and about whom one was. */
    private final Map<MessageId, Set<Integer>> owed = new HashMap<>();

    private final Map<MessageId, Set<Integer>> reported = new HashMap<>();
    /** The reports that the spool has taken, as their causes name them. */
    private final Map<String, Integer> spooled = new HashMap<>();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 102, 103, 104})
    void keepsItsPromises(long seed) {
        random = new Random(seed);
        world = new QueueFixture(KIT);
        queue = EventSourcedBehaviorTestKit.create(
                KIT.system(),
                DomainQueue.create(DOMAIN, world.ports("postrider.queue.snapshot-bytes = 2000"), world.refs()),
                EventSourcedBehaviorTestKit.disabledSerializationSettings());
        queue.clear();

        for (int step = 0; step < 400; step++) {
            where = "seed " + seed + " step " + step;
            world.pass(Duration.ofMillis(random.nextInt(20_000)));
            world.random = random.nextDouble();
            act();
            check();
        }

        finish(seed);
    }

    private void act() {
        switch (random.nextInt(18)) {
            case 0, 1, 2 -> offer();
            case 3, 4, 5 -> pulls();
            case 6, 7, 8, 9 -> outcomes(false);
            case 10 -> giveBack();
            case 11 -> hostsFail();
            case 12 -> connectionDies();
            case 13 -> steer();
            case 16, 17 -> reports();
            case 14 ->
                run(new QueueCommand.Recorded(
                        new RecorderProtocol.Recorded(DomainQueue.persistenceId(DOMAIN), sequenceNr, List.of())));
            default -> restart();
        }
    }

    private void offer() {
        List<HandedOver> messages = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            messages.add(world.handedOver(
                    world.id(), 1 + random.nextInt(3), random.nextBoolean() ? "a" : "b", "c" + random.nextInt(3)));
        }
        run(new Offer(messages, false, world.now, acks.ref()));
        assertThat(acks.receiveMessage().taken()).as(where).hasSize(messages.size());
        run(new Offer(messages, false, world.now, acks.ref()));
        assertThat(acks.receiveMessage().taken()).as(where + " repeated").hasSize(messages.size());
    }

    private void pulls() {
        for (ActorRef<ToConnection> connection : List.copyOf(hands.keySet())) {
            int room = 16 - hands.get(connection).size();
            if (room > 0) {
                run(new QueueCommand.Connection(new FromConnection.Pull(connection, 1 + random.nextInt(room))));
            }
        }
    }

    private void outcomes(boolean deliverAll) {
        hands.forEach((connection, tickets) -> {
            List<FromConnection.MessageOutcome> outcomes = new ArrayList<>();
            for (Ticket ticket : List.copyOf(tickets.values())) {
                if (deliverAll || random.nextBoolean()) {
                    tickets.remove(ticket.id());
                    outcomes.add(outcome(ticket, deliverAll));
                }
            }
            if (!outcomes.isEmpty()) {
                run(new QueueCommand.Connection(new FromConnection.Outcomes(connection, outcomes)));
            }
        });
    }

    private FromConnection.MessageOutcome outcome(Ticket ticket, boolean deliver) {
        Set<Integer> done = ended.getOrDefault(ticket.id(), Set.of());
        List<Result> results = new ArrayList<>();
        for (int position = 0; position < accepted.get(ticket.id()); position++) {
            boolean asked =
                    ticket.openPositions().isEmpty() || ticket.openPositions().contains(position);
            assertThat(asked).as(where + " open recipients of " + ticket).isEqualTo(!done.contains(position));
            if (asked) {
                Kind kind = deliver ? Kind.DELIVERED : ENDS[random.nextInt(ENDS.length)];
                boolean report = kind != Kind.DEFERRED && random.nextBoolean();
                results.add(new Result(position, kind, QueueFixture.reply(kind), false, report));
            }
        }
        return new FromConnection.MessageOutcome(ticket.id(), ticket.attempt(), Optional.of(QueueFixture.VIA), results);
    }

    private void giveBack() {
        hands.forEach((connection, tickets) -> {
            List<MessageId> back = List.copyOf(tickets.keySet());
            tickets.clear();
            run(new QueueCommand.Connection(new FromConnection.GaveBack(connection, back)));
        });
    }

    private void hostsFail() {
        for (ActorRef<ToConnection> connection : List.copyOf(hands.keySet())) {
            List<MessageId> back = List.copyOf(hands.get(connection).keySet());
            hands.get(connection).clear();
            Reply none = Reply.of(451, "4.4.1", "no host answered");
            run(new QueueCommand.Connection(new FromConnection.AllHostsFailed(connection, none)));
            run(new QueueCommand.Connection(new FromConnection.GaveBack(connection, back)));
        }
    }

    private void connectionDies() {
        if (!hands.isEmpty()) {
            ActorRef<ToConnection> victim = hands.keySet().iterator().next();
            hands.remove(victim);
            run(new QueueCommand.ConnectionEnded(victim));
        }
    }

    private void steer() {
        Optional<String> tenant = random.nextBoolean() ? Optional.of("a") : Optional.empty();
        Selector some = new Selector(tenant, Optional.empty(), Optional.empty());
        switch (random.nextInt(4)) {
            case 0 ->
                run(new QueueCommand.Suspend(
                        some, "r", Optional.of(world.now.plusSeconds(random.nextInt(120))), false, matched.ref()));
            case 1 -> run(new QueueCommand.Resume(some, "r", false, matched.ref()));
            case 2 -> run(new QueueCommand.RetryNow(some, "r", false, matched.ref()));
            default ->
                run(new QueueCommand.Cancel(
                        new Selector(tenant, Optional.of("c1"), Optional.empty()), "r", false, matched.ref()));
        }
    }

    private void restart() {
        if (random.nextBoolean()) {
            takeReports(world.asked); // and dies before it can say so
        }
        queue.restart();
        hands.clear();
        world.asked.clear();
        run(new QueueCommand.Tick());
    }

    /** The spool takes some or all of what the queue asked for, and the queue hears of it, or of a failure. */
    private void reports() {
        if (world.asked.isEmpty()) {
            return;
        }
        List<OwedReport> asked = world.asked.remove(0).owed();
        assertThat(world.asked).as(where + " one batch at a time").isEmpty();
        List<OwedReport> taken = asked.subList(0, random.nextInt(asked.size() + 1));
        List<Report> answer = new ArrayList<>();
        for (OwedReport one : taken) {
            spooled.putIfAbsent(one.message() + "/" + one.first(), one.results().size());
            answer.add(new Report(one.message(), one.positions(), Ending.QUEUED));
        }
        run(new QueueCommand.ReportsMade(asked.size(), answer));
    }

    private void takeReports(List<QueueFixture.AskedReports> asked) {
        asked.forEach(batch -> batch.owed()
                .forEach(one -> spooled.putIfAbsent(
                        one.message() + "/" + one.first(), one.results().size())));
    }

    /** Heals everything, and delivers what is left. */
    private void finish(long seed) {
        run(new QueueCommand.Resume(Selector.ALL, "end", false, matched.ref()));
        for (int round = 0; round < 400 && !queue.getState().isEmpty(); round++) {
            where = "seed " + seed + " end round " + round;
            world.pass(Duration.ofMinutes(1));
            run(new QueueCommand.Tick());
            check();
            pulls();
            check();
            outcomes(true);
            check();
        }
        run(new QueueCommand.Describe(views.ref()));
        assertThat(queue.getState().isEmpty())
                .as(where + " " + views.receiveMessage())
                .isTrue();
        for (int round = 0; round < 400 && !queue.getState().owed.isEmpty(); round++) {
            world.pass(Duration.ofSeconds(2));
            run(new QueueCommand.Tick());
            reports();
        }
        assertThat(owed).as(where).isNotEmpty();
        assertThat(reported).as(where + " every report that is owed, once").isEqualTo(owed);
        assertThat(spooled.values().stream().mapToInt(n -> n).sum())
                .as(where + " each in one report")
                .isEqualTo(owed.values().stream().mapToInt(Set::size).sum());
        accepted.forEach(
                (id, count) -> assertThat(ended.get(id)).as(where + " " + id).hasSize(count));
    }

    private void run(QueueCommand command) {
        var result = queue.runCommand(world.work(command));
        for (QueueEvent event : result.events()) {
            sequenceNr++;
            switch (event) {
                case Accepted e -> e.entries().forEach(entry -> accepted.put(entry.id(), entry.recipients()));
                case Settled e ->
                    e.settlements().forEach(one -> one.results().forEach(end -> {
                        boolean first = ended.computeIfAbsent(one.id(), id -> new HashSet<>())
                                .add(end.position());
                        assertThat(first)
                                .as(where + " one final state for " + one)
                                .isTrue();
                        totals.merge(end.kind(), 1L, Long::sum);
                        if (end.report()) {
                            owed.computeIfAbsent(one.id(), id -> new HashSet<>())
                                    .add(end.position());
                        }
                    }));
                case Deferred e ->
                    e.deferrals().forEach(one -> {
                        int before = attempts.getOrDefault(one.id(), 0);
                        assertThat(one.attempt())
                                .as(where + " attempts of " + one.id())
                                .isEqualTo(before + 1);
                        assertThat(one.due()).as(where).isAfter(world.now);
                        attempts.put(one.id(), one.attempt());
                    });
                case Reported e ->
                    e.reports().forEach(one -> one.positions()
                            .forEach(position -> assertThat(reported.computeIfAbsent(one.id(), id -> new HashSet<>())
                                            .add(position))
                                    .as(where + " reported once " + one)
                                    .isTrue()));
                default -> {}
            }
        }
    }

    private void check() {
        run(new QueueCommand.Describe(views.ref()));
        QueueView view = views.receiveMessage();
        hear(view);
        long open = accepted.values().stream().mapToLong(n -> n).sum()
                - ended.values().stream().mapToLong(Set::size).sum();
        assertThat(view.totals().accepted()).as(where).isEqualTo(open + sum());
        assertThat(view.totals().delivered()).as(where).isEqualTo(totals.getOrDefault(Kind.DELIVERED, 0L));
        assertThat(view.totals().bounced()).as(where).isEqualTo(totals.getOrDefault(Kind.BOUNCED, 0L));
        assertThat(view.totals().cancelled()).as(where).isEqualTo(totals.getOrDefault(Kind.CANCELLED, 0L));
        assertThat(view.recipients())
                .as(where)
                .isEqualTo(open)
                .isEqualTo(view.totals().queued());
        assertThat(view.ready() + view.waiting() + view.onWire() + view.held())
                .as(where)
                .isEqualTo(view.messages());
        assertThat(view.connections().size()).as(where).isLessThanOrEqualTo(10);
    }

    private long sum() {
        return totals.values().stream().mapToLong(n -> n).sum();
    }

    /** Takes in what the connections got, until they hold exactly what the queue thinks is on the wire. */
    private void hear(QueueView view) {
        views.awaitAssert(() -> {
            for (var heard = world.heard.poll(); heard != null; heard = world.heard.poll()) {
                if (heard.message() instanceof ToConnection.Pulled pulled) {
                    Map<MessageId, Ticket> hand = hands.get(heard.connection());
                    if (hand == null && isOf(view, heard.connection())) {
                        hand = new LinkedHashMap<>();
                        hands.put(heard.connection(), hand);
                    }
                    for (Ticket ticket : pulled.tickets()) {
                        if (hand != null) {
                            hand.put(ticket.id(), ticket);
                        }
                    }
                }
            }
            for (ActorRef<ToConnection> ref : world.spawned()) {
                if (isOf(view, ref)) {
                    hands.putIfAbsent(ref, new LinkedHashMap<>());
                }
            }
            hands.keySet().removeIf(ref -> !isOf(view, ref));
            List<MessageId> onWire = new ArrayList<>();
            hands.values().forEach(tickets -> onWire.addAll(tickets.keySet()));
            assertThat(hands.keySet()).as(where).hasSize(view.connections().size());
            assertThat(onWire)
                    .as(where + " on the wire")
                    .doesNotHaveDuplicates()
                    .hasSize(view.onWire());
            return null;
        });
    }

    /** Names repeat after a restart, and then the newest of a name is meant. */
    private boolean isOf(QueueView view, ActorRef<ToConnection> connection) {
        String name = connection.path().name();
        boolean newest = world.spawned().stream()
                .filter(ref -> ref.path().name().equals(name))
                .reduce((older, newer) -> newer)
                .filter(connection::equals)
                .isPresent();
        return newest && view.connections().stream().anyMatch(one -> one.name().equals(name));
    }
}
