package io.postrider.record;

import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Entry;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.mail.MessageId;
import io.postrider.record.RecorderProtocol.Persisted;
import io.postrider.record.RecorderProtocol.Recorded;
import io.postrider.record.Scribe.Piece;
import io.postrider.record.Scribe.Written;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Collects what the queues of this node report into batches and has one thread write them, one batch at a time. A queue
 * hears {@link Recorded} when its events are durable in the records.
 *
 * <p>What waits is bounded: past twice the lag at which new mail is refused, events are not kept but read from the
 * journal when their turn comes.
 *
 * <pre>
 * CATCHING_UP --page done, more--> CATCHING_UP   (live batches in between)
 * CATCHING_UP --last page--------> LIVE
 * IDLE    --batch full or delay--> WRITING
 * WRITING --done-----------------> IDLE          Recorded to each queue
 * WRITING --failed---------------> RESTING       the batch stays, and is written again
 * RESTING --a second later-------> IDLE
 * </pre>
 */
public final class Recorder extends AbstractBehavior<Recorder.Command> {

    /** What the recorder understands; queues send {@link Persisted}. */
    public sealed interface Command permits Persisted, Flush, Tick, Expire, Rest, Wrote, CaughtUp, Failed {}

    /** Write what waits, and answer when all that came before is durable. */
    public record Flush(ActorRef<Done> replyTo) implements Command {}

    private enum Tick implements Command {
        TICK
    }

    private enum Expire implements Command {
        EXPIRE
    }

    private enum Rest implements Command {
        OVER
    }

    private record Wrote(Map<String, Written> written) implements Command {}

    private record CaughtUp(boolean more) implements Command {}

    private record Failed(Throwable cause) implements Command {}

    private static final long BYTES_OF_A_LINE = 400;
    private static final int BATCHES_AT_ONCE = 16;
    private static final Duration REST = Duration.ofSeconds(1);

    private final HistorySettings settings;
    private final RecordDesk desk;
    private final ExecutorService thread;
    private final RecordLag lag;
    private final TimerScheduler<Command> timers;
    private final ArrayDeque<Persisted> waiting = new ArrayDeque<>();
    private final List<Persisted> writing = new ArrayList<>();
    private final List<ActorRef<Done>> flushing = new ArrayList<>();
    private long waitingLines;
    private long writingLines;
    private boolean busy;
    private boolean batchIsDue;
    private boolean catchingUp = true;
    private boolean expiryIsDue = true;

    /**
     * @param desk does the writing; only on {@code thread}, and closed there when the actor stops
     * @param thread runs one task at a time, and may block
     */
    static Behavior<Command> create(HistorySettings settings, RecordDesk desk, RecordLag lag, ExecutorService thread) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Recorder(context, timers, settings, desk, lag, thread)));
    }

    private Recorder(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            HistorySettings settings,
            RecordDesk desk,
            RecordLag lag,
            ExecutorService thread) {
        super(context);
        this.settings = settings;
        this.desk = desk;
        this.thread = thread;
        this.lag = lag;
        this.timers = timers;
        timers.startTimerWithFixedDelay(Tick.TICK, settings.batchDelay());
        timers.startTimerWithFixedDelay(Expire.EXPIRE, settings.expireEvery());
        next();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::on)
                .onSignal(PostStop.class, stop -> onStop())
                .build();
    }

    private Behavior<Command> onStop() {
        thread.execute(desk::close);
        thread.shutdown();
        return this;
    }

    private Behavior<Command> on(Command command) {
        switch (command) {
            case Persisted persisted -> onPersisted(persisted);
            case Flush flush -> flushing.add(flush.replyTo());
            case Tick tick -> batchIsDue = true;
            case Expire expire -> expiryIsDue = true;
            case Rest rest -> busy = false;
            case Wrote wrote -> onWrote(wrote);
            case CaughtUp caughtUp -> onCaughtUp(caughtUp);
            case Failed failed -> onFailed(failed);
        }
        next();
        return this;
    }

    private void onPersisted(Persisted persisted) {
        long lines = lines(persisted.events());
        boolean tooMany = waitingLines + lines > 2L * settings.maxLag();
        Persisted kept = tooMany && lines > 0 ? asGap(persisted) : persisted;
        waiting.add(kept);
        waitingLines += lines(kept.events());
        lag.is(waitingLines + writingLines);
    }

    /** Says only up to where the journal is to be read. */
    private static Persisted asGap(Persisted persisted) {
        long next = persisted.firstSequenceNr() + persisted.events().size();
        return new Persisted(persisted.persistenceId(), persisted.domain(), next, List.of(), persisted.replyTo());
    }

    /** Starts the one task whose turn it is. */
    private void next() {
        if (busy) {
            return;
        }
        boolean full = waitingLines * BYTES_OF_A_LINE >= settings.batchBytes();
        if (!writing.isEmpty() || (!waiting.isEmpty() && (full || batchIsDue || !flushing.isEmpty()))) {
            write();
        } else if (catchingUp) {
            run(() -> new CaughtUp(desk.catchUp()));
        } else if (expiryIsDue) {
            expiryIsDue = false;
            run(() -> {
                desk.expire();
                return new Wrote(Map.of());
            });
        } else if (batchIsDue && desk.hasRejections()) {
            batchIsDue = false;
            run(() -> new Wrote(desk.write(List.of())));
        } else {
            flushing.forEach(asker -> asker.tell(Done.getInstance()));
            flushing.clear();
        }
    }

    private void write() {
        long room = BATCHES_AT_ONCE * Math.max(1, settings.batchBytes() / BYTES_OF_A_LINE);
        if (writing.isEmpty()) {
            for (long taken = 0; taken < room && !waiting.isEmpty(); ) {
                Persisted persisted = waiting.remove();
                long lines = lines(persisted.events());
                waitingLines -= lines;
                writingLines += lines;
                taken += Math.max(1, lines);
                writing.add(persisted);
            }
        }
        batchIsDue = false;
        List<Piece> pieces = new ArrayList<>(writing.size());
        for (Persisted persisted : writing) {
            pieces.add(new Piece(
                    persisted.persistenceId(), persisted.domain(), persisted.firstSequenceNr(), persisted.events()));
        }
        run(() -> new Wrote(desk.write(pieces)));
    }

    private void run(Supplier<Command> task) {
        busy = true;
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(task, thread),
                        (done, failure) -> failure == null ? done : new Failed(failure));
    }

    private void onWrote(Wrote wrote) {
        busy = false;
        if (wrote.written().isEmpty()) {
            return;
        }
        Map<ActorRef<Recorded>, String> askers = new LinkedHashMap<>();
        writing.forEach(persisted -> askers.put(persisted.replyTo(), persisted.persistenceId()));
        askers.forEach((asker, id) -> {
            Written written = wrote.written().get(id);
            if (written != null) {
                asker.tell(new Recorded(id, written.upToSequenceNr(), List.<MessageId>copyOf(written.released())));
            }
        });
        writing.clear();
        writingLines = 0;
        lag.is(waitingLines);
    }

    private void onCaughtUp(CaughtUp page) {
        busy = false;
        catchingUp = page.more();
    }

    private void onFailed(Failed failed) {
        getContext().getLog().error("records could not be written and are written again", failed.cause());
        timers.startSingleTimer(Rest.OVER, REST);
    }

    private static long lines(List<QueueEvent> events) {
        long lines = 0;
        for (QueueEvent event : events) {
            if (event instanceof Accepted accepted) {
                for (Entry entry : accepted.entries()) {
                    lines += entry.recipients();
                }
            } else if (event instanceof Settled settled) {
                lines += settled.settlements().stream()
                        .mapToLong(one -> one.results().size())
                        .sum();
            } else if (event instanceof Deferred deferred) {
                lines += deferred.deferrals().stream()
                        .mapToLong(one -> one.results().size())
                        .sum();
            }
        }
        return lines;
    }
}
