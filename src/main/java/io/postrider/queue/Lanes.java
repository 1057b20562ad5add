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

    private record Key(String tenant, String campaign, String mailClass, Track track) {
        static Key of(Lane lane) {
            return new Key(lane.tenant(), lane.campaign(), lane.mailClass(), Track.of(lane));
        }
    }

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
    private final Map<Track, Line> tracks = new HashMap<>();
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
        byLabels.put(Key.of(lane), lane);
        byNumber.put(lane.number(), new Depth(lane, line(Track.of(lane))));
    }

    /** The lane for these labels; a new one is added to {@code added} and not yet known otherwise. */
    Lane of(HandedOver message, List<Lane> added) {
        Track track = new Track(message.pool(), message.tlsOptional());
        Key key = new Key(message.tenant(), message.campaign(), message.mailClass(), track);
        Lane known = byLabels.get(key);
        if (known != null) {
            return known;
        }
        for (Lane lane : added) {
            if (Key.of(lane).equals(key)) {
                return lane;
            }
        }
        Lane lane = new Lane(
                next + added.size(),
                message.tenant(),
                message.campaign(),
                message.mailClass(),
                message.pool(),
                message.tlsOptional());
        added.add(lane);
        return lane;
    }

    /** An entry of a lane that no event has named yet, which only a merge of two writers makes: sent like the rest. */
    Depth get(int number) {
        Depth depth = byNumber.get(number);
        if (depth == null) {
            define(new Lane(number, "", "", "", io.postrider.spool.Labels.DEFAULT_POOL, false));
            return get(number);
        }
        return depth;
    }

    Collection<Depth> all() {
        return byNumber.values();
    }

    Line line(Track track) {
        return tracks.computeIfAbsent(track, t -> new Line(entries));
    }

    /** The ready messages of each. */
    Map<Track, Line> tracks() {
        return Collections.unmodifiableMap(tracks);
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
            byLabels.remove(Key.of(lane), lane);
        }
    }

    static boolean matches(Selector selector, Lane lane) {
        return selector.tenant().map(lane.tenant()::equals).orElse(true)
                && selector.campaign().map(lane.campaign()::equals).orElse(true);
    }
}
