package io.postrider.user;

import io.postrider.retry.Rate;
import io.postrider.retry.TokenBucket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What users have left of one of their rates. Safe for all threads. */
final class UserRates {

    /** One a user and rate: no more than the file has had. */
    private final Map<Key, TokenBucket> buckets = new ConcurrentHashMap<>();

    private record Key(String user, Rate rate) {}

    /** Takes one, if there is one left. */
    boolean take(String user, Rate rate, long nowNanos) {
        if (rate.isUnlimited()) {
            return true;
        }
        TokenBucket bucket = buckets.computeIfAbsent(new Key(user, rate), key -> TokenBucket.full(rate, nowNanos));
        synchronized (bucket) {
            return bucket.take(1, nowNanos) == 1;
        }
    }
}
