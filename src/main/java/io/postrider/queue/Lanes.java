package io.postrider.queue;

import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The lanes of a queue by number, and how many messages each holds. Numbers are given once and never again. */
final class Lanes {

    private record Key(String tenant, String campaign, String mailClass, String pool) {}

    /** A lane with its depth, and the line in which its ready messages wait for a connection of its pool. */
    static final class Depth {
        final Lane lane;
        final Line ready;
        int messages;
        boolean suspended;

        Depth(Lane lane, Line ready) {
            this.lane = lane;
            this.ready = ready;
        }
    }

    private final Entries entries;
    private final Map<Key, Lane> byLabels = new HashMap<>();
    private final Map<Integer, Depth> byNumber = new TreeMap<>();
    private final Map<String, Line> pools = new HashMap<>();
    private int next = 1;

    Lanes(Entries entries) {
        this.entries = entries;
    }

    void define(Lane lane) {
        next = Math.max(next, lane.number() + 1);
        Depth known = byNumber.get(lane.number());
        if (known != null && known.lane.equals(lane)) {
            return;
        }
        byLabels.put(new Key(lane.tenant(), lane.campaign(), lane.mailClass(), lane.pool()), lane);
        byNumber.put(lane.number(), new Depth(lane, pool(lane.pool())));
    }

    /** The lane for these labels; a new one is added to {@code added} and not yet known otherwise. */
    Lane of(HandedOver message, List<Lane> added) {
        Key key = new Key(message.tenant(), message.campaign(), message.mailClass(), message.pool());
        Lane known = byLabels.get(key);
        if (known != null) {
            return known;
        }
        for (Lane lane : added) {
            if (lane.tenant().equals(key.tenant)
                    && lane.campaign().equals(key.campaign)
                    && lane.mailClass().equals(key.mailClass)
                    && lane.pool().equals(key.pool)) {
                return lane;
            }
        }
        Lane lane = new Lane(
                next + added.size(), message.tenant(), message.campaign(), message.mailClass(), message.pool());
        added.add(lane);
        return lane;
    }

    /** An entry of a lane that no event has named yet, which only a merge of two writers makes: sent like the rest. */
    Depth get(int number) {
        Depth depth = byNumber.get(number);
        if (depth == null) {
            define(new Lane(number, "", "", "", io.postrider.spool.Labels.DEFAULT_POOL));
            return get(number);
        }
        return depth;
    }

    Collection<Depth> all() {
        return byNumber.values();
    }

    Line pool(String name) {
        return pools.computeIfAbsent(name, n -> new Line(entries));
    }

    Map<String, Line> pools() {
        return Collections.unmodifiableMap(pools);
    }

    int next() {
        return next;
    }

    void next(int number) {
        next = Math.max(next, number);
    }

    /** Forgets lanes without mail. Only together with a snapshot that has forgotten them too. */
    void prune() {
        List<Integer> empty = new ArrayList<>();
        byNumber.forEach((number, depth) -> {
            if (depth.messages == 0) {
                empty.add(number);
            }
        });
        for (Integer number : empty) {
            Lane lane = get(number).lane;
            byNumber.remove(number);
            byLabels.remove(new Key(lane.tenant(), lane.campaign(), lane.mailClass(), lane.pool()), lane);
        }
    }

    static boolean matches(Selector selector, Lane lane) {
        return selector.tenant().map(lane.tenant()::equals).orElse(true)
                && selector.campaign().map(lane.campaign()::equals).orElse(true);
    }
}
