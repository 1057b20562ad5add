package io.postrider.queue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.egress.Assignment;
import io.postrider.egress.FromConnection;
import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Via;
import io.postrider.journal.EventReader;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.record.RecorderProtocol;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import io.postrider.spool.WakeIndex;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The world around a queue, with a clock moved by hand. */
final class QueueFixture {

    static final Domain DOMAIN = Domain.of("example.net");
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final Via VIA = new Via("site", "mx.example.net", "192.0.2.1", "default", Via.Tls.NONE);

    final ActorTestKit kit;
    final TestProbe<RecorderProtocol.Persisted> recorder;
    final TestProbe<ToConnection> connections;
    final TestProbe<QueueCommand> gatherer;
    final TestProbe<FromConnection> fromConnections;
    final TestProbe<RecorderProtocol.Recorded> recorded;
    /** In the order in which queues asked for them: their actors start in whatever order their threads find. */
    private final List<CompletableFuture<ActorRef<ToConnection>>> spawned = new CopyOnWriteArrayList<>();

    final ConcurrentLinkedQueue<Heard> heard = new ConcurrentLinkedQueue<>();
    final List<String> wakes = new ArrayList<>();
    final List<Domain> due = new CopyOnWriteArrayList<>();
    final List<Long> trims = new ArrayList<>();
    final List<MessageId> marked = new ArrayList<>();
    final Map<MessageId, Reference> references = new HashMap<>();
    final QueueBoard board = new QueueBoard();
    volatile Instant now = START;
    volatile long nanos = 1_000_000_000_000L;
    double random = 0.5;
    boolean afterCleanStop;
    private long ids;

    /** What queues ask to be reported; nothing is reported before the test says so. */
    final List<AskedReports> asked = new CopyOnWriteArrayList<>();

    final List<List<LateMessage>> late = new CopyOnWriteArrayList<>();

    final Reporter reporter = new Reporter() {
        @Override
        public CompletionStage<List<Report>> report(Domain domain, List<OwedReport> owed) {
            AskedReports reports = new AskedReports(owed, new CompletableFuture<>());
            asked.add(reports);
            return reports.answer();
        }

        @Override
        public CompletionStage<List<MessageId>> late(Domain domain, List<LateMessage> messages) {
            late.add(messages);
            return new CompletableFuture<>();
        }
    };

    /** Of all connections so far, of all lives of the queue. */
    final List<Assignment> assignments = new CopyOnWriteArrayList<>();

    record AskedReports(List<OwedReport> owed, CompletableFuture<List<Report>> answer) {}

    /** What a queue said to one of its connections. */
    record Heard(ActorRef<ToConnection> connection, ToConnection message) {}

    QueueFixture(ActorTestKit kit) {
        this.kit = kit;
        recorder = kit.createTestProbe();
        connections = kit.createTestProbe();
        gatherer = kit.createTestProbe();
        fromConnections = kit.createTestProbe();
        recorded = kit.createTestProbe();
    }

    static Config config(String own) {
        return ConfigFactory.parseString(own)
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
    }

    QueuePorts ports(String own) {
        Connections factory = (assignment, queue) -> {
            assignments.add(assignment);
            CompletableFuture<ActorRef<ToConnection>> born = new CompletableFuture<>();
            spawned.add(born);
            return Behaviors.setup(context -> {
                born.complete(context.getSelf());
                return Behaviors.receiveMessage(message -> {
                    heard.add(new Heard(context.getSelf(), message));
                    connections.ref().tell(message);
                    boolean ends = message instanceof ToConnection.Released || message instanceof ToConnection.Drain;
                    return ends ? Behaviors.stopped() : Behaviors.same();
                });
            });
        };
        return new QueuePorts(
                spool(),
                wakeIndex(),
                journal(),
                reporter,
                recorder.ref(),
                factory,
                board,
                QueueSettings.from(config(own)),
                afterCleanStop,
                () -> now,
                () -> nanos,
                () -> random);
    }

    /** All connections so far, of all lives of the queue. */
    List<ActorRef<ToConnection>> spawned() {
        List<ActorRef<ToConnection>> all = new ArrayList<>();
        for (CompletableFuture<ActorRef<ToConnection>> born : spawned) {
            all.add(born.orTimeout(10, TimeUnit.SECONDS).join());
        }
        return all;
    }

    /** The newest of this name: a queue that starts again counts from one again. */
    ActorRef<ToConnection> spawned(String name) {
        return spawned().reversed().stream()
                .filter(connection -> connection.path().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    Gatherer.Refs refs() {
        return new Gatherer.Refs(gatherer.ref(), fromConnections.ref(), recorded.ref());
    }

    void pass(java.time.Duration time) {
        now = now.plus(time);
        nanos += time.toNanos();
    }

    DomainQueue.Work work(QueueCommand... commands) {
        return new DomainQueue.Work(List.of(commands), now, nanos);
    }

    MessageId id() {
        return new MessageId(START.toEpochMilli() << 16 | 0x7000L | ids & 0xFFF, 0x8000_0000_0000_0000L | ids++);
    }

    HandedOver message(MessageId id, int recipients) {
        return handedOver(id, recipients, "acme", "spring");
    }

    HandedOver withOptionalTls(MessageId id) {
        Instant expires = START.plusSeconds(5 * 86400);
        return new HandedOver(id, 1, Optional.empty(), expires, "acme", "spring", "", "default", 4096, true);
    }

    HandedOver handedOver(MessageId id, int recipients, String tenant, String campaign) {
        Instant expires = START.plusSeconds(5 * 86400);
        return new HandedOver(id, recipients, Optional.empty(), expires, tenant, campaign, "", "default", 4096, false);
    }

    static MessageOutcome outcome(MessageId id, int attempt, Kind kind, int... positions) {
        List<Result> results = new ArrayList<>();
        Reply reply = reply(kind);
        for (int position : positions) {
            results.add(new Result(position, kind, reply, false));
        }
        return new MessageOutcome(id, attempt, Optional.of(VIA), results);
    }

    static Reply reply(Kind kind) {
        return switch (kind) {
            case DELIVERED -> Reply.of(250, "2.0.0", "OK");
            case DEFERRED -> Reply.of(451, "4.7.1", "Come back later");
            default -> Reply.of(550, "5.1.1", "No such user");
        };
    }

    private EventReader journal() {
        return new EventReader() {
            @Override
            public CompletionStage<List<Stored>> events(String persistenceId, long from, int limit) {
                return CompletableFuture.completedFuture(List.of());
            }

            @Override
            public CompletionStage<List<Head>> heads(Optional<String> after, int limit) {
                return CompletableFuture.completedFuture(List.of());
            }

            @Override
            public void trim(String persistenceId, long upToSequenceNr) {
                trims.add(upToSequenceNr);
            }
        };
    }

    private WakeIndex wakeIndex() {
        return new WakeIndex() {
            @Override
            public void put(Domain domain, Instant due) {
                wakes.add("put " + due);
            }

            @Override
            public void remove(Domain domain) {
                wakes.add("remove");
            }

            @Override
            public CompletionStage<List<Entry>> due(int slice, Instant now, int limit) {
                List<Entry> found = new ArrayList<>();
                for (Domain domain : due) {
                    if (WakeIndex.sliceOf(domain) == slice) {
                        found.add(new Entry(domain, now));
                    }
                }
                return CompletableFuture.completedFuture(found);
            }
        };
    }

    private Spool spool() {
        return new Spool() {
            @Override
            public CompletionStage<Void> accept(Message message) {
                throw new UnsupportedOperationException();
            }

            @Override
            public CompletionStage<Boolean> acceptOnce(Message report, Cause cause) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void handedOver(Domain domain, List<MessageId> messages) {
                throw new UnsupportedOperationException();
            }

            @Override
            public CompletionStage<Page> toHandOver(Optional<Cursor> after, int limit) {
                throw new UnsupportedOperationException();
            }

            @Override
            public CompletionStage<List<MessageId>> stillMarked(Domain domain, List<MessageId> messages) {
                return CompletableFuture.completedFuture(
                        messages.stream().filter(marked::contains).toList());
            }

            @Override
            public CompletionStage<Map<MessageId, Stored>> load(Domain domain, List<MessageId> messages) {
                throw new UnsupportedOperationException();
            }

            @Override
            public CompletionStage<Map<MessageId, Reference>> references(Domain domain, List<MessageId> messages) {
                Map<MessageId, Reference> found = new HashMap<>(references);
                found.keySet().retainAll(messages);
                return CompletableFuture.completedFuture(found);
            }

            @Override
            public CompletionStage<List<Reference>> references(MessageId message) {
                throw new UnsupportedOperationException();
            }

            @Override
            public CompletionStage<Counts> counts() {
                throw new UnsupportedOperationException();
            }
        };
    }
}
