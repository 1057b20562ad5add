package io.postrider.sts;

import io.postrider.mail.Domain;
import java.time.Duration;
import java.time.Instant;

/**
 * A policy with what we know of it.
 *
 * @param id of the TXT record that it was fetched for
 * @param usedAt when mail last asked for it, to the day
 * @param body as it came
 */
record KeptPolicy(Domain domain, String id, Instant fetchedAt, Instant usedAt, String body, PublishedPolicy policy) {

    /** About, in memory: text, patterns and what carries them. */
    long sizeBytes() {
        return 400 + body.length() + 64L * policy.mx().size();
    }

    /** @param least a policy that holds for a shorter time is kept for so long, or its host would hear of us too often */
    Instant expiresAt(Duration least) {
        return fetchedAt.plus(policy.maxAge().compareTo(least) < 0 ? least : policy.maxAge());
    }

    KeptPolicy usedAt(Instant at) {
        return new KeptPolicy(domain, id, fetchedAt, at, body, policy);
    }
}
