package io.postrider.sts;

import io.postrider.mail.Domain;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which look-ups and fetches failed lately, so that nobody is asked again at once. Bounded. Safe for all threads. */
final class Failures {

    private record Failure(String id, Instant until) {}

    private final Map<Domain, Failure> failures;

    Failures(int most) {
        failures = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Domain, Failure> eldest) {
                return size() > most;
            }
        };
    }

    /** @return whether it is the first since something last went well */
    synchronized boolean remember(Domain domain, String id, Instant until) {
        return failures.put(domain, new Failure(id, until)) == null;
    }

    synchronized void forget(Domain domain) {
        failures.remove(domain);
    }

    /** @param id of the version that was asked for; empty: of the TXT record itself */
    synchronized boolean isRecent(Domain domain, String id, Instant now) {
        Failure failure = failures.get(domain);
        return failure != null && failure.id.equals(id) && now.isBefore(failure.until);
    }

    synchronized boolean isRecent(Domain domain, Instant now) {
        Failure failure = failures.get(domain);
        return failure != null && now.isBefore(failure.until);
    }
}
