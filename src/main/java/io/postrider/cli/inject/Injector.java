package io.postrider.cli.inject;

import io.postrider.cli.wire.RecordFile;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends the mail of one {@link Injection} and counts the answers. One virtual thread a session. {@link #run} is called
 * once; the other methods are for all threads.
 */
public final class Injector {

    private final Injection injection;
    private final Door door;
    private final SampleMessage message;
    private final Tally tally = new Tally();
    private final AtomicLong taken = new AtomicLong();
    private volatile String failure = "";
    private final long startedAt = System.nanoTime();
    private Optional<RecordFile> record = Optional.empty();
    private volatile boolean stopped;

    /** Over SMTP. */
    public Injector(Injection injection) {
        this(injection, new Door.Smtp());
    }

    public Injector(Injection injection, Door door) {
        this.injection = injection;
        this.door = door;
        String run = Long.toString(System.currentTimeMillis(), 36) + "."
                + Long.toString(ProcessHandle.current().pid(), 36) + "."
                + Integer.toString(System.identityHashCode(this), 36);
        this.message = new SampleMessage(run, injection.from(), injection.sizeBytes());
    }

    /** Returns when every message was tried or nobody listens any more. @throws IOException when the record fails */
    public Report run() throws IOException, InterruptedException {
        if (injection.record().isPresent()) {
            record = Optional.of(RecordFile.open(injection.record().get()));
        }
        CountDownLatch sessions = new CountDownLatch(injection.sessions());
        long from = System.nanoTime();
        for (int i = 0; i < injection.sessions(); i++) {
            Thread.ofVirtual().name("inject-session").start(() -> {
                try {
                    new InjectorSession(this, conversation()).run();
                } catch (IOException failed) {
                    failure = String.valueOf(failed.getMessage());
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                } finally {
                    sessions.countDown();
                }
            });
        }
        sessions.await();
        Duration took = Duration.ofNanos(System.nanoTime() - from);
        if (record.isPresent()) {
            record.get().close();
        }
        return tally.report(injection.count(), took);
    }

    private Conversation conversation() {
        return switch (door) {
            case Door.Smtp smtp -> new SmtpConversation(this, smtp);
            case Door.Http http -> new HttpConversation(this, http);
        };
    }

    /** Sessions end with the message they are at. */
    public void stop() {
        stopped = true;
    }

    public long accepted() {
        return tally.acceptedSoFar();
    }

    public long refused() {
        return tally.refusedSoFar();
    }

    public long lostConnections() {
        return tally.lostSoFar();
    }

    /** Why the last session that gave up did so; empty when none did. */
    public String failure() {
        return failure;
    }

    Injection injection() {
        return injection;
    }

    SampleMessage message() {
        return message;
    }

    Tally tally() {
        return tally;
    }

    /** The number of the next message, at the time when it is due; empty when all are taken. */
    OptionalLong next() throws InterruptedException {
        long number = stopped ? injection.count() : taken.getAndIncrement();
        if (number >= injection.count()) {
            return OptionalLong.empty();
        }
        if (injection.perSecond() > 0) {
            long due = startedAt + number * 1_000_000_000L / injection.perSecond();
            Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        }
        return OptionalLong.of(number);
    }

    /** Writes down the answer before the next one is waited for. */
    void accepted(String messageId, List<String> recipients, long nanos) throws IOException {
        if (record.isPresent()) {
            record.get().add(messageId, recipients.size());
        }
        tally.accepted(recipients, nanos);
    }
}
