package io.postrider.egress;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Result;
import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.mail.TlsWish;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.route.DnsRouter;
import io.postrider.route.PolicyRouter;
import io.postrider.route.RouteSettings;
import io.postrider.route.Router;
import io.postrider.route.Routing;
import io.postrider.route.SecureRouter;
import io.postrider.route.Site;
import io.postrider.route.TlsRules;
import io.postrider.spool.Labels;
import io.postrider.spool.MemorySpool;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import io.postrider.sts.PublishedPolicy;
import io.postrider.tls.ClientTls;
import io.postrider.tls.TlsWorkers;
import io.postrider.watch.FileWatch;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;

/** Egress on a work bench: a memory spool, fixed ways, stand-ins for queues, and short deadlines. */
final class EgressBench implements AutoCloseable {

    static final Domain DOMAIN = Domain.of("example.com");
    static final Instant LATER = Instant.parse("2999-01-01T00:00:00Z");

    final ActorTestKit kit =
            ActorTestKit.create(ConfigFactory.parseString("pekko.loglevel = WARNING\npekko.actor.provider = local")
                    .withFallback(ConfigFactory.defaultReference()));
    final MemorySpool spool = new MemorySpool();
    final Map<Domain, Routing> ways = new ConcurrentHashMap<>();
    final Map<Domain, PublishedPolicy> policies = new ConcurrentHashMap<>();
    final Meters meters = new Meters(new MetricsSettings(10));
    final FileWatch watch = new FileWatch("bench", Duration.ofMillis(50));
    final TlsWorkers workers = new TlsWorkers(1, 100);
    final ActorRef<ToPool> pool;
    final Egress egress;
    private final DnsRouter dns;
    private final Map<Domain, ActorRef<QueueStandIn.Command>> queues = new HashMap<>();
    private final Map<Domain, TestProbe<Object>> probes = new HashMap<>();
    private long messages;
    private boolean tlsOptional;
    private volatile Duration ahead = Duration.ZERO;

    EgressBench(String... settings) {
        this(true, settings);
    }

    EgressBench(boolean afterCleanStop, String... settings) {
        Config config = ConfigFactory.parseString(String.join("\n", settings))
                .withFallback(ConfigFactory.parseString("postrider.egress.linger = 20ms"))
                .withFallback(ConfigFactory.defaultReference());
        EgressSettings egressSettings = EgressSettings.from(config.getConfig("postrider"));
        InstantSource clock = () -> Instant.now().plus(ahead);
        TlsRules rules = TlsRules.from(config.getConfig("postrider"));
        ClientTls tls = ClientTls.open(rules.terms(), rules.logins(), watch, workers, clock);
        pool = kit.spawn(ConnectionPool.create(egressSettings, tls, meters, clock, afterCleanStop));
        dns = DnsRouter.create(RouteSettings.from(config.getConfig("postrider")), rules::openToDane, clock);
        boolean byDns = !config.getStringList("postrider.dns.servers").isEmpty();
        Router router = byDns
                ? dns
                : domain -> CompletableFuture.completedStage(ways.getOrDefault(
                        domain, new Routing.Unresolved(Reply.of(451, "4.4.3", "no way in this test"))));
        Router underPolicies = new PolicyRouter(
                SecureRouter.withDane(router, rules),
                rules,
                domain -> CompletableFuture.completedStage(Optional.ofNullable(policies.get(domain))),
                meters);
        egress =
                new Egress(spool, underPolicies, SecureRouter.byRulesAlone(router, rules), pool, egressSettings, clock);
    }

    /** The clock is set that much further. */
    void pass(Duration time) {
        ahead = ahead.plus(time);
    }

    /** From now on queues connect for mail with optional TLS. */
    EgressBench forMailWithOptionalTls() {
        tlsOptional = true;
        return this;
    }

    /** The domain is hosted at this site. */
    EgressBench route(Domain domain, String site, ScriptedMx... hosts) {
        return route(
                domain,
                site,
                true,
                Arrays.stream(hosts).map(ScriptedMx::address).toArray(InetSocketAddress[]::new));
    }

    EgressBench route(Domain domain, String site, boolean explicit, InetSocketAddress... hosts) {
        List<Routing.Host> list = new ArrayList<>();
        for (InetSocketAddress host : hosts) {
            list.add(new Routing.Host("mx" + list.size() + "." + site, List.of(host)));
        }
        ways.put(domain, new Routing.Reachable(new Site(site), list, explicit));
        return this;
    }

    EgressBench route(ScriptedMx... hosts) {
        return route(DOMAIN, "site.test", hosts);
    }

    Ticket mail(String... recipients) {
        return mail(DOMAIN, "Subject: hello\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII), recipients);
    }

    Ticket mail(Domain domain, byte[] body, String... recipients) {
        return mail(domain, body, Reference.Needs.NOTHING, LATER, recipients);
    }

    /** Mail that wants this of TLS; from {@code <>} where the sender is empty. */
    Ticket mail(TlsWish tls, String sender) {
        byte[] body = "Subject: hello\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);
        return accepted(DOMAIN, body, Reference.Needs.NOTHING.with(tls), LATER, sender);
    }

    Ticket mail(Domain domain, byte[] body, Reference.Needs needs, Instant expiresAt, String... recipients) {
        return accepted(domain, body, needs, expiresAt, "sender@example.org", recipients);
    }

    private Ticket accepted(
            Domain domain, byte[] body, Reference.Needs needs, Instant expiresAt, String sender, String... recipients) {
        String[] all = recipients.length == 0 ? new String[] {"someone@" + domain} : recipients;
        MessageId id = new MessageId(0x0190_0000_0000_7000L + ++messages, 0x8000_0000_0000_0000L + messages);
        List<Recipient> list = new ArrayList<>();
        for (String recipient : all) {
            list.add(Recipient.of(list.size(), Mailbox.of(recipient)));
        }
        Reference reference = new Reference(
                id,
                domain,
                sender.isEmpty() ? Mailbox.NULL_SENDER : Mailbox.of(sender),
                list,
                Labels.NONE,
                Optional.empty(),
                expiresAt,
                "",
                "test",
                "s1",
                body.length,
                needs,
                "",
                "",
                1);
        spool.accept(new Spool.Message(id, body, List.of(reference)));
        return new Ticket(id, 1, List.of(), expiresAt);
    }

    List<Ticket> mails(Domain domain, int count) {
        List<Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tickets.add(mail(domain, ("Subject: " + i + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
        }
        return tickets;
    }

    ActorRef<QueueStandIn.Command> queue(Domain domain) {
        return queues.computeIfAbsent(
                domain,
                name -> kit.spawn(QueueStandIn.create(
                        new Assignment(name, "default", tlsOptional),
                        egress,
                        probe(name).ref())));
    }

    /** What the domain's queue hears from its connections. */
    TestProbe<Object> probe(Domain domain) {
        return probes.computeIfAbsent(domain, name -> kit.createTestProbe());
    }

    /** Supplies the mail and spawns one connection. */
    void send(Ticket... tickets) {
        send(DOMAIN, 1, List.of(tickets));
    }

    void send(Domain domain, int connections, List<Ticket> tickets) {
        queue(domain).tell(new QueueStandIn.Supply(tickets));
        queue(domain).tell(new QueueStandIn.Connect(connections));
    }

    /** More mail for the connections that there are. */
    void supply(Ticket... tickets) {
        queue(DOMAIN).tell(new QueueStandIn.Supply(List.of(tickets)));
    }

    <T> T hears(Class<T> type) {
        return hears(DOMAIN, type);
    }

    /** The next message of that type; others are passed over. */
    <T> T hears(Domain domain, Class<T> type) {
        while (true) {
            Object message = probe(domain).receiveMessage(Duration.ofSeconds(20));
            if (type.isInstance(message)) {
                return type.cast(message);
            }
        }
    }

    /** What the domain's only message comes to: outcomes, or that all hosts failed. */
    FromConnection ends(Domain domain) {
        while (true) {
            Object message = probe(domain).receiveMessage(Duration.ofSeconds(20));
            if (message instanceof FromConnection.Outcomes outcomes) {
                return outcomes;
            }
            if (message instanceof FromConnection.AllHostsFailed failed) {
                return failed;
            }
        }
    }

    /** Outcomes of that many messages, by id. */
    Map<MessageId, MessageOutcome> outcomes(Domain domain, int count) {
        Map<MessageId, MessageOutcome> all = new HashMap<>();
        while (all.size() < count) {
            for (MessageOutcome outcome :
                    hears(domain, FromConnection.Outcomes.class).outcomes()) {
                if (all.put(outcome.id(), outcome) != null) {
                    throw new AssertionError("two outcomes of " + outcome.id());
                }
            }
        }
        return all;
    }

    List<Result> resultsOf(Ticket ticket) {
        MessageOutcome outcome = outcomes(DOMAIN, 1).get(ticket.id());
        if (outcome == null) {
            throw new AssertionError("another message's outcome came");
        }
        return outcome.results();
    }

    Result resultOf(Ticket ticket) {
        return resultsOf(ticket).getFirst();
    }

    /** Waits until the connection has stopped and counts the outcomes that came before. */
    int outcomesLeft() {
        int count = 0;
        while (true) {
            Object message = probe(DOMAIN).receiveMessage(Duration.ofSeconds(20));
            if (message instanceof FromConnection.Outcomes outcomes) {
                count += outcomes.outcomes().size();
            } else if (message instanceof QueueStandIn.Stopped) {
                return count;
            }
        }
    }

    SiteStatus site(String name) {
        TestProbe<List<SiteStatus>> answer = kit.createTestProbe();
        pool.tell(new ToPool.Describe(List.of(name), answer.ref()));
        return answer.receiveMessage().getFirst();
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
        dns.close();
        watch.close();
        workers.close();
    }
}
