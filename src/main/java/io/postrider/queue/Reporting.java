package io.postrider.queue;

import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Reported;
import java.util.List;
import java.util.function.Consumer;

/**
 * Works off the reports that a queue owes: a bounded number at a time, the oldest first, until an event says of each
 * that it is owed no more. That any are under way dies with the queue; that they are owed does not.
 */
final class Reporting {

    private static final long NEVER = Long.MAX_VALUE;
    private static final long AGAIN_NANOS = 1_000_000_000L;

    private final QueueState state;
    private final int atATime;
    private final Consumer<List<OwedReport>> reporter;
    private boolean underWay;
    private boolean waits;
    private long againNanos;

    /** @param reporter is answered by {@link QueueCommand.ReportsMade} */
    Reporting(QueueState state, int atATime, Consumer<List<OwedReport>> reporter) {
        this.state = state;
        this.atATime = atATime;
        this.reporter = reporter;
    }

    void made(Step step, QueueCommand.ReportsMade made) {
        underWay = false;
        waits = made.reports().size() < made.asked();
        againNanos = step.nanos + AGAIN_NANOS;
        List<Report> reports = made.reports();
        if (!reports.isEmpty()) {
            step.others.add(new Reported(reports, step.now));
        }
    }

    /** Asks for the next ones when none are under way. */
    void move(long nanos) {
        if (underWay || state.owed.isEmpty() || (waits && nanos - againNanos < 0)) {
            return;
        }
        waits = false;
        underWay = true;
        reporter.accept(state.owed.oldest(atATime));
    }

    /** How long until those that failed are to be tried again; the largest long when nothing is. */
    long nanosUntilMove(long nanos) {
        return underWay || state.owed.isEmpty() ? NEVER : Math.max(0, againNanos - nanos);
    }
}
