package io.postrider.store;

import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.spool.Labels;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.ReferenceRelease;
import io.postrider.spool.RocksSpool;
import io.postrider.spool.Spool;
import io.postrider.spool.SpoolSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many messages a second the spool accepts, and at what cost: each of {@code sessions} loops accepts a message,
 * waits for its stage, then takes the mark off and releases it, as a relay in full flow does.
 *
 * <p>Arguments: directory, sessions, body bytes, seconds. No test; run it by hand on an idle machine.
 */
public final class StoreBenchmark {

    private static final Domain DOMAIN = Domain.of("dest.example");
    private static final Mailbox SENDER = Mailbox.of("sender@origin.example");
    private static final List<Recipient> TO = List.of(Recipient.of(0, Mailbox.of("user@dest.example")));

    private final MessageIds ids = new MessageIds(InstantSource.system());
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong syncNanos = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final byte[] text;
    private final Store store;
    private final RocksSpool spool;

    private StoreBenchmark(Path directory, int bodyBytes) {
        text = new byte[bodyBytes];
        new Random(1).nextBytes(text);
        StoreListener listener = new StoreListener() {
            @Override
            public void wrote(int writes, long bytes, boolean synced, Duration took, int waiting) {
                batches.incrementAndGet();
                syncNanos.addAndGet(took.toNanos());
            }

            @Override
            public void failed(String reason) {
                System.err.println(reason);
            }
        };
        var postrider = ConfigFactory.load().getConfig("postrider");
        store = Store.open(directory, StoreSettings.from(postrider), RocksSpool.FAMILIES, listener);
        spool = RocksSpool.open(store, SpoolSettings.from(postrider));
    }

    public static void main(String[] arguments) throws InterruptedException {
        int sessions = Integer.parseInt(arguments[1]);
        int seconds = Integer.parseInt(arguments[3]);
        StoreBenchmark benchmark = new StoreBenchmark(Path.of(arguments[0]), Integer.parseInt(arguments[2]));
        for (int i = 0; i < sessions; i++) {
            benchmark.acceptNext();
        }
        for (int round = 0; round < seconds; round += 5) {
            benchmark.report();
        }
        benchmark.over.set(true);
        benchmark.store.close();
    }

    private void acceptNext() {
        if (over.get()) {
            return;
        }
        MessageId id = ids.next();
        Reference reference = new Reference(
                id,
                DOMAIN,
                SENDER,
                TO,
                Labels.NONE,
                Optional.empty(),
                Instant.EPOCH,
                "",
                "relay-in",
                "session",
                text.length,
                Reference.Needs.NOTHING,
                "",
                "",
                1);
        spool.accept(new Spool.Message(id, text.clone(), List.of(reference))).whenComplete((done, failure) -> {
            if (failure != null) {
                if (!over.get()) {
                    failure.printStackTrace();
                }
                return;
            }
            accepted.incrementAndGet();
            spool.handedOver(DOMAIN, List.of(id));
            Writes releases = new Writes();
            spool.release(releases, List.of(new ReferenceRelease(DOMAIN, id, 1)));
            store.writeLazily(releases);
            acceptNext();
        });
    }

    private void report() throws InterruptedException {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        long before = accepted.get();
        long batchesBefore = batches.get();
        long syncBefore = syncNanos.get();
        Thread.sleep(5000);
        double count = accepted.get() - before;
        double seconds = (System.nanoTime() - start) / 1e9;
        double batched = batches.get() - batchesBefore;
        System.out.printf(
                "%.0f messages/s, %.4f CPU s per 1,000, %.1f messages a batch, %.2f ms a batch%n",
                count / seconds,
                (system.getProcessCpuTime() - cpu) / 1e6 / count,
                count / batched,
                (syncNanos.get() - syncBefore) / 1e6 / batched);
    }
}
