package io.postrider.egress;

import io.postrider.mail.Reply;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the pool knows of one site: its lanes by source, and who waits, domain by domain in turns. Confined to it. */
final class Site {

    private final String name;
    private final SiteLimits limits;
    private final Map<String, SiteLane> lanes = new HashMap<>(2);
    private final Turns line = new Turns();
    private final Set<Slot> slots = new LinkedHashSet<>();
    private final ArrayDeque<SiteStatus.Seen> recent = new ArrayDeque<>(0);
    private int openings;
    private boolean toldOthersWait;
    private long usedNanos;

    Site(String name, SiteLimits limits) {
        this.name = name;
        this.limits = limits;
    }

    String name() {
        return name;
    }

    SiteLimits limits() {
        return limits;
    }

    Map<String, SiteLane> lanes() {
        return lanes;
    }

    Set<Slot> slots() {
        return slots;
    }

    /** Those who wait. Take them out by {@link #remove} and {@link #served} alone. */
    Turns line() {
        return line;
    }

    int openings() {
        return openings;
    }

    void openingStarted() {
        openings++;
    }

    void openingEnded() {
        openings--;
    }

    void used(long nowNanos) {
        usedNanos = nowNanos;
    }

    void remove(Waiter waiter) {
        line.remove(waiter);
        nobodyWaits();
    }

    /** Takes him out of the line; his domain goes to the end. */
    void served(Waiter waiter) {
        line.served(waiter);
        nobodyWaits();
    }

    private void nobodyWaits() {
        if (line.size() == 0) {
            toldOthersWait = false;
        }
    }

    /** True the first time since nobody waited. */
    boolean tellsOthersWait() {
        boolean first = !toldOthersWait;
        toldOthersWait = true;
        return first;
    }

    /** Somebody has a transport who does not know that others wait. */
    void tellOthersWaitAgain() {
        toldOthersWait = false;
    }

    void remember(Instant at, String host, Reply reply, int most) {
        if (most == 0) {
            return;
        }
        if (recent.size() == most) {
            recent.remove();
        }
        recent.add(new SiteStatus.Seen(at, host, reply));
    }

    /** Nothing in use, and long enough so that no rate remembers anything. */
    boolean isQuiet(long nowNanos, long forNanos) {
        if (line.size() > 0 || !slots.isEmpty() || nowNanos - usedNanos < forNanos) {
            return false;
        }
        for (Iterator<SiteLane> it = lanes.values().iterator(); it.hasNext(); ) {
            if (!it.next().isQuiet()) {
                return false;
            }
        }
        return true;
    }

    SiteStatus status() {
        List<SiteStatus.PerSource> sources = lanes.values().stream()
                .map(lane -> new SiteStatus.PerSource(
                        lane.source().name(),
                        lane.open(),
                        lane.idle().size(),
                        lane.limits().connections(),
                        lane.currentLimit(),
                        lane.limits().rate().toString()))
                .toList();
        int permits = lanes.values().stream()
                .mapToInt(lane -> lane.permitRequests().size())
                .sum();
        return new SiteStatus(name, line.size() + permits, sources, List.copyOf(recent));
    }
}
