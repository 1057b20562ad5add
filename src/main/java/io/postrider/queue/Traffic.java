package io.postrider.queue;

import io.postrider.egress.FromConnection;
import io.postrider.egress.FromConnection.WaitingFor;
import io.postrider.egress.ToConnection;
import io.postrider.egress.ToConnection.Pulled;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.mail.MessageId;
import io.postrider.retry.Rate;
import io.postrider.retry.TokenBucket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Who sends what of a queue: its connections, their pulls, and what is on the wire with each. Nothing here is an event.
 * The number of connections starts small and grows with each success, but never beyond what ready messages need.
 */
final class Traffic {

    private static final long RESPAWN_NANOS = 1_000_000_000L;

    private final QueueState state;
    private final QueueSettings settings;
    private final TokenBucket bucket;
    private final Function<Track, ActorRef<ToConnection>> spawn;
    private final Map<ActorRef<ToConnection>, Link> links = new LinkedHashMap<>();
    private final Set<Link> pulls = new LinkedHashSet<>();
    private int allowed;
    /** The one connection that tries a domain that was backed off. */
    private @Nullable Link probe;

    private boolean draining;
    private long spawnAgainNanos = Long.MIN_VALUE;

    Traffic(
            QueueState state,
            QueueSettings settings,
            TokenBucket bucket,
            Function<Track, ActorRef<ToConnection>> spawn) {
        this.state = state;
        this.settings = settings;
        this.bucket = bucket;
        this.spawn = spawn;
        allowed = settings.firstConnections();
    }

    /**
     * How many tokens were left in the life before is not kept: none at the least. So an empty bucket that fills from now
     * on never holds more than the old one would, and no window sees more than the rate. Only where nobody knows how the
     * life before ended is a whole window waited for.
     */
    static TokenBucket bucket(QueueState state, Rate rate, boolean afterCleanStop, long nanos) {
        if (state.sequenceNr == 0 || state.rested) {
            return TokenBucket.full(rate, nanos);
        }
        return afterCleanStop ? TokenBucket.holding(rate, 0, nanos) : TokenBucket.afterUncleanStop(rate, nanos);
    }

    Collection<Link> links() {
        return links.values();
    }

    Optional<Link> link(ActorRef<ToConnection> ref) {
        return Optional.ofNullable(links.get(ref));
    }

    int allowed() {
        return allowed;
    }

    boolean isProbe(Link link) {
        return probe == link;
    }

    boolean isIdle() {
        return links.isEmpty();
    }

    void pull(FromConnection.Pull pull) {
        link(pull.connection()).ifPresent(link -> {
            link.wants = pull.max();
            link.hasPulled = true;
            if (!link.leaving) {
                pulls.add(link);
            }
        });
    }

    void giveBack(FromConnection.GaveBack message) {
        link(message.connection()).ifPresent(link -> givenBack(link, offWire(link, message.messages(), false)));
    }

    void holdBack(FromConnection.HeldBack message) {
        link(message.connection()).ifPresent(link -> givenBack(link, offWire(link, message.messages(), true)));
    }

    /** A probe that handed back what it was to try probes nothing any more: its next pull is a new one. */
    private void givenBack(Link link, int messages) {
        bucket.giveBack(messages);
        if (probe == link && link.onWire.isEmpty()) {
            probe = null;
        }
    }

    /** An outcome has become an event; what the event left on the wire is ready again. */
    void ended(Link link, List<MessageId> messages) {
        offWire(link, messages, false);
    }

    void leave(FromConnection.Leaving message) {
        link(message.connection()).ifPresent(link -> {
            if (link.onWire.isEmpty()) {
                link.leaving = true;
                pulls.remove(link);
                link.ref.tell(new ToConnection.Released());
            }
        });
    }

    /** A connection is gone: what it had is ready again. */
    void gone(ActorRef<ToConnection> ref, long nanos) {
        Link link = links.remove(ref);
        if (link == null) {
            return;
        }
        pulls.remove(link);
        offWire(link, List.copyOf(link.onWire), false);
        if (probe == link) {
            probe = null;
        }
        if (!link.leaving && !link.reachedServer) {
            spawnAgainNanos = nanos + RESPAWN_NANOS;
        }
    }

    void succeeded() {
        allowed = Math.min(settings.connections(), allowed + 1);
    }

    void backedOff() {
        allowed = settings.firstConnections();
        probe = null;
    }

    void recovered() {
        probe = null;
    }

    void drain(Instant by) {
        draining = true;
        links.keySet().forEach(ref -> ref.tell(new ToConnection.Drain(by)));
    }

    boolean isDraining() {
        return draining;
    }

    /** Why nothing is handed out now, though it may be ready; NOTHING when it is. */
    boolean mayNotSend() {
        return draining || state.isSuspendedWhole() || isRecorderBehind();
    }

    /** The reports that are owed are records too, of a kind. */
    boolean isRecorderBehind() {
        return state.settled.size() >= settings.unrecorded()
                || state.owed.size() >= settings.reports().maxOwed();
    }

    /** Answers pulls and opens connections as far as everything allows it. */
    void move(Instant now, long nanos) {
        if (mayNotSend() || state.shelf.ready() == 0) {
            return;
        }
        for (Link link : List.copyOf(pulls)) {
            boolean probes = isProbed(link.track);
            if (!(probes && isHeldBack(now)) && serve(link, nanos, probes) && probes) {
                probe = link;
            }
        }
        open(now, nanos);
    }

    /** Only one message of one connection goes out. */
    private boolean isProbed(Track track) {
        return state.backoff.isPresent() && !track.tlsOptional();
    }

    /** Not even that one. */
    private boolean isHeldBack(Instant now) {
        return state.backoff.isPresent()
                && (probe != null || state.backoff.get().until().isAfter(now));
    }

    private boolean serve(Link link, long nanos, boolean probing) {
        Line line = state.lanes.line(link.track);
        int share =
                probing ? 1 : Math.ceilDiv(line.size(), Math.max(1, count(other -> other.track.equals(link.track))));
        int wanted = Math.min(Math.min(link.wants, line.size()), Math.max(1, share));
        int granted = wanted == 0 ? 0 : bucket.take(wanted, nanos);
        if (granted == 0) {
            return false;
        }
        List<Ticket> tickets = new ArrayList<>(granted);
        Set<String> senders = Set.of();
        while (tickets.size() < granted) {
            int slot = line.first();
            if (!state.suspensions.isEmpty()) {
                Set<String> own = new HashSet<>(state.suspendedSenders(state.entries.lane(slot)));
                if (tickets.isEmpty()) {
                    senders = own;
                } else if (!own.equals(senders)) {
                    break;
                }
            }
            state.shelf.take(line);
            tickets.add(ticket(slot));
        }
        bucket.giveBack(granted - tickets.size());
        for (Ticket ticket : tickets) {
            link.onWire.add(ticket.id());
        }
        pulls.remove(link);
        link.wants = 0;
        link.ref.tell(new Pulled(tickets, senders));
        return true;
    }

    private Ticket ticket(int slot) {
        Entries entries = state.entries;
        List<Integer> open = List.of();
        if (entries.isPartial(slot)) {
            List<Integer> positions = new ArrayList<>();
            for (int position : state.openPositions(slot)) {
                positions.add(position);
            }
            open = positions;
        }
        Instant expiry = Instant.ofEpochSecond(entries.expirySeconds(slot));
        return new Ticket(entries.id(slot), entries.attempts(slot) + 1, open, expiry);
    }

    private void open(Instant now, long nanos) {
        if (nanos - spawnAgainNanos < 0 && spawnAgainNanos != Long.MIN_VALUE) {
            return;
        }
        state.lanes.tracks().forEach((track, line) -> {
            int starting = count(link -> link.track.equals(track) && !link.hasPulled);
            int room = room(track, now);
            boolean tokens = line.size() > 0 && bucket.nanosUntilNext(nanos) == 0;
            int wanted = tokens ? Math.min(line.size(), bucket.held(nanos)) : 0;
            while (starting < wanted && room > 0) {
                ActorRef<ToConnection> ref = spawn.apply(track);
                links.put(ref, new Link(ref, track));
                starting++;
                room--;
            }
        });
    }

    /**
     * How many more connections may be opened for it. Those that are held up take no place from those that are not, and
     * nobody waits until there is no more mail of another track: that may be never.
     */
    private int room(Track track, Instant now) {
        int most = Math.min(allowed, settings.connections());
        int first = 1 - count(link -> link.track.equals(track));
        if (state.backoff.isEmpty()) {
            return Math.max(most - links.size(), first);
        }
        int own = count(link -> link.track.tlsOptional() == track.tlsOptional());
        if (track.tlsOptional()) {
            return Math.max(most - own, first);
        }
        return isHeldBack(now) ? 0 : 1 - own;
    }

    private int count(Predicate<Link> which) {
        int count = 0;
        for (Link link : links.values()) {
            count += which.test(link) ? 1 : 0;
        }
        return count;
    }

    /** Ready, and not held back with the domain. */
    private boolean anyGoesOn() {
        for (Map.Entry<Track, Line> entry : state.lanes.tracks().entrySet()) {
            if (entry.getKey().tlsOptional() && entry.getValue().size() > 0) {
                return true;
            }
        }
        return false;
    }

    private int offWire(Link link, List<MessageId> messages, boolean hold) {
        int count = 0;
        for (MessageId id : messages) {
            if (!link.onWire.remove(id)) {
                continue;
            }
            count++;
            int slot = state.entries.find(id);
            if (slot >= 0 && hold) {
                state.shelf.hold(slot);
            } else if (slot >= 0) {
                state.shelf.giveBack(slot);
            }
        }
        return count;
    }

    /** How long until something can move that no message of others starts; the largest long when nothing is. */
    long nanosUntilMove(Instant now, long nanos) {
        if (mayNotSend() || state.shelf.ready() == 0) {
            return Long.MAX_VALUE;
        }
        long backedOff = nanosBackedOff(now);
        if (backedOff > 0) {
            return anyGoesOn() ? Math.min(backedOff, nanosUntilAllowed(nanos)) : backedOff;
        }
        return nanosUntilAllowed(nanos);
    }

    private long nanosBackedOff(Instant now) {
        return state.backoff
                .map(backoff -> (backoff.until().toEpochMilli() - now.toEpochMilli()) * 1_000_000)
                .orElse(0L);
    }

    private long nanosUntilAllowed(long nanos) {
        if (spawnAgainNanos != Long.MIN_VALUE && spawnAgainNanos - nanos > 0) {
            return spawnAgainNanos - nanos;
        }
        long token = bucket.nanosUntilNext(nanos);
        return token > 0 ? token : Long.MAX_VALUE;
    }

    boolean isRateLimited(long nanos) {
        return bucket.nanosUntilNext(nanos) > 0;
    }

    boolean hasFullBucket(long nanos) {
        return bucket.isFull(nanos);
    }

    boolean anyWaitsFor(WaitingFor what) {
        for (Link link : links.values()) {
            if (link.doing == what) {
                return true;
            }
        }
        return false;
    }
}
