package io.postrider.ingress.http;

import io.postrider.http.Problem;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The requests that are not yet answered, in all and per caller. Safe for all threads. */
final class InFlight {

    private final int max;
    private final int maxPerClient;
    private final AtomicInteger all = new AtomicInteger();
    /** Holds callers with open requests only, so {@code max} bounds it. */
    private final ConcurrentHashMap<String, Integer> perClient = new ConcurrentHashMap<>();

    InFlight(int max, int maxPerClient) {
        this.max = max;
        this.maxPerClient = maxPerClient;
    }

    /** Counts a request. @throws Problem 503 or 429 when it is one too many */
    void enter(String account) {
        if (all.incrementAndGet() > max) {
            all.decrementAndGet();
            throw Problem.overloaded("too many requests are being worked on; try again later");
        }
        int count = perClient.merge(account, 1, Integer::sum);
        if (count > maxPerClient) {
            leave(account);
            throw Problem.of(
                            429,
                            "too_many_requests",
                            "at most " + maxPerClient + " requests of one client are worked on at a time")
                    .with("Retry-After", "1");
        }
    }

    void leave(String account) {
        perClient.computeIfPresent(account, (who, count) -> count > 1 ? Integer.valueOf(count - 1) : null);
        all.decrementAndGet();
    }

    int open() {
        return all.get();
    }
}
