package io.postrider.sts;

import io.postrider.mail.Domain;
import io.postrider.metrics.Meters;
import io.postrider.sts.PolicyHost.Failure;
import io.postrider.sts.PolicyHost.Fetched;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches policies onto the shelf, one at a time for each domain and a bounded number in all; whoever asks for a domain
 * meanwhile shares its fetch. Safe for all threads.
 */
final class Fetches {

    private static final Logger log = LoggerFactory.getLogger(Fetches.class);

    private final PolicyHost host;
    private final PolicyShelf shelf;
    private final Failures failures;
    private final StsSettings settings;
    private final InstantSource clock;
    private final Executor executor;
    private final Meters meters;
    private final Map<Domain, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    Fetches(
            PolicyHost host,
            PolicyShelf shelf,
            Failures failures,
            StsSettings settings,
            InstantSource clock,
            Executor executor,
            Meters meters) {
        this.host = host;
        this.shelf = shelf;
        this.failures = failures;
        this.settings = settings;
        this.clock = clock;
        this.executor = executor;
        this.meters = meters;
    }

    /** Completes when the fetch is over, however it went: the shelf has the policy then, or the one that it had before. */
    CompletableFuture<Boolean> fetch(Domain domain, String id) {
        CompletableFuture<Boolean> ours = new CompletableFuture<>();
        CompletableFuture<Boolean> others = underWay.putIfAbsent(domain, ours);
        if (others != null) {
            return others;
        }
        if (!enter(() -> start(domain, id, ours))) {
            over(domain, ours, () -> failed(domain, id, new Fetched.Failed(Failure.BUSY, "too many wait")));
        }
        return ours;
    }

    private void start(Domain domain, String id, CompletableFuture<Boolean> promise) {
        host.fetch(domain)
                .whenCompleteAsync(
                        (fetched, bug) -> {
                            over(domain, promise, () -> took(domain, id, outcome(fetched, bug)));
                            leave();
                        },
                        executor);
    }

    private static Fetched outcome(Fetched fetched, Throwable bug) {
        return bug == null ? fetched : new Fetched.Failed(Failure.UNREACHABLE, String.valueOf(bug));
    }

    private void over(Domain domain, CompletableFuture<Boolean> promise, Runnable outcome) {
        try {
            outcome.run();
        } finally {
            underWay.remove(domain, promise);
            promise.complete(true);
        }
    }

    private void took(Domain domain, String id, Fetched fetched) {
        switch (fetched) {
            case Fetched.Failed failed -> failed(domain, id, failed);
            case Fetched.Body body -> read(domain, id, body.text());
        }
    }

    private void read(Domain domain, String id, String body) {
        switch (PolicyReader.read(body)) {
            case PolicyReader.Reading.Read read -> keep(domain, id, body, read.policy());
            case PolicyReader.Reading.Malformed malformed ->
                failed(domain, id, new Fetched.Failed(Failure.MALFORMED, malformed.why()));
        }
    }

    private void keep(Domain domain, String id, String body, PublishedPolicy policy) {
        Instant now = clock.instant();
        Optional<KeptPolicy> before = shelf.find(domain, now);
        shelf.put(new KeptPolicy(domain, id, now, before.map(KeptPolicy::usedAt).orElse(now), body, policy));
        failures.forget(domain);
        meters.policyFetched("fetched");
        if (before.map(KeptPolicy::policy).filter(policy::equals).isEmpty()) {
            log.info(
                    "domain={} has an MTA-STS policy: {}, for {} s, mx {}",
                    domain,
                    policy.mode().label(),
                    policy.maxAge().toSeconds(),
                    policy.mx().size() > 10 ? policy.mx().size() + " patterns" : policy.mx());
        }
    }

    /** RFC 8461 §3.3: who renews a policy in vain should hear of it, unless there is none in force. */
    private void failed(Domain domain, String id, Fetched.Failed failed) {
        Instant now = clock.instant();
        boolean first = failures.remember(domain, id, now.plus(settings.retryAfter()));
        meters.policyFetched(failed.failure().label());
        Optional<KeptPolicy> held = shelf.find(domain, now);
        boolean matters = held.filter(kept -> kept.policy().mode() != PublishedPolicy.Mode.NONE)
                .isPresent();
        if (first && matters) {
            log.warn(
                    "domain={} the MTA-STS policy could not be fetched again; the one we have holds until {}: {}",
                    domain,
                    held.get().expiresAt(settings.retryAfter()),
                    failed.reason());
        } else if (first) {
            log.info("domain={} mail goes on without an MTA-STS policy: {}", domain, failed.reason());
        }
    }

    private boolean enter(Runnable fetch) {
        synchronized (this) {
            if (running == settings.maxFetches()) {
                return waiting.size() < settings.maxWaiting() && waiting.add(fetch);
            }
            running++;
        }
        fetch.run();
        return true;
    }

    private void leave() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                running--;
                return;
            }
        }
        next.run();
    }
}
