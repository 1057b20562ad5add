package io.postrider.egress;

import io.postrider.mail.Domain;
import io.postrider.mail.Reply;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What the pool knows of one site: its lanes by source, and who waits, domain by domain in turns. Confined to it. */
final class Site {

    private final String name;
    private final SiteLimits limits;
    private final Map<String, SiteLane> lanes = new HashMap<>(2);
    private final LinkedHashMap<Domain, ArrayDeque<Waiter>> waiting = new LinkedHashMap<>();
    private final Set<Slot> slots = new LinkedHashSet<>();
    private final ArrayDeque<SiteStatus.Seen> recent = new ArrayDeque<>(0);
    private int waiters;
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

    int waiters() {
        return waiters;
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

    void add(Waiter waiter) {
        waiting.computeIfAbsent(waiter.request.domain(), domain -> new ArrayDeque<>(2))
                .add(waiter);
        waiters++;
    }

    /** True when he was waiting. */
    boolean remove(Waiter waiter) {
        Domain domain = waiter.request.domain();
        ArrayDeque<Waiter> line = waiting.get(domain);
        if (line == null || !line.remove(waiter)) {
            return false;
        }
        removed(domain, line);
        return true;
    }

    /** Whose turn it is among those the predicate fits; he stays in line. Looks at each domain's first alone. */
    Optional<Waiter> next(Predicate<Waiter> fits) {
        for (ArrayDeque<Waiter> line : waiting.values()) {
            if (fits.test(line.element())) {
                return Optional.of(line.element());
            }
        }
        return Optional.empty();
    }

    /** Anyone in line, domain by domain, whom the predicate fits. */
    Optional<Waiter> any(Predicate<Waiter> fits) {
        for (ArrayDeque<Waiter> line : waiting.values()) {
            for (Waiter waiter : line) {
                if (fits.test(waiter)) {
                    return Optional.of(waiter);
                }
            }
        }
        return Optional.empty();
    }

    /** Takes him out of the line; his domain goes to the end. */
    void served(Waiter waiter) {
        Domain domain = waiter.request.domain();
        ArrayDeque<Waiter> line = waiting.remove(domain);
        if (line == null) {
            return;
        }
        line.remove(waiter);
        waiters--;
        if (!line.isEmpty()) {
            waiting.put(domain, line);
        }
        if (waiters == 0) {
            toldOthersWait = false;
        }
    }

    private void removed(Domain domain, ArrayDeque<Waiter> line) {
        waiters--;
        if (line.isEmpty()) {
            waiting.remove(domain);
        }
        if (waiters == 0) {
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
        if (waiters > 0 || !slots.isEmpty() || nowNanos - usedNanos < forNanos) {
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
        return new SiteStatus(name, waiters + permits, sources, List.copyOf(recent));
    }
}
