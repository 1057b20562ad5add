package io.postrider.egress;

import io.postrider.bounce.ReplyMeaning;
import io.postrider.egress.FromConnection.WaitingFor;
import io.postrider.egress.Transport.Way;
import io.postrider.mail.Reply;
import io.postrider.metrics.Meters;
import io.postrider.tls.ClientTls;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The node's transports to the recipients' servers, within the limits of their sites: never more connections, messages
 * per connection, or transactions started than a site bears from one of our sources, in fair turns among the domains
 * that wait. A transport counts from its first SYN until its socket is closed.
 *
 * <pre>
 * (none)   --Borrow, room----> OPENING
 * OPENING  --Opened----------> BORROWED (whose turn it is) or IDLE
 * OPENING  --Closed----------> OPENING (next address) or (none), NoHost
 * BORROWED --Return----------> BORROWED (next in turn) or IDLE
 * IDLE     --Borrow----------> BORROWED
 * IDLE     --idle too long---> closing
 * any      --Closed----------> (none), Gone to the borrower
 * </pre>
 */
public final class ConnectionPool extends AbstractBehavior<ToPool> {

    private static final Duration QUIET_SITE_MEMORY = Duration.ofMinutes(2);
    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

    private final EgressSettings settings;
    private final Meters meters;
    private final InstantSource clock;
    private final FailedHosts failedHosts;
    private final FailedHosts plainHosts;
    private final Sources sources;
    private final PermitDesk permits;
    private final Map<String, Site> sites = new LinkedHashMap<>();
    private final Lending lending;
    private final Map<Transport, Slot> slots;

    /**
     * One per node.
     *
     * @param tls with all terms and logins that ways can ask for
     * @param meters counts the open connections
     * @param afterCleanStop false: rates start empty and wait one window, for nobody knows what was sent before
     */
    public static Behavior<ToPool> create(
            EgressSettings settings, ClientTls tls, Meters meters, InstantSource clock, boolean afterCleanStop) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new ConnectionPool(context, timers, settings, tls, meters, clock, afterCleanStop)));
    }

    private ConnectionPool(
            ActorContext<ToPool> context,
            TimerScheduler<ToPool> timers,
            EgressSettings settings,
            ClientTls tls,
            Meters meters,
            InstantSource clock,
            boolean afterCleanStop) {
        super(context);
        this.settings = settings;
        this.meters = meters;
        this.clock = clock;
        failedHosts = new FailedHosts(settings.failedHostMemory().toNanos(), settings.maxFailedHosts());
        plainHosts = new FailedHosts(settings.plainHostMemory().toNanos(), settings.maxPlainHosts());
        sources = new Sources(settings, failedHosts, plainHosts);
        Opener opener = new Opener(context.getSystem(), settings, tls, meters, clock);
        lending = new Lending(settings, opener, sources, context.getSelf(), afterCleanStop);
        slots = lending.slots();
        permits = new PermitDesk(timers, slots);
        Duration tick = settings.idleTimeout().dividedBy(4);
        timers.startTimerWithFixedDelay(ToPool.Tick.INSTANCE, tick.compareTo(LONGEST_TICK) > 0 ? LONGEST_TICK : tick);
    }

    @Override
    public Receive<ToPool> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on).build();
    }

    private Behavior<ToPool> on(ToPool message) {
        switch (message) {
            case ToPool.Borrow borrow -> onBorrow(borrow);
            case ToPool.NoLonger noLonger -> onNoLonger(noLonger);
            case ToPool.Return back -> onReturn(back);
            case ToPool.TakePermits take -> permits.take(take);
            case ToPool.Describe describe -> onDescribe(describe);
            case ToPool.Opened opened -> onOpened(opened.transport());
            case ToPool.Closed closed -> onClosed(closed);
            case ToPool.SlowDown slow -> onSlowDown(slow);
            case ToPool.Took took -> onTook(took);
            case ToPool.PermitsDue due -> permits.give(due.lane());
            case ToPool.Tick tick -> onTick();
        }
        return this;
    }

    private void onBorrow(ToPool.Borrow borrow) {
        String name = borrow.way().site().name();
        Site site = sites.get(name);
        if (site == null) {
            site = new Site(
                    name,
                    settings.perSite().of(borrow.way().site(), borrow.way().hosts()));
            sites.put(name, site);
        }
        site.used(System.nanoTime());
        if (lending.isFull()) {
            borrow.borrower().tell(new FromPool.Full());
            return;
        }
        if (!sources.anyReaches(borrow)) {
            String words = "no source of the pool can bind an address of the family that the hosts have";
            borrow.borrower().tell(new FromPool.NoHost(Reply.of(451, "4.4.1", words)));
            return;
        }
        Waiter waiter = new Waiter(borrow, sources.kind(borrow));
        lending.add(site, waiter);
        if (lending.waits(waiter)) {
            boolean opening = waiter.opening != null;
            WaitingFor what = opening ? WaitingFor.CONNECT : WaitingFor.SITE_CONNECTIONS;
            borrow.borrower().tell(new FromPool.StillWaiting(what));
            if (!opening && site.tellsOthersWait()) {
                tellOthersWait(site);
            }
        }
    }

    private static void tellOthersWait(Site site) {
        for (Slot slot : site.slots()) {
            if (slot.borrower != null) {
                slot.borrower.tell(new FromPool.OthersWait(slot.transport));
            }
        }
    }

    private void onNoLonger(ToPool.NoLonger noLonger) {
        Site site = sites.get(noLonger.site());
        if (site == null || lending.remove(site, noLonger.borrower())) {
            return;
        }
        for (Slot slot : List.copyOf(site.slots())) {
            if (noLonger.borrower().equals(slot.borrower)) {
                onReturn(new ToPool.Return(slot.transport, 0));
            }
        }
    }

    private void onReturn(ToPool.Return back) {
        Transport transport = back.transport();
        Slot slot = slots.get(transport);
        Site site = sites.get(transport.way().site());
        if (back.unusedPermits() > 0 && site != null) {
            SiteLane lane = site.lanes().get(transport.way().source().name());
            if (lane != null && lane.isRated()) {
                lane.bucket().giveBack(back.unusedPermits());
                permits.give(lane);
            }
        }
        if (slot == null || slot.borrower == null) {
            return;
        }
        slot.borrower = null;
        lending.free(slot);
        lending.serve(slot.site);
    }

    private void onOpened(Transport transport) {
        Slot slot = slots.get(transport);
        if (slot == null) {
            return;
        }
        meters.outboundOpened();
        failedHosts.answered(transport.way().address());
        lending.openingEnded(slot);
        lending.free(slot);
        lending.serve(slot.site);
    }

    private void onClosed(ToPool.Closed closed) {
        Slot slot = slots.remove(closed.transport());
        if (slot == null) {
            return;
        }
        Way way = closed.transport().way();
        boolean inClear = slot.opening && closed.tlsFailed() && way.protection().fallsBack();
        if (inClear) {
            plainHosts.failed(way.address(), System.nanoTime());
            slot.ways.addFirst(way.inClear());
            getContext()
                    .getLog()
                    .info(
                            "mx={} gets plain text for {}: {}",
                            closed.transport(),
                            settings.plainHostMemory(),
                            closed.why());
        }
        if (closed.hostFailed()) {
            slot.site.remember(clock.instant(), way.host(), closed.why(), settings.recentReplies());
        }
        if (closed.hostFailed() && !inClear) {
            failedHosts.failed(way.address(), System.nanoTime());
        }
        if (slot.opening) {
            refused(slot, closed);
            return;
        }
        meters.outboundClosed();
        lending.closed(slot);
        if (slot.borrower != null) {
            slot.borrower.tell(new FromPool.Gone(slot.transport));
        }
        lending.serve(slot.site);
    }

    /** The next address, or the end of this attempt. */
    private void refused(Slot slot, ToPool.Closed closed) {
        if (ReplyMeaning.asksToSlowDown(closed.why())) {
            slot.lane.slowDown();
        }
        if (lending.openNext(slot)) {
            return;
        }
        lending.closed(slot);
        lending.openingEnded(slot).map(Waiter::borrower).ifPresent(borrower -> {
            if (lending.remove(slot.site, borrower)) {
                borrower.tell(new FromPool.NoHost(closed.why()));
            }
        });
        lending.serve(slot.site);
    }

    private void onSlowDown(ToPool.SlowDown slow) {
        Slot slot = slots.get(slow.transport());
        if (slot != null) {
            slot.lane.slowDown();
            String host = slow.transport().way().host();
            slot.site.remember(clock.instant(), host, slow.reply(), settings.recentReplies());
        }
    }

    private void onTook(ToPool.Took took) {
        Slot slot = slots.get(took.transport());
        if (slot != null && slot.lane.currentLimit() < slot.lane.limits().connections()) {
            slot.lane.took(took.messages());
            lending.serve(slot.site);
        }
    }

    private void onDescribe(ToPool.Describe describe) {
        List<SiteStatus> found = new ArrayList<>();
        for (Site site : sites.values()) {
            if (describe.sites().isEmpty() || describe.sites().contains(site.name())) {
                found.add(site.status());
            }
        }
        describe.replyTo().tell(found);
    }

    private void onTick() {
        long now = System.nanoTime();
        failedHosts.forgetOld(now);
        plainHosts.forgetOld(now);
        long quietNanos = QUIET_SITE_MEMORY.toNanos();
        for (Iterator<Site> it = sites.values().iterator(); it.hasNext(); ) {
            Site site = it.next();
            for (SiteLane lane : site.lanes().values()) {
                lending.closeIdle(lane, now);
            }
            long rateNanos = site.limits().rate().isUnlimited()
                    ? 0
                    : site.limits().rate().window().toNanos();
            boolean crowded = sites.size() > settings.maxQuietSites();
            if (site.isQuiet(now, Math.max(rateNanos, crowded ? 0 : quietNanos))) {
                it.remove();
            }
        }
    }
}
