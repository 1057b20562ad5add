package io.postrider.egress;

import io.postrider.retry.TokenBucket;
import java.util.ArrayDeque;
import org.apache.pekko.actor.typed.ActorRef;

/** One site from one source: what is open, and how much the site bears of us just now. Confined to the pool. */
final class SiteLane {

    /** Messages taken that give one connection back after the site asked us to slow down. */
    static final int SUCCESSES_PER_CONNECTION = 20;

    /** A borrower that waits for leave to start transactions. */
    record PermitRequest(Transport transport, int permits, ActorRef<ToConnection> borrower) {}

    private final Source source;
    private final SiteLimits limits;
    private final TokenBucket bucket;
    private final ArrayDeque<Slot> idle = new ArrayDeque<>();
    private final ArrayDeque<PermitRequest> permitRequests = new ArrayDeque<>();
    private int open;
    private int currentLimit;
    private int successes;

    SiteLane(Source source, SiteLimits limits, TokenBucket bucket) {
        this.source = source;
        this.limits = limits;
        this.bucket = bucket;
        currentLimit = limits.connections();
    }

    Source source() {
        return source;
    }

    SiteLimits limits() {
        return limits;
    }

    TokenBucket bucket() {
        return bucket;
    }

    boolean isRated() {
        return !limits.rate().isUnlimited();
    }

    /** Idle transports, the one used last at the end. */
    ArrayDeque<Slot> idle() {
        return idle;
    }

    ArrayDeque<PermitRequest> permitRequests() {
        return permitRequests;
    }

    int open() {
        return open;
    }

    int currentLimit() {
        return currentLimit;
    }

    boolean hasRoom() {
        return open < currentLimit;
    }

    boolean isOverLimit() {
        return open > currentLimit;
    }

    void opened() {
        open++;
    }

    void closed() {
        open--;
    }

    void slowDown() {
        currentLimit = Math.max(1, currentLimit / 2);
        successes = 0;
    }

    void took(int messages) {
        if (currentLimit == limits.connections()) {
            return;
        }
        successes += messages;
        int back = successes / SUCCESSES_PER_CONNECTION;
        successes %= SUCCESSES_PER_CONNECTION;
        currentLimit = Math.min(limits.connections(), currentLimit + back);
    }

    /** Nothing here that a new lane would not have. */
    boolean isQuiet() {
        return open == 0 && currentLimit == limits.connections() && permitRequests.isEmpty();
    }
}
