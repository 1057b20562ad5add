package io.postrider.queue;

import io.postrider.event.QueueEvent.Delayed;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Has senders told of mail that waits for long. Nothing is owed by an event: what is late and not marked as told is what
 * there is to tell. Looks at all messages once a minute, a bounded number of which is asked for at a time; time decides
 * and no attempt, since a domain whose servers are down has none.
 */
final class Lateness {

    private static final long NEVER = Long.MAX_VALUE;
    private static final Duration PASS_EVERY = Duration.ofMinutes(1);

    private final QueueState state;
    private final ClockWatch clock;
    private final Function<MessageId, Reply> lastReply;
    private final Consumer<List<LateMessage>> reporter;
    private final long afterMillis;
    private final long passNanos;
    private final int atATime;
    private boolean underWay;
    private boolean waits;
    private long nextPassNanos;
    /** Where the pass goes on, from the top down: entries that move, move downward, and are seen again at worst. */
    private int place = Integer.MAX_VALUE;

    /** @param reporter is answered by {@link QueueCommand.SendersTold} */
    Lateness(
            QueueState state,
            ClockWatch clock,
            ReportSettings settings,
            Function<MessageId, Reply> lastReply,
            Consumer<List<LateMessage>> reporter) {
        this.state = state;
        this.clock = clock;
        this.lastReply = lastReply;
        this.reporter = reporter;
        afterMillis = settings.delayAfter().toMillis();
        Duration pass = settings.delayAfter().compareTo(PASS_EVERY) < 0 ? settings.delayAfter() : PASS_EVERY;
        passNanos = pass.toNanos();
        atATime = settings.maxUnderWay();
    }

    void told(Step step, QueueCommand.SendersTold told) {
        underWay = false;
        if (!told.messages().isEmpty()) {
            step.others.add(new Delayed(told.messages(), step.now));
        }
    }

    /** Asks for the next ones when none are under way. */
    void move(Step step) {
        if (isOff() || underWay || (waits && step.nanos - nextPassNanos < 0)) {
            return;
        }
        waits = false;
        List<LateMessage> late = clock.isWrong() ? List.of() : next(step.now);
        if (late.isEmpty()) {
            waits = true;
            nextPassNanos = step.nanos + passNanos;
            place = Integer.MAX_VALUE;
        } else {
            underWay = true;
            reporter.accept(late);
        }
    }

    /** How long until the next pass; the largest long when there is none to come. */
    long nanosUntilMove(long nanos) {
        return isOff() || underWay ? NEVER : Math.max(0, nextPassNanos - nanos);
    }

    private boolean isOff() {
        return afterMillis == 0 || state.isEmpty();
    }

    private List<LateMessage> next(Instant now) {
        List<LateMessage> late = new ArrayList<>();
        int slot = Math.min(place, state.entries.size());
        while (slot > 0 && late.size() < atATime) {
            slot--;
            if (isLate(slot, now.toEpochMilli())) {
                MessageId id = state.entries.id(slot);
                late.add(new LateMessage(
                        id,
                        Arrays.stream(state.openPositions(slot)).boxed().toList(),
                        lastReply.apply(id),
                        Instant.ofEpochSecond(state.entries.expirySeconds(slot)),
                        now));
            }
        }
        place = slot;
        return late;
    }

    /** What is to be sent later on purpose is not late before its first attempt. */
    private boolean isLate(int slot, long nowMillis) {
        Entries entries = state.entries;
        return entries.acceptedMillis(slot) + afterMillis <= nowMillis
                && !entries.isTold(slot)
                && entries.expirySeconds(slot) * 1000 > nowMillis
                && (entries.attempts(slot) > 0 || entries.due(slot) <= nowMillis);
    }
}
