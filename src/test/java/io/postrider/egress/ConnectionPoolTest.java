package io.postrider.egress;

import static io.postrider.egress.EgressBench.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.mail.Domain;
import io.postrider.route.Routing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Test;

class ConnectionPoolTest {

    private static final Domain OTHER = Domain.of("example.net");

    @Test
    void neverOpensMoreConnectionsThanTheSiteBears() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench(
                        "postrider.egress.per-site.default { connections = 3, messages-per-connection = 5 }")) {
            bench.route(mx).route(OTHER, "site.test", mx);

            bench.send(DOMAIN, 8, bench.mails(DOMAIN, 200));
            bench.send(OTHER, 8, bench.mails(OTHER, 200));

            assertThat(bench.outcomes(DOMAIN, 200)).hasSize(200);
            assertThat(bench.outcomes(OTHER, 200)).hasSize(200);
            assertThat(mx.mostConnectionsAtOnce()).isEqualTo(3);
        }
    }

    @Test
    void sendsExactlySoManyMessagesPerConnectionWhoeverBorrowsIt() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench(
                        "postrider.egress.per-site.default { connections = 1, messages-per-connection = 4 }")) {
            bench.route(mx).route(OTHER, "site.test", mx);

            bench.send(DOMAIN, 1, bench.mails(DOMAIN, 30));
            bench.send(OTHER, 1, bench.mails(OTHER, 30));
            bench.outcomes(DOMAIN, 30);
            bench.outcomes(OTHER, 30);

            Map<Integer, Integer> perConnection = new HashMap<>();
            mx.take(60).forEach(taken -> perConnection.merge(taken.connection(), 1, Integer::sum));
            assertThat(perConnection).hasSize(15).values().allMatch(count -> count == 4);
        }
    }

    @Test
    void startsNoMoreTransactionsThanTheRateAllows() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench(
                        "postrider.egress.per-site.default { rate = \"20/s\", burst = 5, connections = 4 }")) {
            bench.route(mx).route(OTHER, "site.test", mx);

            bench.send(DOMAIN, 3, bench.mails(DOMAIN, 15));
            bench.send(OTHER, 2, bench.mails(OTHER, 15));
            bench.outcomes(DOMAIN, 15);
            bench.outcomes(OTHER, 15);

            List<Long> started = new ArrayList<>(mx.transactionNanos());
            started.sort(Long::compare);
            assertThat(started).hasSize(30);
            // The server sees them up to a moment late: a window there may hold what left us in a slightly longer one.
            for (int i = 0; i + 21 < started.size(); i++) {
                assertThat(started.get(i + 21) - started.get(i))
                        .isGreaterThan(Duration.ofMillis(900).toNanos());
            }
        }
    }

    @Test
    void waitsOneWindowAfterAnUncleanStop() throws Exception {
        long before = System.nanoTime();
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench =
                        new EgressBench(false, "postrider.egress.per-site.default { rate = \"10/s\", burst = 5 }")) {
            bench.route(mx);

            bench.send(bench.mail());
            bench.outcomes(DOMAIN, 1);

            assertThat(mx.transactionNanos().getFirst() - before)
                    .isGreaterThan(Duration.ofSeconds(1).toNanos());
        }
    }

    @Test
    void waitsForEachTokenAfterACleanStop() throws Exception {
        long before = System.nanoTime();
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench =
                        new EgressBench("postrider.egress.per-site.default { rate = \"10/s\", burst = 5 }")) {
            bench.route(mx);

            bench.send(DOMAIN, 1, bench.mails(DOMAIN, 2));
            bench.outcomes(DOMAIN, 2);

            // 5 of 10 are refilled in a second: the life before may have spent the other 5 just now.
            assertThat(mx.transactionNanos().getFirst() - before)
                    .isGreaterThan(Duration.ofMillis(200).toNanos());
            assertThat(mx.transactionNanos().get(1) - before)
                    .isGreaterThan(Duration.ofMillis(400).toNanos());
        }
    }

    @Test
    void domainsOfOneSiteTakeTurns() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench(
                        "postrider.egress.per-site.default { connections = 1, messages-per-connection = 10000 }",
                        "postrider.egress.messages-per-turn = 5")) {
            bench.route(mx).route(OTHER, "site.test", mx);
            mx.holdingDots();
            bench.send(DOMAIN, 1, bench.mails(DOMAIN, 400));
            mx.awaitCommand("DATA");

            bench.send(OTHER, 1, bench.mails(OTHER, 10));
            bench.hears(OTHER, FromConnection.Waiting.class);
            mx.answerDots();

            bench.outcomes(OTHER, 10);
            bench.outcomes(DOMAIN, 400);
            List<ScriptedMx.Taken> taken = mx.take(410);
            int lastOfOther = 0;
            for (int i = 0; i < taken.size(); i++) {
                lastOfOther = taken.get(i).recipients().getFirst().endsWith(OTHER.name()) ? i : lastOfOther;
            }
            assertThat(lastOfOther).isLessThan(100);
        }
    }

    @Test
    void takesTheNextHostWhenOneCannotBeReached() throws Exception {
        InetSocketAddress nobody = nobody();
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench()) {
            bench.route(DOMAIN, "site.test", true, nobody, mx.address());
            Ticket ticket = bench.mail();

            bench.send(ticket);

            assertThat(bench.resultOf(ticket).kind()).isEqualTo(Kind.DELIVERED);
        }
    }

    @Test
    void takesTheNextHostWhenOneRefusesAtItsGreeting() throws Exception {
        try (ScriptedMx refusing = ScriptedMx.playing(new ScriptedMx.Step.Say("554 5.7.1 go away"));
                ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench()) {
            bench.route(refusing, mx);
            Ticket ticket = bench.mail();

            bench.send(ticket);

            assertThat(bench.resultOf(ticket).kind()).isEqualTo(Kind.DELIVERED);
            assertThat(mx.connections()).isEqualTo(1);
        }
    }

    @Test
    void triesAHostThatFailedLatelyLast() throws Exception {
        try (ScriptedMx refusing = ScriptedMx.playing(new ScriptedMx.Step.Say("421 4.3.2 later"));
                ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench("postrider.egress.per-site.default.messages-per-connection = 1")) {
            bench.route(refusing, mx);

            bench.send(DOMAIN, 1, bench.mails(DOMAIN, 5));

            assertThat(bench.outcomes(DOMAIN, 5)).hasSize(5);
            assertThat(refusing.connections()).isEqualTo(1);
            assertThat(mx.connections()).isEqualTo(5);
        }
    }

    @Test
    void saysWhyWhenAllHostsFail() throws Exception {
        InetSocketAddress nobody = nobody();
        try (ScriptedMx refusing = ScriptedMx.playing(new ScriptedMx.Step.Say("554 5.7.1 go away"));
                EgressBench bench = new EgressBench()) {
            bench.route(DOMAIN, "site.test", true, nobody, refusing.address());

            bench.send(bench.mail());

            FromConnection.AllHostsFailed failed = bench.hears(FromConnection.AllHostsFailed.class);
            assertThat(failed.reply().toString()).isEqualTo("554 5.7.1 go away");
            bench.hears(QueueStandIn.Stopped.class);
            assertThat(bench.site("site.test").recent())
                    .anySatisfy(seen -> assertThat(seen.reply().text()).contains("Connection refused"));
            assertThat(bench.site("site.test").sources().getFirst().open()).isZero();
        }
    }

    @Test
    void halvesASitesConnectionsWhenAskedToAndGivesThemBack() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving().answering("RCPT TO:<slow@", "450 4.7.1 slow down");
                EgressBench bench =
                        new EgressBench("postrider.egress { linger = 1h, per-site.default.connections = 8 }")) {
            bench.route(mx);
            bench.send(bench.mail("slow@example.com"));
            bench.outcomes(DOMAIN, 1);
            assertThat(currentLimit(bench)).isEqualTo(4);
            bench.queue(DOMAIN).tell(new QueueStandIn.Supply(List.of(bench.mail("slow@example.com"))));
            bench.outcomes(DOMAIN, 1);
            assertThat(currentLimit(bench)).isEqualTo(2);

            bench.queue(DOMAIN).tell(new QueueStandIn.Supply(bench.mails(DOMAIN, 40)));
            bench.outcomes(DOMAIN, 40);

            assertThat(currentLimit(bench)).isEqualTo(4);
        }
    }

    @Test
    void closesWhatNobodyUses() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench("postrider.egress.idle-timeout = 50ms")) {
            bench.route(mx);

            bench.send(bench.mail());

            mx.awaitCommand("QUIT");
        }
    }

    @Test
    void spreadsConnectionsOverTheSourcesOfAPool() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench(
                        "postrider.egress.sources { a { bind-v4 = \"127.0.0.2\", ehlo = a.test }, b { bind-v4 = \"127.0.0.3\", ehlo = b.test } }",
                        "postrider.egress.pools.default = [ { source = a, weight = 2 }, { source = b } ]",
                        "postrider.egress.per-site.default.messages-per-connection = 1")) {
            bench.route(mx);

            bench.send(DOMAIN, 1, bench.mails(DOMAIN, 9));
            bench.outcomes(DOMAIN, 9);

            List<String> greetings =
                    mx.commands().stream().filter(c -> c.startsWith("EHLO")).toList();
            assertThat(greetings).filteredOn(g -> g.equals("EHLO a.test")).hasSize(6);
            assertThat(greetings).filteredOn(g -> g.equals("EHLO b.test")).hasSize(3);
        }
    }

    @Test
    void aSourceConnectsOnlyToItsFamily() {
        try (EgressBench bench = new EgressBench("postrider.egress.sources.default { bind-v6 = \"::1\" }")) {
            bench.route(DOMAIN, "site.test", true, new InetSocketAddress("127.0.0.1", 1));

            bench.send(bench.mail());

            assertThat(bench.hears(FromConnection.AllHostsFailed.class).reply().text())
                    .contains("family");
        }
    }

    @Test
    void tellsWhoeverIsOneTooManyToAskAgainLater() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench =
                        new EgressBench("postrider.egress { max-waiting = 1, per-site.default.connections = 1 }")) {
            bench.route(mx);
            FromPool.Granted granted = granted(borrow(bench));
            TestProbe<ToConnection> second = borrow(bench);
            assertThat(second.receiveMessage())
                    .isEqualTo(new FromPool.StillWaiting(FromConnection.WaitingFor.SITE_CONNECTIONS));

            TestProbe<ToConnection> third = borrow(bench);

            assertThat(third.receiveMessage()).isEqualTo(new FromPool.Full());
            bench.pool.tell(new ToPool.Return(granted.transport(), 0));
            assertThat(second.receiveMessage()).isInstanceOf(FromPool.Granted.class);
            bench.pool.tell(new ToPool.Borrow(DOMAIN, way(bench), "default", false, third.ref()));
            assertThat(third.receiveMessage()).isInstanceOf(FromPool.StillWaiting.class);
        }
    }

    @Test
    void aConnectionThatIsOneTooManyAsksAgain() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench =
                        new EgressBench("postrider.egress { max-waiting = 1, per-site.default.connections = 1 }")) {
            bench.route(mx);

            bench.send(DOMAIN, 4, bench.mails(DOMAIN, 100));

            assertThat(bench.outcomes(DOMAIN, 100)).hasSize(100);
        }
    }

    @Test
    void aPoolWhoseSourceIsFullHoldsNobodyElseUp() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench(
                        "postrider.egress.sources { a { bind-v4 = \"127.0.0.2\", ehlo = a.test }, b { bind-v4 = \"127.0.0.3\", ehlo = b.test } }",
                        "postrider.egress.pools { default = [ { source = a } ], other = [ { source = b } ] }",
                        "postrider.egress.per-site.default.connections = 1")) {
            bench.route(mx);
            granted(borrow(bench));
            TestProbe<ToConnection> waits = borrow(bench);
            waits.receiveMessage();

            TestProbe<ToConnection> other = bench.kit.createTestProbe();
            bench.pool.tell(new ToPool.Borrow(DOMAIN, way(bench), "other", false, other.ref()));

            assertThat(granted(other).transport().way().source().name()).isEqualTo("b");
            waits.expectNoMessage(Duration.ofMillis(50));
        }
    }

    private static TestProbe<ToConnection> borrow(EgressBench bench) {
        TestProbe<ToConnection> borrower = bench.kit.createTestProbe();
        bench.pool.tell(new ToPool.Borrow(DOMAIN, way(bench), "default", false, borrower.ref()));
        return borrower;
    }

    private static FromPool.Granted granted(TestProbe<ToConnection> borrower) {
        while (true) {
            if (borrower.receiveMessage(Duration.ofSeconds(10)) instanceof FromPool.Granted granted) {
                return granted;
            }
        }
    }

    private static Routing.Reachable way(EgressBench bench) {
        return (Routing.Reachable) bench.ways.get(DOMAIN);
    }

    private static int currentLimit(EgressBench bench) {
        return bench.site("site.test").sources().getFirst().currentLimit();
    }

    /** An address where nobody listens. */
    private static InetSocketAddress nobody() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
    }
}
