package io.postrider.egress;

import static io.postrider.egress.EgressBench.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Result;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.route.Routing;
import io.postrider.spool.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MxConnectionTest {

    @Test
    void deliversAndSaysHow() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench()) {
            bench.route(mx);
            Ticket ticket = bench.mail("a@example.com");

            bench.send(ticket);

            ScriptedMx.Taken taken = mx.take();
            assertThat(taken.sender()).isEqualTo("sender@example.org");
            assertThat(taken.recipients()).containsExactly("a@example.com");
            assertThat(new String(taken.body(), StandardCharsets.US_ASCII))
                    .isEqualTo("Subject: hello\r\n\r\nhello\r\n");
            MessageOutcome outcome = bench.outcomes(DOMAIN, 1).get(ticket.id());
            assertThat(outcome.via()).hasValueSatisfying(via -> {
                assertThat(via.site()).isEqualTo("site.test");
                assertThat(via.mx()).isEqualTo("mx0.site.test");
                assertThat(via.ip()).isEqualTo("127.0.0.1");
                assertThat(via.source()).isEqualTo("default");
            });
            assertThat(outcome.results().getFirst().kind()).isEqualTo(Kind.DELIVERED);
            assertThat(outcome.results().getFirst().reply()).isEqualTo(Reply.of(250, "2.0.0", "taken"));
            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    @Test
    void deliversManyOverOneConnectionEachOnce() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench =
                        new EgressBench("postrider.egress.per-site.default.messages-per-connection = 1000")) {
            bench.route(mx);

            bench.send(DOMAIN, 1, bench.mails(DOMAIN, 500));

            assertThat(bench.outcomes(DOMAIN, 500).values())
                    .allSatisfy(outcome ->
                            assertThat(outcome.results().getFirst().kind()).isEqualTo(Kind.DELIVERED));
            assertThat(mx.take(500)).hasSize(500);
            assertThat(mx.connections()).isEqualTo(1);
        }
    }

    @Test
    void worksInLockStepWithoutPipelining() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving().offering("");
                EgressBench bench = new EgressBench()) {
            bench.route(mx);

            bench.send(DOMAIN, 1, bench.mails(DOMAIN, 50));

            assertThat(bench.outcomes(DOMAIN, 50)).hasSize(50);
            assertThat(mx.take(50)).hasSize(50);
        }
    }

    @Test
    void reportsEachRecipientByItsPosition() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving()
                        .answering("RCPT TO:<b@", "550 5.1.1 no such user")
                        .answering("RCPT TO:<c@", "450 4.2.1 busy");
                EgressBench bench = new EgressBench()) {
            bench.route(mx);
            Ticket all = bench.mail("a@example.com", "b@example.com", "c@example.com", "d@example.com");

            bench.send(new Ticket(all.id(), 3, List.of(1, 2, 3), all.expiresAt()));

            MessageOutcome outcome = bench.outcomes(DOMAIN, 1).get(all.id());
            assertThat(outcome.attempt()).isEqualTo(3);
            assertThat(outcome.results())
                    .extracting(Result::position, Result::kind)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(1, Kind.BOUNCED),
                            org.assertj.core.groups.Tuple.tuple(2, Kind.DEFERRED),
                            org.assertj.core.groups.Tuple.tuple(3, Kind.DELIVERED));
            assertThat(mx.take().recipients()).containsExactly("d@example.com");
        }
    }

    @Test
    void twentyMebibytesArriveToTheByte() throws Exception {
        byte[] body = new byte[20 << 20];
        Random random = new Random(1);
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : i % 78 == 0 ? '.' : 'a' + random.nextInt(26));
        }
        body[body.length - 2] = '\r';
        body[body.length - 1] = '\n';
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench()) {
            bench.route(mx);

            bench.send(bench.mail(DOMAIN, body), bench.mail());

            assertThat(mx.take().body()).isEqualTo(body);
            assertThat(mx.take().body()).hasSize(25);
        }
    }

    @Test
    void dotsEmptyBodiesAndMissingLineEndsSurvive() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench()) {
            bench.route(mx);
            List<String> bodies = List.of(".\r\n..\r\n.a\r\n", "", ".", "a\r\n.", "no end");

            bench.send(
                    DOMAIN,
                    1,
                    bodies.stream()
                            .map(body -> bench.mail(DOMAIN, body.getBytes(StandardCharsets.US_ASCII)))
                            .toList());

            assertThat(mx.take(5))
                    .extracting(taken -> new String(taken.body(), StandardCharsets.US_ASCII))
                    .containsExactly(".\r\n..\r\n.a\r\n", "", ".\r\n", "a\r\n.\r\n", "no end\r\n");
        }
    }

    @Test
    void findsTheWayAnewThoughMailNeverEnds() throws Exception {
        try (ScriptedMx first = ScriptedMx.serving();
                ScriptedMx second = ScriptedMx.serving();
                EgressBench bench = new EgressBench(
                        "postrider.egress.linger = 1h",
                        "postrider.egress.per-site.default.messages-per-connection = 1")) {
            bench.route(DOMAIN, "first.test", first);
            bench.send(bench.mail());
            bench.outcomes(DOMAIN, 1);
            bench.route(DOMAIN, "second.test", second);

            bench.supply(bench.mail());
            String stillOld = mx(bench.outcomes(DOMAIN, 1));
            bench.pass(Duration.ofSeconds(61));
            bench.supply(bench.mail());
            String found = mx(bench.outcomes(DOMAIN, 1));
            bench.ways.put(DOMAIN, new Routing.Unreachable(Reply.of(556, "5.1.10", "takes no mail any more")));
            bench.pass(Duration.ofSeconds(61));
            bench.supply(bench.mail());

            assertThat(List.of(stillOld, found)).containsExactly("mx0.first.test", "mx0.second.test");
            assertThat(bench.outcomes(DOMAIN, 1).values())
                    .allMatch(outcome -> outcome.results().getFirst().kind() == Kind.BOUNCED);
            bench.pass(Duration.ofSeconds(61));
            bench.supply(bench.mail());
            bench.hears(FromConnection.GaveBack.class);
            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    private static String mx(Map<MessageId, MessageOutcome> outcomes) {
        return outcomes.values().iterator().next().via().orElseThrow().mx();
    }

    @Test
    void bouncesWithTheRoutingsReplyWhatCannotBeRouted() {
        try (EgressBench bench = new EgressBench()) {
            bench.ways.put(DOMAIN, new Routing.Unreachable(Reply.of(556, "5.1.10", "takes no mail")));
            Ticket ticket = bench.mail("a@example.com", "b@example.com");

            bench.send(ticket);

            MessageOutcome outcome = bench.outcomes(DOMAIN, 1).get(ticket.id());
            assertThat(outcome.via()).isEmpty();
            assertThat(outcome.results()).hasSize(2).allSatisfy(result -> {
                assertThat(result.kind()).isEqualTo(Kind.BOUNCED);
                assertThat(result.reply().code()).isEqualTo(556);
            });
            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    @Test
    void leavesWhereItGetsNothingToBounce() {
        try (EgressBench bench = new EgressBench()) {
            bench.ways.put(DOMAIN, new Routing.Unreachable(Reply.of(550, "5.1.2", "no such domain")));

            bench.send();

            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    @Test
    void bouncesNothingOfASuspendedSender() {
        try (EgressBench bench = new EgressBench()) {
            bench.ways.put(DOMAIN, new Routing.Unreachable(Reply.of(550, "5.1.2", "no such domain")));
            bench.queue(DOMAIN).tell(new QueueStandIn.Suspend(Set.of("sender@example.org")));
            Ticket ticket = bench.mail();

            bench.send(ticket);

            assertThat(bench.hears(FromConnection.HeldBack.class).messages()).containsExactly(ticket.id());
        }
    }

    @Test
    void backsOffWithoutPullingWhenTheWayCannotBeFound() {
        try (EgressBench bench = new EgressBench()) {
            bench.send(bench.mail());

            FromConnection first = bench.hears(FromConnection.class);
            assertThat(first).isInstanceOf(FromConnection.AllHostsFailed.class);
            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    @Test
    void bouncesWhatTheSpoolHasLost() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench()) {
            bench.route(mx);
            Ticket lost = new Ticket(new MessageId(7, 7), 1, List.of(0, 2), EgressBench.LATER);

            bench.send(lost);

            assertThat(bench.resultsOf(lost)).extracting(Result::position).containsExactly(0, 2);
        }
    }

    @Test
    void givesBackWhatIsTooOld() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench()) {
            bench.route(mx);
            byte[] body = new byte[0];
            Ticket old = bench.mail(DOMAIN, body, Reference.Needs.NOTHING, Instant.EPOCH);

            bench.send(old);

            assertThat(bench.hears(FromConnection.GaveBack.class).messages()).containsExactly(old.id());
            assertThat(mx.commands()).noneMatch(command -> command.startsWith("MAIL"));
        }
    }

    @Test
    void holdsBackSuspendedSenders() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench()) {
            bench.route(mx);
            bench.queue(DOMAIN).tell(new QueueStandIn.Suspend(Set.of("sender@example.org")));
            Ticket held = bench.mail();

            bench.send(held);

            assertThat(bench.hears(FromConnection.HeldBack.class).messages()).containsExactly(held.id());
        }
    }

    @Test
    void drainsWithoutStartingAnything() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving().holdingDots();
                EgressBench bench = new EgressBench("postrider.egress.pipeline-next-envelope = never")) {
            bench.route(mx);
            List<Ticket> tickets = bench.mails(DOMAIN, 5);
            bench.send(DOMAIN, 1, tickets);
            mx.awaitCommand("DATA");

            bench.queue(DOMAIN).tell(new QueueStandIn.DrainAll(EgressBench.LATER));
            assertThat(bench.hears(FromConnection.GaveBack.class).messages()).hasSize(4);
            mx.answerDots();

            Map<MessageId, MessageOutcome> outcomes = bench.outcomes(DOMAIN, 1);
            assertThat(outcomes).containsKey(tickets.getFirst().id());
            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    @Test
    void reportsAmbiguousWhatADrainCutsAfterTheDot() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving().holdingDots();
                EgressBench bench = new EgressBench()) {
            bench.route(mx);
            Ticket ticket = bench.mail();
            bench.send(ticket);
            mx.awaitCommand("DATA");

            bench.queue(DOMAIN).tell(new QueueStandIn.DrainAll(Instant.now()));

            Result result = bench.resultOf(ticket);
            assertThat(result.kind()).isEqualTo(Kind.DEFERRED);
            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    @Test
    void severalDomainsOfOneSiteShareOneConnection() throws Exception {
        Domain other = Domain.of("example.net");
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench("postrider.egress.per-site.default.connections = 1")) {
            bench.route(mx).route(other, "site.test", mx);

            bench.send(DOMAIN, 1, bench.mails(DOMAIN, 3));
            bench.send(other, 1, bench.mails(other, 3));

            assertThat(bench.outcomes(DOMAIN, 3)).hasSize(3);
            assertThat(bench.outcomes(other, 3)).hasSize(3);
            assertThat(mx.connections()).isEqualTo(1);
        }
    }
}
