package io.postrider;

import com.typesafe.config.Config;
import io.postrider.admin.AdminApi;
import io.postrider.egress.ConnectionPool;
import io.postrider.egress.Egress;
import io.postrider.egress.EgressSettings;
import io.postrider.egress.MxConnection;
import io.postrider.egress.ToPool;
import io.postrider.ingress.HandOver;
import io.postrider.ingress.HandOverActor;
import io.postrider.ingress.HandOverSettings;
import io.postrider.ingress.Idempotency;
import io.postrider.ingress.Ingress;
import io.postrider.ingress.IngressSettings;
import io.postrider.ingress.Intake;
import io.postrider.ingress.QueueHandOver;
import io.postrider.ingress.ReceiveBudget;
import io.postrider.ingress.RejectionLines;
import io.postrider.ingress.ReportShares;
import io.postrider.ingress.SenderPolicy;
import io.postrider.ingress.SenderReports;
import io.postrider.ingress.SmtpService;
import io.postrider.ingress.http.HttpListener;
import io.postrider.journal.EventReader;
import io.postrider.journal.RocksEventReader;
import io.postrider.journal.StoreExtension;
import io.postrider.mail.MessageIds;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.queue.QueueBoard;
import io.postrider.queue.QueueCommand;
import io.postrider.queue.QueuePorts;
import io.postrider.queue.QueueSettings;
import io.postrider.queue.Queues;
import io.postrider.record.Recorder;
import io.postrider.record.Records;
import io.postrider.route.DnsRouter;
import io.postrider.route.RouteSettings;
import io.postrider.route.Router;
import io.postrider.route.SecureRouter;
import io.postrider.route.TlsRules;
import io.postrider.signing.Signatory;
import io.postrider.signing.SigningSettings;
import io.postrider.spool.IdempotencySettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running relay: the pieces in the order in which they need each other, and the way back down.
 *
 * <p>Up: store, actor system, recorder, egress, queues, hand-over, listeners; so nothing is accepted before everything
 * behind it is there. Down: listeners, then what is on the wire, then the records, then the store; what is not sent stays
 * queued.
 */
public final class Node {

    private static final Logger log = LoggerFactory.getLogger(Node.class);

    /** Longest waits on the way down; together below the 30 seconds that a supervisor gives us. */
    private static final Duration LISTENERS = Duration.ofSeconds(7);

    private static final Duration WIRE = Duration.ofSeconds(10);

    private static final Duration RECORDS = Duration.ofSeconds(3);
    private static final Duration MANAGEMENT = Duration.ofSeconds(2);
    private static final Duration ACTORS = Duration.ofSeconds(6);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofSeconds(60);

    /** How soon a replaced key file is taken into use. */
    private static final Duration LOOK_AT_KEYS = Duration.ofSeconds(1);

    /** Where the node is on its way up or down. */
    private static final class Phase {
        private volatile Optional<String> whyNotReady = Optional.of("starting");
    }

    private final ActorSystem<Void> system;
    private final NodeStorage storage;
    private final ActorRef<Recorder.Command> recorder;
    private final DnsRouter router;
    private final Queues queues;
    private final Intake intake;
    private final Ingress ingress;
    private final HttpListener http;
    private final NodeManagement management;
    private final Phase phase;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private Node(
            ActorSystem<Void> system,
            NodeStorage storage,
            ActorRef<Recorder.Command> recorder,
            DnsRouter router,
            Queues queues,
            Intake intake,
            Ingress ingress,
            HttpListener http,
            NodeManagement management,
            Phase phase) {
        this.system = system;
        this.storage = storage;
        this.recorder = recorder;
        this.router = router;
        this.queues = queues;
        this.intake = intake;
        this.ingress = ingress;
        this.http = http;
        this.management = management;
        this.phase = phase;
        system.getWhenTerminated().whenComplete((done, failure) -> endedByItself());
    }

    /**
     * Starts a node and returns when it listens: blocks for seconds.
     *
     * @throws RuntimeException with a message for the operator when it cannot start; nothing is left running then
     */
    public static Node start(Configuration configuration) {
        List<Finding> unusable = CertificateCheck.unusable(configuration.config());
        if (!unusable.isEmpty()) {
            throw new ConfigurationException(unusable);
        }
        InstantSource clock = InstantSource.system();
        Config postrider = configuration.postrider();
        Meters meters = new Meters(MetricsSettings.from(postrider.getConfig("metrics")));
        NodeStorage storage = NodeStorage.open(postrider, meters, clock);
        ActorSystem<Void> system;
        try {
            system = ActorSystem.create(Behaviors.empty(), "postrider", configuration.config());
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
        try {
            StoreExtension.of(system).use(storage.store());
            joinOurselves(system);
            return start(system, postrider, storage, meters, clock);
        } catch (RuntimeException e) {
            quietly("actors", terminated(system), ACTORS);
            storage.close();
            throw e;
        }
    }

    private static Node start(
            ActorSystem<Void> system, Config postrider, NodeStorage storage, Meters meters, InstantSource clock) {
        EventReader journal = new RocksEventReader(system);
        Records records = Records.open(
                postrider,
                new Records.Parts(storage.store(), storage.spool(), storage.spool(), journal, meters, clock));
        ActorRef<Recorder.Command> recorder = spawn(system, records.recorder(), "recorder");
        NodeTls tls = NodeTls.open(postrider);
        system.getWhenTerminated().whenComplete((done, failure) -> tls.close());
        TlsRules tlsRules = TlsRules.from(postrider);
        DnsRouter router = DnsRouter.create(RouteSettings.from(postrider), tlsRules::openToDane, clock);
        EgressSettings egressSettings = EgressSettings.from(postrider);
        ActorRef<ToPool> pool = spawn(
                system,
                ConnectionPool.create(
                        egressSettings, tls.client(tlsRules, clock), meters, clock, storage.afterCleanStop()),
                "connections");
        Router ways = NodePolicies.open(system, postrider, storage, tls, meters, clock, router)
                .over(SecureRouter.withDane(router, tlsRules), tlsRules);
        Egress egress = new Egress(
                storage.spool(), ways, SecureRouter.byRulesAlone(router, tlsRules), pool, egressSettings, clock);
        QueueBoard board = new QueueBoard();
        QueueSettings queueSettings = QueueSettings.from(postrider);
        Signatory signatory = Signatory.open(SigningSettings.from(postrider), meters, System::nanoTime, LOOK_AT_KEYS);
        system.getWhenTerminated().whenComplete((done, failure) -> signatory.close());
        CompletableFuture<HandOver> handOverToCome = new CompletableFuture<>();
        SenderReports reports = new SenderReports(
                queueSettings.reports(),
                postrider.getString("node.hostname"),
                postrider.getDuration("retry.give-up-after"),
                storage.spool(),
                handOverToCome,
                new ReportShares(
                        queueSettings.reports().perSender(),
                        queueSettings.reports().maxSenders(),
                        System::nanoTime),
                signatory,
                meters);
        Queues queues = Queues.start(
                system,
                new QueuePorts(
                        storage.spool(),
                        storage.wakeIndex(),
                        journal,
                        reports,
                        recorder.narrow(),
                        (assignment, queue) -> MxConnection.create(assignment, queue, egress),
                        board,
                        queueSettings,
                        storage.afterCleanStop(),
                        clock,
                        System::nanoTime,
                        () -> ThreadLocalRandom.current().nextDouble()));
        QueueHandOver handOver = handOver(system, postrider, storage, queues, records, clock);
        handOverToCome.complete(handOver);
        IngressSettings ingressSettings = IngressSettings.from(postrider);
        MessageIds ids = new MessageIds(clock);
        Idempotency idempotency = new Idempotency(
                storage.reservations(),
                storage.spool(),
                records.history(),
                ids,
                IdempotencySettings.from(postrider),
                clock,
                system.dispatchers().lookup(DispatcherSelector.defaultDispatcher()));
        Intake intake = new Intake(
                ingressSettings.intake(),
                ids,
                storage.spool(),
                handOver,
                egressSettings.pools()::containsKey,
                idempotency,
                signatory,
                SenderPolicy.BY_IDENTITY,
                clock);
        SmtpService service = new SmtpService(
                intake,
                handOver,
                new RejectionLines(records.rejections(), meters),
                meters,
                new ReceiveBudget(ingressSettings.receiveBuffer()),
                NodeLogins.open(system, postrider, meters),
                clock);
        NodeManagement.showGauges(meters, board, records.books(), records.lag(), handOver, clock);
        AdminApi.Parts asked = new AdminApi.Parts(
                queues::ask,
                board,
                storage.wakeIndex(),
                storage.spool(),
                records.history(),
                () -> records.books().totals(storage.spool()),
                () -> AskPattern.ask(
                        pool, replyTo -> new ToPool.Describe(List.of(), replyTo), ANSWER, system.scheduler()),
                NodeManagement.cluster(system, postrider.getString("node.name")),
                clock);
        Phase phase = new Phase();
        meters.certificates(tls::expiry);
        NodeManagement management = await(
                NodeManagement.open(system, postrider, tls, meters, asked, () -> whyNotReady(phase, storage, handOver)),
                START);
        Ingress ingress = Ingress.start(system, ingressSettings, service, tls::smtp);
        HttpListener http = await(
                NodeHttp.open(
                        system,
                        postrider,
                        tls,
                        service,
                        idempotency,
                        new NodeHttp.Asked(records, storage.spool(), queues::ask)),
                START);
        system.scheduler()
                .scheduleAtFixedRate(
                        Duration.ZERO,
                        Duration.ofDays(1),
                        () -> tls.tellWhatExpires(clock.instant()),
                        system.executionContext());
        phase.whyNotReady = Optional.empty();
        return new Node(system, storage, recorder, router, queues, intake, ingress, http, management, phase);
    }

    private static Optional<String> whyNotReady(Phase phase, NodeStorage storage, QueueHandOver handOver) {
        if (phase.whyNotReady.isPresent()) {
            return phase.whyNotReady;
        }
        if (!storage.store().isHealthy()) {
            return Optional.of("the store cannot write");
        }
        return handOver.isCongested()
                ? Optional.of("too much mail waits for the queues or the recorder")
                : Optional.empty();
    }

    private static QueueHandOver handOver(
            ActorSystem<Void> system,
            Config postrider,
            NodeStorage storage,
            Queues queues,
            Records records,
            InstantSource clock) {
        HandOverSettings settings = HandOverSettings.from(postrider);
        AtomicInteger waiting = new AtomicInteger();
        HandOverActor.Door door = (domain, messages, repeated, at, replyTo) ->
                queues.tell(domain, new QueueCommand.Offer(messages, repeated, at, replyTo));
        ActorRef<HandOverActor.Command> actor =
                spawn(system, HandOverActor.create(storage.spool(), door, settings, clock, waiting), "hand-over");
        return new QueueHandOver(actor, waiting, settings, records.lag()::isCongested);
    }

    /** A cluster of one: the queues are sharded from the first day, and the first node is its own seed. */
    private static void joinOurselves(ActorSystem<Void> system) {
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
    }

    private static <T> ActorRef<T> spawn(ActorSystem<Void> system, Behavior<T> behavior, String name) {
        return system.systemActorOf(behavior, name, Props.empty());
    }

    /** Where the listeners are bound, in the order of the configuration. */
    public List<InetSocketAddress> smtp() {
        return ingress.listeners().stream().map(listener -> listener.address()).toList();
    }

    public InetSocketAddress http() {
        return http.address();
    }

    public InetSocketAddress admin() {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), management.admin().port());
    }

    public InetSocketAddress metrics() {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), management.metrics().port());
    }

    /** Done when nothing of the node runs any more, by {@link #stop} or because its actor system could not go on. */
    public CompletionStage<Void> stopped() {
        return stopped;
    }

    /**
     * Takes no more mail, ends what is on the wire, records it, and stops: within 30 seconds. What could not be sent
     * stays queued. Returns at once; repeating it is harmless.
     */
    public CompletionStage<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            new Thread(this::goDown, "node-stop").start();
        }
        return stopped;
    }

    private void goDown() {
        log.info("stopping: no more mail is taken");
        phase.whyNotReady = Optional.of("stopping");
        CompletionStage<?> last = http.drain();
        quietly("listeners", ingress.drain(), LISTENERS);
        quietly("HTTP", last, LISTENERS);
        intake.close();
        quietly("connections", queues.drain(WIRE), WIRE.plusSeconds(1));
        quietly("records", AskPattern.ask(recorder, Recorder.Flush::new, RECORDS, system.scheduler()), RECORDS);
        quietly("management", management.close(), MANAGEMENT);
        quietly("actors", terminated(system), ACTORS);
        router.close();
        storage.stoppedInOrder();
        storage.close();
        log.info("stopped");
        stopped.complete(null);
    }

    /** The actor system ended without being told to: nothing can go on, so the process should end and start anew. */
    private void endedByItself() {
        if (stopping.compareAndSet(false, true)) {
            log.error("the actor system ended by itself; the node cannot go on");
            router.close();
            storage.close();
            stopped.complete(null);
        }
    }

    private static CompletionStage<Done> terminated(ActorSystem<Void> system) {
        system.terminate();
        return system.getWhenTerminated();
    }

    private static void quietly(String what, CompletionStage<?> stage, Duration atMost) {
        try {
            await(stage, atMost);
        } catch (RuntimeException e) {
            log.warn("{} did not end in order: {}", what, e.toString());
        }
    }

    private static <T> T await(CompletionStage<T> stage, Duration atMost) {
        return stage.toCompletableFuture()
                .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
