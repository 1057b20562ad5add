package io.postrider.queue;

import io.postrider.egress.FromConnection.WaitingFor;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.queue.QueueCommand.ListMessages;
import io.postrider.queue.QueueCommand.MessageLine;
import io.postrider.queue.QueueCommand.MessagePage;
import io.postrider.queue.QueueView.BackoffView;
import io.postrider.queue.QueueView.ConnectionView;
import io.postrider.queue.QueueView.DueWithin;
import io.postrider.queue.QueueView.LaneDepth;
import io.postrider.queue.QueueView.RecentReply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a queue tells about itself. */
final class QueueReport {

    private static final List<Duration> SPANS = List.of(
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            Duration.ofHours(1),
            Duration.ofHours(4),
            Duration.ofDays(1),
            Duration.ofDays(36_500));

    private static final int LARGEST_PAGE = 1000;
    private static final long OLDEST_LOOK_NANOS = 1_000_000_000L;

    private final Domain domain;
    private final QueueSettings settings;
    private final DomainLimits.Limits limits;
    private final ArrayDeque<RecentReply> replies = new ArrayDeque<>();
    private Optional<Instant> oldest = Optional.empty();
    private long oldestLookedAt;
    private int oldestOfSize = -1;

    QueueReport(Domain domain, QueueSettings settings, DomainLimits.Limits limits) {
        this.domain = domain;
        this.settings = settings;
        this.limits = limits;
    }

    void replied(Instant at, Reply reply, String mx) {
        replies.addLast(new RecentReply(at, reply, mx));
        if (replies.size() > settings.recentReplies()) {
            replies.removeFirst();
        }
    }

    QueueBoard.Line line(QueueState state, Traffic traffic, Step step, ClockWatch clock) {
        return new QueueBoard.Line(
                domain,
                state.entries.size(),
                state.books.open(),
                state.shelf.ready(),
                state.shelf.onWire(),
                state.shelf.held(),
                traffic.links().size(),
                nextAttempt(state),
                oldest(state, step.nanos),
                !state.suspensions.isEmpty(),
                state.backoff.isPresent(),
                waitingFor(state, traffic, step, clock),
                state.books.totals());
    }

    QueueView view(QueueState state, Traffic traffic, Step step, ClockWatch clock) {
        List<LaneDepth> lanes = new ArrayList<>();
        for (Lanes.Depth depth : state.lanes.all()) {
            if (depth.messages > 0) {
                lanes.add(new LaneDepth(depth.lane, depth.messages));
            }
        }
        List<ConnectionView> connections = new ArrayList<>();
        for (Link link : traffic.links()) {
            String doing = link.doing.name().toLowerCase(Locale.ROOT).replace('_', '-');
            connections.add(new ConnectionView(
                    link.ref.path().name(), link.track.pool(), link.site, link.mx, link.ip, doing, link.onWire.size()));
        }
        return new QueueView(
                domain,
                step.now,
                state.entries.size(),
                state.books.open(),
                state.shelf.ready(),
                state.shelf.waiting(),
                state.shelf.onWire(),
                state.shelf.held(),
                lanes,
                histogram(state, step.now.toEpochMilli()),
                nextAttempt(state),
                oldest(state, step.nanos),
                connections,
                traffic.allowed(),
                limits.rate().toString(),
                List.copyOf(state.suspensions.values()),
                state.backoff.map(b -> new BackoffView(b.failures(), b.until(), b.reason())),
                List.copyOf(replies),
                state.books.totals(),
                state.settled.size(),
                waitingFor(state, traffic, step, clock));
    }

    MessagePage page(QueueState state, ListMessages query) {
        int from = Math.max(0, query.from());
        int to = (int) Math.min(state.entries.size(), (long) from + Math.clamp(query.limit(), 1, LARGEST_PAGE));
        List<MessageLine> messages = new ArrayList<>();
        for (int slot = from; slot < to; slot++) {
            messages.add(line(state, slot));
        }
        return new MessagePage(domain, messages, to < state.entries.size() ? Optional.of(to) : Optional.empty());
    }

    Optional<MessageLine> line(QueueState state, MessageId id) {
        int slot = state.entries.find(id);
        return slot < 0 ? Optional.empty() : Optional.of(line(state, slot));
    }

    private static MessageLine line(QueueState state, int slot) {
        Entries entries = state.entries;
        List<Integer> open = new ArrayList<>();
        if (entries.isPartial(slot)) {
            for (int position : state.openPositions(slot)) {
                open.add(position);
            }
        }
        var lane = state.lanes.get(entries.lane(slot)).lane;
        return new MessageLine(
                entries.id(slot),
                switch (entries.state(slot)) {
                    case Entries.WAITING -> MessageLine.State.WAITING;
                    case Entries.READY -> MessageLine.State.READY;
                    case Entries.ON_WIRE -> MessageLine.State.ON_WIRE;
                    default -> MessageLine.State.HELD;
                },
                Instant.ofEpochMilli(entries.due(slot)),
                Instant.ofEpochSecond(entries.expirySeconds(slot)),
                entries.attempts(slot),
                open,
                lane.tenant(),
                lane.campaign(),
                lane.mailClass(),
                lane.pool());
    }

    private static Optional<Instant> nextAttempt(QueueState state) {
        long next = state.shelf.nextDue();
        return next == Long.MAX_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(next));
    }

    private static List<DueWithin> histogram(QueueState state, long nowMillis) {
        int[] counts = new int[SPANS.size()];
        for (int slot = 0; slot < state.entries.size(); slot++) {
            if (state.entries.state(slot) == Entries.WAITING) {
                long in = state.entries.due(slot) - nowMillis;
                int span = 0;
                while (span < counts.length - 1 && in > SPANS.get(span).toMillis()) {
                    span++;
                }
                counts[span]++;
            }
        }
        List<DueWithin> histogram = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            histogram.add(new DueWithin(SPANS.get(i), counts[i]));
        }
        return histogram;
    }

    /** Looks at all entries, at most once a second; small queues are looked at whenever they have changed. */
    private Optional<Instant> oldest(QueueState state, long nanos) {
        int size = state.entries.size();
        boolean cheap = size <= 16 && size != oldestOfSize;
        if (cheap || oldestOfSize < 0 || nanos - oldestLookedAt >= OLDEST_LOOK_NANOS) {
            oldestLookedAt = nanos;
            oldestOfSize = size;
            long least = Long.MAX_VALUE;
            for (int slot = 0; slot < size; slot++) {
                least = Math.min(least, state.entries.acceptedMillis(slot));
            }
            oldest = size == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(least));
        }
        return size == 0 ? Optional.empty() : oldest;
    }

    private static QueueView.WaitingFor waitingFor(QueueState state, Traffic traffic, Step step, ClockWatch clock) {
        if (traffic.isRecorderBehind()) {
            return QueueView.WaitingFor.RECORDER;
        }
        if (state.isEmpty()) {
            return QueueView.WaitingFor.NOTHING;
        }
        boolean allHeld = state.shelf.held() > 0 && state.shelf.ready() + state.shelf.onWire() == 0;
        if (state.isSuspendedWhole() || (allHeld && state.shelf.waiting() == 0)) {
            return QueueView.WaitingFor.SUSPENDED;
        }
        if (state.backoff.isPresent()) {
            return QueueView.WaitingFor.BACKOFF;
        }
        if (state.shelf.ready() > 0 && traffic.isRateLimited(step.nanos)) {
            return QueueView.WaitingFor.DOMAIN_RATE;
        }
        if (state.shelf.ready() + state.shelf.onWire() > 0) {
            return ofConnections(traffic);
        }
        if (clock.isWrong()) {
            return QueueView.WaitingFor.WRONG_CLOCK;
        }
        return state.shelf.waiting() > 0 ? QueueView.WaitingFor.NEXT_ATTEMPT : QueueView.WaitingFor.SUSPENDED;
    }

    /** A queue that one connection moves does not wait, whatever the others say. */
    private static QueueView.WaitingFor ofConnections(Traffic traffic) {
        for (Link link : traffic.links()) {
            if (!link.onWire.isEmpty() && link.doing == WaitingFor.NOTHING) {
                return QueueView.WaitingFor.NOTHING;
            }
        }
        if (traffic.anyWaitsFor(WaitingFor.DNS)) {
            return QueueView.WaitingFor.DNS;
        }
        if (traffic.anyWaitsFor(WaitingFor.SITE_CONNECTIONS)) {
            return QueueView.WaitingFor.SITE_CONNECTIONS;
        }
        return traffic.anyWaitsFor(WaitingFor.SITE_RATE)
                ? QueueView.WaitingFor.SITE_RATE
                : QueueView.WaitingFor.NOTHING;
    }
}
