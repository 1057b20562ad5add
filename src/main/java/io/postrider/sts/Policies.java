package io.postrider.sts;

import io.postrider.mail.Domain;
import io.postrider.metrics.Meters;
import io.postrider.store.Family;
import io.postrider.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Which policy a domain's mail is under (RFC 8461 §5.1). A policy that was fetched once holds until it expires, whatever
 * becomes of TXT record and policy host: whoever can make them vanish must not get our mail in plain text. Safe for all
 * threads.
 */
public final class Policies {

    /** What the store is to be opened with. */
    public static final List<Family> FAMILIES = List.of(PolicyShelf.FAMILY);

    private static final String NO_ID = "";

    private final Names names;
    private final StsSettings settings;
    private final InstantSource clock;
    private final PolicyShelf shelf;
    private final Failures failures;
    private final Fetches fetches;

    private Policies(Names names, StsSettings settings, InstantSource clock, PolicyShelf shelf, Ports ports) {
        this.names = names;
        this.settings = settings;
        this.clock = clock;
        this.shelf = shelf;
        this.failures = new Failures(settings.maxFailures());
        this.fetches = new Fetches(ports.host(), shelf, failures, settings, clock, ports.executor(), ports.meters());
    }

    /** @param executor takes in what was fetched; it computes only */
    public record Ports(PolicyHost host, Executor executor, Meters meters) {}

    /** Reads what an earlier process fetched: blocks. */
    public static Policies open(Store store, StsSettings settings, Names names, Ports ports, InstantSource clock) {
        PolicyShelf shelf = PolicyShelf.open(store, settings);
        ports.meters().gauge("postrider.mta.sts.policies", "MTA-STS policies that are kept", shelf::size);
        return new Policies(names, settings, clock, shelf, ports);
    }

    /**
     * The policy that the domain's mail is under now; empty when it has none. Waits for the DNS, and where there is a
     * version that we have not, up to {@code egress.mta-sts.timeout} for its fetch. Never fails.
     */
    public CompletionStage<Optional<PublishedPolicy>> of(Domain domain) {
        if (domain.isLiteral() || failures.isRecent(domain, NO_ID, clock.instant())) {
            return CompletableFuture.completedFuture(held(domain));
        }
        return names.texts(recordOf(domain)).thenCompose(texts -> switch (texts) {
            case Names.Texts.Unknown unknown -> {
                failures.remember(domain, NO_ID, clock.instant().plus(settings.retryAfter()));
                yield CompletableFuture.completedFuture(held(domain));
            }
            case Names.Texts.Found found ->
                PolicyId.of(found.texts())
                        .filter(id -> isNew(domain, id))
                        .map(id -> fetched(domain, id))
                        .orElseGet(() -> CompletableFuture.completedFuture(held(domain)));
        });
    }

    private boolean isNew(Domain domain, String id) {
        Instant now = clock.instant();
        return !failures.isRecent(domain, id, now)
                && shelf.find(domain, now).filter(kept -> kept.id().equals(id)).isEmpty();
    }

    private CompletableFuture<Optional<PublishedPolicy>> fetched(Domain domain, String id) {
        return fetches.fetch(domain, id)
                .copy()
                .completeOnTimeout(false, settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(over -> held(domain));
    }

    private Optional<PublishedPolicy> held(Domain domain) {
        return shelf.use(domain, clock.instant()).map(KeptPolicy::policy);
    }

    /**
     * To be called every minute: forgets what has expired, and fetches again what is old, a few at a time (RFC 8461 §3.3:
     * about once a day), so that nobody can wait in our way for the day when a policy ends. A domain whose TXT record is
     * gone is left to expire.
     */
    public void refresh() {
        Instant now = clock.instant();
        shelf.removeExpired(now);
        shelf.due(now).stream()
                .filter(kept -> !failures.isRecent(kept.domain(), now))
                .limit(settings.maxFetches())
                .forEach(this::refresh);
    }

    private void refresh(KeptPolicy kept) {
        names.texts(recordOf(kept.domain())).thenAccept(texts -> {
            Optional<String> id =
                    switch (texts) {
                        case Names.Texts.Unknown unknown -> Optional.of(kept.id());
                        case Names.Texts.Found found -> PolicyId.of(found.texts());
                    };
            if (id.isPresent()) {
                // The shelf has what comes of it.
                Future<?> unused = fetches.fetch(kept.domain(), id.get());
            }
        });
    }

    private static String recordOf(Domain domain) {
        return "_mta-sts." + domain.name();
    }
}
