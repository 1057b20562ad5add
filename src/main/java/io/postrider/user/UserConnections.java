package io.postrider.user;

import java.util.concurrent.ConcurrentHashMap;

/** The connections that are logged in now, exactly, per user. Safe for all threads. */
final class UserConnections {

    /** Holds users with such connections only, so the connections that listeners take bound it. */
    private final ConcurrentHashMap<String, Integer> open = new ConcurrentHashMap<>();

    /** Counts one more, unless it is one too many. */
    boolean enter(String user, int most) {
        boolean[] admitted = new boolean[1];
        open.compute(user, (name, now) -> {
            int count = now == null ? 0 : now;
            admitted[0] = count < most;
            return admitted[0] ? Integer.valueOf(count + 1) : now;
        });
        return admitted[0];
    }

    void leave(String user) {
        open.computeIfPresent(user, (name, count) -> count > 1 ? Integer.valueOf(count - 1) : null);
    }

    int open(String user) {
        return open.getOrDefault(user, 0);
    }
}
