package io.postrider.egress;

import io.postrider.egress.Transport.Order;
import io.postrider.egress.Transport.Way;
import io.postrider.retry.Rate;
import io.postrider.retry.TokenBucket;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Gives the pool's idle transports to those who wait, and opens more where a site has room for them. Confined to the
 * pool.
 */
final class Lending {

    private final EgressSettings settings;
    private final Opener opener;
    private final Sources sources;
    private final ActorRef<ToPool> pool;
    private final boolean afterCleanStop;
    private final long startedNanos = System.nanoTime();
    private final Map<Transport, Slot> slots = new HashMap<>();
    private final Map<ActorRef<ToConnection>, Waiter> waiters = new HashMap<>();
    private int idle;

    Lending(EgressSettings settings, Opener opener, Sources sources, ActorRef<ToPool> pool, boolean afterCleanStop) {
        this.settings = settings;
        this.opener = opener;
        this.sources = sources;
        this.pool = pool;
        this.afterCleanStop = afterCleanStop;
    }

    /** Every transport that is open or being opened. */
    Map<Transport, Slot> slots() {
        return slots;
    }

    /** As many wait as may. */
    boolean isFull() {
        return waiters.size() >= settings.maxWaiting();
    }

    boolean waits(Waiter waiter) {
        return waiters.get(waiter.borrower()) == waiter;
    }

    void add(Site site, Waiter waiter) {
        site.line().add(waiter);
        waiters.put(waiter.borrower(), waiter);
        serve(site);
    }

    /** True when he was waiting. What is being opened for him goes on, for others. */
    boolean remove(Site site, ActorRef<ToConnection> borrower) {
        Waiter waiter = waiters.remove(borrower);
        if (waiter == null) {
            return false;
        }
        site.remove(waiter);
        forgetOpening(waiter);
        return true;
    }

    /** A transport without a borrower: idle, unless it closes by itself or is one too many. */
    void free(Slot slot) {
        if (slot.transport.messagesLeft() == 0) {
            return;
        }
        boolean manyIdle = idle >= settings.maxIdle() && slot.site.line().size() == 0;
        if (slot.lane.isOverLimit() || manyIdle) {
            slot.transport.tell(Order.Quit.ORDER);
            return;
        }
        slot.idleSinceNanos = System.nanoTime();
        slot.lane.idle().addLast(slot);
        idle++;
    }

    /** Its transport is gone. */
    void closed(Slot slot) {
        if (slot.lane.idle().remove(slot)) {
            idle--;
        }
        slot.site.slots().remove(slot);
        slot.lane.closed();
    }

    /** Tries the next address; false when there is none. */
    boolean openNext(Slot slot) {
        Way next = slot.ways.poll();
        if (next == null) {
            return false;
        }
        slot.transport = opener.open(next, slot.lane.limits(), pool);
        slots.put(slot.transport, slot);
        return true;
    }

    /** Returns for whom it was opened, if he still waits. */
    Optional<Waiter> openingEnded(Slot slot) {
        slot.opening = false;
        slot.site.openingEnded();
        @Nullable Waiter waiter = slot.openedFor;
        if (waiter == null) {
            return Optional.empty();
        }
        waiter.opening = null;
        slot.openedFor = null;
        slot.site.line().openingEnded(waiter);
        return Optional.of(waiter);
    }

    private static void forgetOpening(Waiter waiter) {
        if (waiter.opening != null) {
            waiter.opening.openedFor = null;
            waiter.opening = null;
        }
    }

    /** Gives out what is idle in turns, then opens what may be opened for those who still wait. */
    void serve(Site site) {
        for (SiteLane lane : site.lanes().values()) {
            Iterator<Slot> lastUsedFirst = lane.idle().descendingIterator();
            while (site.line().size() > 0 && lastUsedFirst.hasNext()) {
                Slot slot = lastUsedFirst.next();
                Optional<Waiter> next = site.line().next(waiter -> fits(waiter, slot));
                if (next.isPresent()) {
                    lastUsedFirst.remove();
                    idle--;
                    if (slot.transport.messagesLeft() > 0) {
                        grant(site, slot, next.get());
                    }
                }
            }
        }
        while (site.openings() < site.line().size() && open(site)) {}
        makeRoom(site);
    }

    private boolean fits(Waiter waiter, Slot slot) {
        return sources.uses(waiter, slot.transport) && (waiter.request.exactly() || !slot.exactly);
    }

    /** Idle transports that are of no use to those who wait, but take the places of others. */
    private void makeRoom(Site site) {
        int wanted = site.line().size() - site.openings();
        for (SiteLane lane : site.lanes().values()) {
            while (wanted > 0
                    && !lane.hasRoom()
                    && !lane.idle().isEmpty()
                    && site.line()
                            .unopened(waiter -> sources.uses(waiter.request, lane.source()))
                            .isPresent()) {
                lane.idle().removeFirst().transport.tell(Order.Quit.ORDER);
                idle--;
                wanted--;
            }
        }
    }

    private void grant(Site site, Slot slot, Waiter waiter) {
        site.served(waiter);
        waiters.remove(waiter.borrower());
        forgetOpening(waiter);
        slot.borrower = waiter.borrower();
        int free = slot.lane.isRated() ? 0 : Integer.MAX_VALUE;
        boolean othersWait = site.line().size() > site.openings();
        if (!othersWait) {
            site.tellOthersWaitAgain();
        }
        slot.borrower.tell(new FromPool.Granted(slot.transport, free, othersWait));
    }

    /** Starts to open a transport for somebody in line; false when there is no room for anybody. */
    private boolean open(Site site) {
        if (sources.allFull(site)) {
            return false;
        }
        Optional<Waiter> found = site.line().unopened(waiter -> sources.canOpen(site, waiter.request));
        found.ifPresent(waiter ->
                sources.choose(site, waiter.request).ifPresent(source -> open(site, lane(site, source), waiter)));
        return found.isPresent();
    }

    private void open(Site site, SiteLane lane, Waiter waiter) {
        ArrayDeque<Way> ways = sources.ways(waiter.request, lane.source(), System.nanoTime());
        lane.opened();
        site.openingStarted();
        Transport transport = opener.open(ways.remove(), lane.limits(), pool);
        Slot slot = new Slot(site, lane, ways, transport, waiter);
        waiter.opening = slot;
        site.line().openingStarted(waiter);
        slots.put(transport, slot);
        site.slots().add(slot);
    }

    private SiteLane lane(Site site, String source) {
        return site.lanes()
                .computeIfAbsent(
                        source,
                        name -> new SiteLane(
                                settings.source(name),
                                site.limits(),
                                bucket(site.limits().rate())));
    }

    /** Tokens left by the life before are not kept; an empty bucket since the start never holds more than the old one. */
    private TokenBucket bucket(Rate rate) {
        long now = System.nanoTime();
        if (rate.isUnlimited() || now - startedNanos >= rate.window().toNanos()) {
            return TokenBucket.full(rate, now);
        }
        return afterCleanStop
                ? TokenBucket.holding(rate, 0, startedNanos)
                : TokenBucket.afterUncleanStop(rate, startedNanos);
    }

    void closeIdle(SiteLane lane, long now) {
        long idleNanos = settings.idleTimeout().toNanos();
        while (!lane.idle().isEmpty()) {
            @Nullable Slot oldest = lane.idle().peekFirst();
            if (oldest == null || now - oldest.idleSinceNanos < idleNanos) {
                return;
            }
            lane.idle().removeFirst();
            idle--;
            oldest.transport.tell(Order.Quit.ORDER);
        }
    }
}
