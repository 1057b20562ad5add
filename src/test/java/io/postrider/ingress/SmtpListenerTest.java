package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.MessageIds;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.net.Sockets;
import io.postrider.spool.Spool;
import io.postrider.store.Overloaded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real sockets; time moves by hand. */
class SmtpListenerTest {

    private static final String LOCAL = "listeners = [{ name = test, bind = \"127.0.0.1:0\" }]\n";
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-02-03T04:05:06Z"));

    private final ActorTestKit testKit = ActorTestKit.create(ManualTime.config()
            .withFallback(ConfigFactory.parseString(
                    "pekko.actor.provider = local, pekko.stream.materializer.io.tcp.coalesce-writes = 0"))
            .withFallback(ConfigFactory.load()));
    private final ManualTime time = ManualTime.get(testKit.system());
    private final Sockets sockets = open();
    private final AtomicLong ticks = new AtomicLong();
    private final FakeSpool spool = new FakeSpool();
    private final FakeHandOver handOver = new FakeHandOver();
    private final List<RejectedLog.Rejection> rejections = new CopyOnWriteArrayList<>();
    private final Meters meters = new Meters(new MetricsSettings(10));
    private ReceiveBudget budget = new ReceiveBudget(1 << 20);
    private final List<SmtpClient> clients = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (SmtpClient client : clients) {
            client.close();
        }
        sockets.close();
        testKit.shutdownTestKit();
    }

    private static Sockets open() {
        try {
            return Sockets.open(2, 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void takesAMessageFromSocketToSpool() throws Exception {
        SmtpListener listener = start("");
        SmtpClient client = connect(listener);

        assertThat(client.reply()).isEqualTo("220 relay.example.com ESMTP Postrider");
        assertThat(client.ask("EHLO client.example")).contains("250-PIPELINING|", "|250-CHUNKING|");
        assertThat(client.ask("MAIL FROM:<a@example.org>")).isEqualTo("250 2.1.0 Sender OK");
        assertThat(client.ask("RCPT TO:<b@example.net>")).isEqualTo("250 2.1.5 Recipient OK");
        assertThat(client.ask("DATA")).startsWith("354 ");
        String verdict = client.ask("Subject: hi\r\n\r\n..dot\r\n.");
        Spool.Message message = spool.taken();
        assertThat(verdict).isEqualTo("250 2.0.0 queued as " + message.id());
        assertThat(client.ask("QUIT")).isEqualTo("221 2.0.0 Goodbye");
        assertThat(client.reply()).isEqualTo("closed");

        String body = new String(message.body(), StandardCharsets.US_ASCII);
        assertThat(body)
                .isEqualTo(
                        "Received: from client.example ([127.0.0.1])\r\n\tby relay.example.com (Postrider) with ESMTP id "
                                + message.id() + "\r\n\tfor <b@example.net>;\r\n\tTue, 3 Feb 2026 04:05:06 +0000\r\n"
                                + "Date: Tue, 3 Feb 2026 04:05:06 +0000\r\nMessage-ID: <" + message.id()
                                + "@relay.example.com>\r\nSubject: hi\r\n\r\n.dot\r\n");
        assertThat(handOver.offered).isEqualTo(message.references());
        assertThat(meters.expose()).contains("postrider_accepted_total 1.0");
    }

    @Test
    void answersOnlyAfterTheSpoolHasTheMessage() throws Exception {
        CompletableFuture<Void> safe = new CompletableFuture<>();
        spool.answerWith(() -> safe);
        SmtpClient client = connect(start("")).hello();

        client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nBDAT 5 LAST\r\n\r\nx\r\nNOOP\r\n");
        client.reply();
        client.reply();
        spool.taken();
        assertThat(handOver.offered).isEmpty();
        safe.complete(null);

        assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
        assertThat(client.reply()).isEqualTo("250 2.0.0 OK");
        assertThat(handOver.offered).hasSize(1);
    }

    @Test
    void refusesForNowWhatTheSpoolCannotTake() throws Exception {
        SmtpClient client = connect(start("")).hello();

        spool.answerWith(() -> CompletableFuture.failedFuture(new IllegalStateException("disk")));
        assertThat(message(client)).isEqualTo("451 4.3.0 The message could not be stored, try again later");
        spool.answerWith(() -> CompletableFuture.failedFuture(new Overloaded("full")));
        assertThat(message(client)).startsWith("452 4.3.1 ");
        handOver.congested = true;
        assertThat(client.ask("MAIL FROM:<a@example.org>")).startsWith("452 4.3.1 ");
        handOver.congested = false;
        spool.answerWith(() -> CompletableFuture.completedFuture(null));
        assertThat(message(client)).startsWith("250 2.0.0 ");

        assertThat(handOver.offered).hasSize(1);
        assertThat(rejections).extracting(rejection -> rejection.reply().code()).containsExactly(451, 452, 452);
    }

    @Test
    void readsNothingMoreWhileAVerdictIsAwaited() throws Exception {
        spool.answerWith(CompletableFuture::new);
        SmtpClient client = connect(start("")).hello();
        client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nBDAT 5 LAST\r\n\r\nx\r\n");
        client.reply();
        client.reply();
        spool.taken();

        Thread flood = Thread.ofPlatform().daemon().start(() -> {
            try {
                String noops = "NOOP\r\n".repeat(10_000);
                for (int i = 0; i < 1000; i++) {
                    client.send(noops);
                }
            } catch (java.io.IOException closed) {
                // the test is over
            }
        });
        flood.join(Duration.ofMillis(500));

        assertThat(flood.isAlive())
                .as("60 MB must not fit into the buffers on the way")
                .isTrue();
    }

    @Test
    void closesAConnectionThatSendsNoWholeCommandInTime() throws Exception {
        SmtpClient client = connect(start("")).hello();
        pass(Duration.ofMinutes(4));
        client.send("NO");
        pass(Duration.ofSeconds(59));
        assertThat(client.ask("OP")).isEqualTo("250 2.0.0 OK");
        pass(Duration.ofMinutes(4));
        client.send("N");
        pass(Duration.ofMinutes(2));

        assertThat(client.reply()).isEqualTo("421 4.4.2 Timeout: closing the connection");
        assertThat(client.reply()).isEqualTo("closed");
    }

    @Test
    void closesATransactionThatDripsInByteByByte() throws Exception {
        SmtpClient client = connect(start("")).hello();
        client.ask("MAIL FROM:<a@example.org>");
        client.ask("RCPT TO:<b@example.net>");
        client.ask("DATA");
        String reply = "";
        for (int minute = 0; minute < 14; minute++) {
            client.send("x");
            pass(Duration.ofMinutes(1));
        }
        client.send("x");
        pass(Duration.ofMinutes(2));
        reply = client.reply();

        assertThat(reply).isEqualTo("421 4.4.2 Timeout: closing the connection");
        assertThat(budget.left()).isEqualTo(1 << 20);
    }

    @Test
    void leavesAClientThatAwaitsItsVerdictInPeace() throws Exception {
        CompletableFuture<Void> safe = new CompletableFuture<>();
        spool.answerWith(() -> safe);
        SmtpClient client =
                connect(start("listener-defaults.verdict-timeout = 1 hour")).hello();
        client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nBDAT 5 LAST\r\n\r\nx\r\n");
        client.reply();
        client.reply();
        spool.taken();
        pass(Duration.ofMinutes(30));
        safe.complete(null);

        assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
        assertThat(client.ask("NOOP")).startsWith("250 ");
    }

    @Test
    void doesNotLetAClientWaitForItsVerdictForEver() throws Exception {
        CompletableFuture<Void> late = new CompletableFuture<>();
        spool.answerWith(() -> late);
        SmtpClient client = connect(start("")).hello();
        client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nBDAT 5 LAST\r\n\r\nx\r\n");
        client.reply();
        client.reply();
        spool.taken();

        pass(Duration.ofMinutes(5));

        assertThat(client.reply()).isEqualTo("451 4.3.0 The message could not be stored in time, try again later");
        assertThat(budget.left()).isEqualTo(1 << 20);
        late.complete(null);
        spool.answerWith(() -> CompletableFuture.completedFuture(null));
        assertThat(message(client)).startsWith("250 2.0.0 queued as ");
        assertThat(meters.expose()).contains("postrider_accepted_total 2.0");
    }

    @Test
    void countsConnectionsInAllAndPerClient() throws Exception {
        SmtpListener listener = start("listener-defaults { max-connections-per-client = 2, max-connections = 3 }");
        SmtpClient first = connect(listener).hello();
        connect(listener).hello();

        SmtpClient third = connect(listener);
        assertThat(third.reply()).isEqualTo("421 4.7.0 Too many connections from your address, try again later");
        assertThat(third.reply()).isEqualTo("closed");
        assertThat(listener.connections()).isEqualTo(2);

        first.ask("QUIT");
        first.close();
        awaitConnections(listener, 1);
        assertThat(connect(listener).reply()).startsWith("220 ");
    }

    @Test
    void refusesAHundredAndFirstConnectionInAll() throws Exception {
        SmtpListener listener = start("listener-defaults { max-connections = 1 }");
        connect(listener).hello();

        assertThat(connect(listener).reply()).isEqualTo("421 4.7.0 Too many connections, try again later");
        assertThat(meters.expose()).contains("postrider_connections_refused_total 1.0");
    }

    @Test
    void greetsStrangersWith554() throws Exception {
        SmtpClient client = connect(start("listener-defaults { allow-hosts = [\"192.0.2.0/24\"] }"));

        assertThat(client.reply()).isEqualTo("554 5.7.1 Access denied: this address may not connect");
        assertThat(client.reply()).isEqualTo("closed");
    }

    @Test
    void relaysForRelayHostsOnly() throws Exception {
        SmtpClient client = connect(start("listener-defaults { relay-hosts = [\"192.0.2.0/24\"] }"))
                .hello();

        assertThat(client.ask("MAIL FROM:<a@example.org>")).startsWith("250 ");
        assertThat(client.ask("RCPT TO:<b@example.net>")).isEqualTo("550 5.7.1 Relaying denied");
        assertThat(client.ask("DATA")).isEqualTo("554 5.5.1 No valid recipients");
        assertThat(rejections).hasSize(1);
        RejectedLog.Rejection rejection = rejections.get(0);
        assertThat(rejection.recipient()).isEqualTo("b@example.net");
        assertThat(rejection.sender().address()).isEqualTo("a@example.org");
        assertThat(rejection.client()).isEqualTo("127.0.0.1");
    }

    @Test
    void swallowsAMessageForWhichThereIsNoMemory() throws Exception {
        budget = new ReceiveBudget(20_000);
        SmtpClient client = connect(start("")).hello();
        client.ask("MAIL FROM:<a@example.org>");
        client.ask("RCPT TO:<b@example.net>");
        client.ask("DATA");
        String text = ("x".repeat(98) + "\r\n").repeat(400);

        assertThat(client.ask(text + ".")).isEqualTo("452 4.3.1 Too much mail is coming in at once, try again later");
        assertThat(budget.left()).isEqualTo(20_000);
        assertThat(message(client)).startsWith("250 ");
        assertThat(budget.left()).isEqualTo(20_000);
    }

    @Test
    void drainsIdleSessionsAtOnceAndOthersBehindTheirTransaction() throws Exception {
        CompletableFuture<Void> safe = new CompletableFuture<>();
        spool.answerWith(() -> safe);
        SmtpListener listener = start("");
        SmtpClient idle = connect(listener).hello();
        SmtpClient busy = connect(listener).hello();
        busy.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nBDAT 5 LAST\r\n\r\nx\r\n");
        busy.reply();
        busy.reply();
        spool.taken();

        CompletableFuture<Void> drained = listener.drain(Duration.ofSeconds(5)).toCompletableFuture();
        assertThat(idle.reply()).isEqualTo("421 4.3.2 Shutting down, come again later");
        assertThat(idle.reply()).isEqualTo("closed");
        idle.close();
        safe.complete(null);

        assertThat(busy.reply()).startsWith("250 2.0.0 queued as ");
        assertThat(busy.reply()).isEqualTo("421 4.3.2 Shutting down, come again later");
        busy.close();
        drained.get(10, TimeUnit.SECONDS);
    }

    @Test
    void cutsWhatDoesNotEndInTime() throws Exception {
        SmtpListener listener = start("");
        SmtpClient busy = connect(listener).hello();
        busy.ask("MAIL FROM:<a@example.org>");
        CompletableFuture<Void> drained = listener.drain(Duration.ofSeconds(5)).toCompletableFuture();
        assertThat(busy.ask("RCPT TO:<b@example.net>")).startsWith("250 ");

        assertThat(drained).isNotDone();
        pass(Duration.ofSeconds(6));

        assertThat(busy.reply()).isEqualTo("closed");
        drained.get(10, TimeUnit.SECONDS);
    }

    @Test
    void stillAnswersAClientThatHasSentItsLastByte() throws Exception {
        SmtpClient client = connect(start(""));
        client.send(
                "EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nBDAT 5 LAST\r\n\r\nx\r\nNOOP\r\n");
        client.halfClose();

        for (int i = 0; i < 4; i++) {
            client.reply();
        }
        assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
        assertThat(client.reply()).isEqualTo("250 2.0.0 OK");
        assertThat(client.reply()).isEqualTo("closed");
    }

    @Test
    void takesLargeMessagesWhole() throws Exception {
        budget = new ReceiveBudget(64 << 20);
        SmtpClient client = connect(start("")).hello();
        client.ask("MAIL FROM:<a@example.org>");
        client.ask("RCPT TO:<b@example.net>");
        client.ask("DATA");
        String text = "Subject: large\r\n\r\n" + ("x".repeat(98) + "\r\n").repeat(50_000);

        assertThat(client.ask(text + ".")).startsWith("250 2.0.0 queued as ");

        byte[] body = spool.taken().body();
        assertThat(new String(body, StandardCharsets.US_ASCII)).endsWith(text);
        assertThat(budget.left()).isEqualTo(64 << 20);
    }

    // ----

    private static String message(SmtpClient client) throws Exception {
        client.ask("MAIL FROM:<a@example.org>");
        client.ask("RCPT TO:<b@example.net>");
        client.ask("DATA");
        return client.ask("Subject: hi\r\n\r\nhello\r\n.");
    }

    /** Both clocks of a connection: the one that it reads, and the one that wakes it. */
    private void pass(Duration duration) {
        ticks.addAndGet(duration.toNanos());
        time.timePasses(duration);
    }

    private static void awaitConnections(SmtpListener listener, int expected) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (listener.connections() != expected && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(listener.connections()).isEqualTo(expected);
    }

    private SmtpListener start(String overrides) throws Exception {
        Config config = ConfigFactory.parseString("postrider.smtp {" + LOCAL + overrides + "}")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
        IngressSettings settings = IngressSettings.from(config);
        Intake intake = new Intake(
                settings.intake(),
                new MessageIds(CLOCK),
                spool,
                handOver,
                "default"::equals,
                IdempotencyFixture.with(spool, CLOCK),
                CLOCK);
        SmtpService service = new SmtpService(
                intake,
                handOver,
                rejections::add,
                meters,
                budget,
                Optional.empty(),
                CLOCK,
                ticks::get,
                new SmtpService.SessionIds(CLOCK));
        return SmtpListener.start(
                testKit.system(), sockets, settings.listeners().get(0), service, Optional.empty());
    }

    private SmtpClient connect(SmtpListener listener) throws Exception {
        SmtpClient client = new SmtpClient(listener.address().getPort());
        clients.add(client);
        return client;
    }
}
