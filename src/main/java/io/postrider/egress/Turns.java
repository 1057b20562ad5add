package io.postrider.egress;

import io.postrider.mail.Domain;
import io.postrider.tls.Protection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who waits at one site, in fair turns among the domains. No question looks at more than one waiter of each
 * {@link Kind}, however many wait: what one of a kind cannot have, none of it can. Confined to the pool.
 */
final class Turns {

    /**
     * All that decides which sources and connections can serve a request: the pool of sources, and the families of its
     * hosts and how they are to be protected.
     *
     * @param hosts that alone will do; empty: any of the site
     */
    record Kind(String pool, boolean v4, boolean v6, Set<Protection> protections, Set<String> hosts) {}

    private static final class Line {
        final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>(4);
        long turn;
    }

    private static final class Group {
        /** The one whose turn it is first. */
        final LinkedHashMap<Domain, Line> lines = new LinkedHashMap<>();
        /** Those for whom nothing is being opened, by age. */
        final LinkedHashSet<Waiter> unopened = new LinkedHashSet<>();
    }

    private final Map<Kind, Group> groups = new HashMap<>(2);
    private long turns;
    private int size;

    int size() {
        return size;
    }

    void add(Waiter waiter) {
        Group group = groups.computeIfAbsent(waiter.kind, kind -> new Group());
        Line line = group.lines.computeIfAbsent(waiter.request.domain(), domain -> {
            Line last = new Line();
            last.turn = ++turns;
            return last;
        });
        if (line.waiters.add(waiter)) {
            group.unopened.add(waiter);
            size++;
        }
    }

    /** True when he was waiting. His domain keeps its turn. */
    boolean remove(Waiter waiter) {
        Group group = groups.get(waiter.kind);
        Line line = group == null ? null : group.lines.get(waiter.request.domain());
        if (group == null || line == null || !line.waiters.remove(waiter)) {
            return false;
        }
        size--;
        group.unopened.remove(waiter);
        if (line.waiters.isEmpty()) {
            group.lines.remove(waiter.request.domain());
        }
        if (group.lines.isEmpty()) {
            groups.remove(waiter.kind);
        }
        return true;
    }

    /** Takes him out; his domain has had its turn, whatever else it waits for, and what it had waits for that as well. */
    void served(Waiter waiter) {
        remove(waiter);
        Domain domain = waiter.request.domain();
        @Nullable Group had = groups.get(waiter.kind);
        long last = ++turns;
        long veryLast = ++turns;
        for (Group group : groups.values()) {
            Line line = group.lines.remove(domain);
            if (line != null) {
                line.turn = group == had ? veryLast : last;
                group.lines.put(domain, line);
            }
        }
    }

    /** Whose turn it is among those the predicate fits; he stays in line. */
    Optional<Waiter> next(Predicate<Waiter> fits) {
        Optional<Waiter> next = Optional.empty();
        long least = Long.MAX_VALUE;
        for (Group group : groups.values()) {
            Line line = group.lines.firstEntry().getValue();
            Waiter first = line.waiters.getFirst();
            if (line.turn < least && fits.test(first)) {
                least = line.turn;
                next = Optional.of(first);
            }
        }
        return next;
    }

    /** Whose turn it is among those for whom nothing is being opened and whom the predicate fits. */
    Optional<Waiter> unopened(Predicate<Waiter> fits) {
        Optional<Waiter> next = Optional.empty();
        long least = Long.MAX_VALUE;
        for (Group group : groups.values()) {
            if (group.unopened.isEmpty()) {
                continue;
            }
            Waiter first = group.unopened.getFirst();
            Line line = group.lines.get(first.request.domain());
            if (line != null && line.turn < least && fits.test(first)) {
                least = line.turn;
                next = Optional.of(first);
            }
        }
        return next;
    }

    void openingStarted(Waiter waiter) {
        Group group = groups.get(waiter.kind);
        if (group != null) {
            group.unopened.remove(waiter);
        }
    }

    /** What was opened for him is there, or failed: if he still waits, it is as if nothing had been opened. */
    void openingEnded(Waiter waiter) {
        Group group = groups.get(waiter.kind);
        Line line = group == null ? null : group.lines.get(waiter.request.domain());
        if (group != null && line != null && line.waiters.contains(waiter)) {
            group.unopened.add(waiter);
        }
    }
}
