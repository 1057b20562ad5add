package io.postrider.queue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.egress.FromConnection;
import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.journal.StoreExtension;
import io.postrider.mail.MessageId;
import io.postrider.queue.QueueCommand.Offer;
import io.postrider.queue.QueueCommand.OfferAck;
import io.postrider.record.RecorderProtocol;
import io.postrider.record.RecorderProtocol.Persisted;
import io.postrider.store.TemporaryStore;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * What queue and journal cost per message, with the embedded store in a temporary directory, connections that deliver at
 * once and a recorder that records at once. Run its main; prints microseconds of CPU per message.
 */
public final class QueueBench {

    private static final int MESSAGES = 200_000;
    private static final int BATCH = 50;

    private QueueBench() {}

    public static void main(String[] args) throws InterruptedException {
        Config config = ConfigFactory.parseString("pekko.actor.provider = local")
                .withFallback(ConfigFactory.parseResources("pekko.conf"))
                .withFallback(ConfigFactory.load());
        ActorTestKit kit = ActorTestKit.create("bench", config);
        try (TemporaryStore temporary = TemporaryStore.with(StoreExtension.FAMILIES)) {
            StoreExtension.of(kit.system()).use(temporary.store());
            for (int round = 0; round < 6; round++) {
                run(kit, round);
            }
            kit.shutdownTestKit();
        }
    }

    private static void run(ActorTestKit kit, int round) throws InterruptedException {
        QueueFixture world = new QueueFixture(kit);
        CountDownLatch settled = new CountDownLatch(MESSAGES);
        ActorRef<Persisted> recorder = kit.spawn(Behaviors.receiveMessage(persisted -> {
            long upTo = persisted.firstSequenceNr() + persisted.events().size() - 1;
            persisted.replyTo().tell(new RecorderProtocol.Recorded(persisted.persistenceId(), upTo, List.of()));
            return Behaviors.same();
        }));
        Connections factory = (assignment, queue) -> Behaviors.setup(context -> {
            queue.tell(new FromConnection.Pull(context.getSelf(), 16));
            return Behaviors.receiveMessage(message -> {
                if (message instanceof ToConnection.Pulled pulled) {
                    List<MessageOutcome> outcomes =
                            new ArrayList<>(pulled.tickets().size());
                    pulled.tickets()
                            .forEach(ticket -> outcomes.add(
                                    QueueFixture.outcome(ticket.id(), ticket.attempt(), Kind.DELIVERED, 0)));
                    queue.tell(new FromConnection.Outcomes(context.getSelf(), outcomes));
                    queue.tell(new FromConnection.Pull(context.getSelf(), 16));
                } else if (message instanceof ToConnection.Recorded recorded) {
                    for (int i = 0; i < recorded.messages(); i++) {
                        settled.countDown();
                    }
                }
                return Behaviors.same();
            });
        });
        QueuePorts usual = world.ports("");
        QueuePorts ports = new QueuePorts(
                usual.spool(),
                usual.wakeIndex(),
                usual.journal(),
                usual.reporter(),
                recorder,
                factory,
                usual.board(),
                usual.settings(),
                true,
                () -> QueueFixture.START,
                System::nanoTime,
                Math::random);
        List<Offer> offers = new ArrayList<>();
        ActorRef<OfferAck> ignored = kit.<OfferAck>createTestProbe().ref();
        for (int i = 0; i < MESSAGES / BATCH; i++) {
            List<HandedOver> messages = new ArrayList<>(BATCH);
            for (int k = 0; k < BATCH; k++) {
                long number = (long) i * BATCH + k;
                MessageId id = new MessageId(QueueFixture.START.toEpochMilli() << 16 | 0x7000L, number << 8 | round);
                messages.add(world.message(id, 1));
            }
            offers.add(new Offer(messages, false, QueueFixture.START, ignored));
        }
        ActorRef<QueueCommand> gatherer = kit.spawn(
                Gatherer.create(io.postrider.mail.Domain.of("bench" + round + ".example"), ports, new Gatherer.Shard() {
                    @Override
                    public void passivate(ActorRef<QueueCommand> gatherer) {}

                    @Override
                    public void redirect(QueueCommand command) {}
                }));
        long cpu = cpuNanos();
        long start = System.nanoTime();
        for (int i = 0; i < offers.size(); i++) {
            gatherer.tell(offers.get(i));
            while (MESSAGES - settled.getCount() < (long) (i - 100) * BATCH) {
                Thread.onSpinWait();
                TimeUnit.MICROSECONDS.sleep(200);
            }
        }
        boolean done = settled.await(60, TimeUnit.SECONDS);
        System.out.println("round " + round + (done ? "" : " NOT DONE " + settled.getCount()) + ": "
                + (cpuNanos() - cpu) / 1000 / MESSAGES + " us CPU per message, "
                + MESSAGES * 1000L / Math.max(1, (System.nanoTime() - start) / 1_000_000) + " messages/s");
    }

    private static long cpuNanos() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime();
    }
}
