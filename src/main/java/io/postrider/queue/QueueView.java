package io.postrider.queue;

import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.mail.Domain;
import io.postrider.mail.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A queue as an operator sees it; all of one moment.
 *
 * @param messages in the queue, whatever their state
 * @param recipients open recipients of these
 * @param ready due and free to go
 * @param onWire with a connection
 * @param held by a suspension
 * @param dueHistogram how many waiting messages are due within each span from now, and not within the one before
 * @param nextAttempt when the next message is tried; empty when none waits for a time
 * @param oldest when the oldest message was accepted
 * @param connectionsAllowed how many connections the queue may have by now: few at first, more with each success
 * @param rate the domain's own rate, as in the configuration
 * @param unrecorded settled messages whose records are not yet durable
 */
public record QueueView(
        Domain domain,
        Instant at,
        int messages,
        long recipients,
        int ready,
        int waiting,
        int onWire,
        int held,
        List<LaneDepth> lanes,
        List<DueWithin> dueHistogram,
        Optional<Instant> nextAttempt,
        Optional<Instant> oldest,
        List<ConnectionView> connections,
        int connectionsAllowed,
        String rate,
        List<Suspension> suspensions,
        Optional<BackoffView> backoff,
        List<RecentReply> recentReplies,
        Totals totals,
        int unrecorded,
        WaitingFor waitingFor) {

    /** Of a queue whose journal cannot be read: what was last known of it. */
    static QueueView parked(Domain domain, Instant at, Optional<QueueBoard.Line> last) {
        return new QueueView(
                domain,
                at,
                last.map(QueueBoard.Line::messages).orElse(0),
                last.map(QueueBoard.Line::recipients).orElse(0L),
                0,
                0,
                0,
                0,
                List.of(),
                List.of(),
                Optional.empty(),
                last.flatMap(QueueBoard.Line::oldest),
                List.of(),
                0,
                "",
                List.of(),
                Optional.empty(),
                List.of(),
                last.map(QueueBoard.Line::totals).orElse(Totals.NONE),
                0,
                WaitingFor.STORE);
    }

    public record LaneDepth(Lane lane, int messages) {}

    public record DueWithin(Duration span, int messages) {}

    /**
     * @param doing what it says it waits for: {@code dns, site-connections, site-rate, connect, nothing}
     * @param site empty until it is known
     */
    public record ConnectionView(
            String name, String pool, String site, String mx, String ip, String doing, int onWire) {}

    public record Suspension(Selector selector, String reason, Optional<Instant> until, Instant since) {}

    public record BackoffView(int failures, Instant until, String reason) {}

    public record RecentReply(Instant at, Reply reply, String mx) {}

    /** In recipients; {@code accepted = delivered + bounced + expired + cancelled + queued} always holds. */
    public record Totals(long accepted, long delivered, long bounced, long expired, long cancelled) {
        public static final Totals NONE = new Totals(0, 0, 0, 0, 0);

        public long queued() {
            return accepted - delivered - bounced - expired - cancelled;
        }
    }

    /** Why the queue does not move. */
    public enum WaitingFor {
        NOTHING,
        NEXT_ATTEMPT,
        BACKOFF,
        SUSPENDED,
        DOMAIN_RATE,
        SITE_RATE,
        SITE_CONNECTIONS,
        DNS,
        STORE,
        RECORDER,
        WRONG_CLOCK;

        /** As the management API writes it: {@code next-attempt}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
