package io.postrider.sts;

import io.postrider.mail.Domain;
import io.postrider.store.Family;
import io.postrider.store.Store;
import io.postrider.store.Table;
import io.postrider.store.Writes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies that hold, in memory and in a family of the store, until they expire or must make room: the longest unused
 * leaves first. Safe for all threads.
 */
final class PolicyShelf {

    private static final Logger log = LoggerFactory.getLogger(PolicyShelf.class);

    static final Family FAMILY = Family.rows("mta-sts");

    private static final Duration USE_IS_NOTED = Duration.ofDays(1);
    /** No domain's name comes before or behind these. */
    private static final byte[] FIRST = {0};

    private static final byte[] BEHIND = {(byte) 0xff};

    private final Store store;
    private final Table table;
    private final StsSettings settings;
    private final LinkedHashMap<Domain, KeptPolicy> policies = new LinkedHashMap<>(64, 0.75f, true);
    private long sizeBytes;

    private PolicyShelf(Store store, StsSettings settings) {
        this.store = store;
        this.table = store.table(FAMILY);
        this.settings = settings;
    }

    /** Reads what was kept: blocks. */
    static PolicyShelf open(Store store, StsSettings settings) {
        PolicyShelf shelf = new PolicyShelf(store, settings);
        List<KeptPolicy> found = new ArrayList<>();
        Writes unreadable = new Writes();
        store.scan(shelf.table, FIRST, BEHIND, (key, value) -> {
            PolicyRow.decode(key, value).ifPresentOrElse(found::add, () -> unreadable.delete(shelf.table, key));
            return true;
        });
        found.sort(Comparator.comparing(KeptPolicy::usedAt));
        found.forEach(shelf::hold);
        shelf.write(shelf.makeRoom(unreadable));
        return shelf;
    }

    /** The policy that holds now, for mail. */
    synchronized Optional<KeptPolicy> use(Domain domain, Instant now) {
        KeptPolicy kept = policies.get(domain);
        if (kept == null || hasExpired(kept, now)) {
            return Optional.empty();
        }
        if (now.isAfter(kept.usedAt().plus(USE_IS_NOTED))) {
            KeptPolicy used = kept.usedAt(now);
            hold(used);
            write(row(used));
        }
        return Optional.of(kept);
    }

    /** In the place of what the domain had. */
    synchronized void put(KeptPolicy policy) {
        hold(policy);
        write(makeRoom(row(policy)));
    }

    synchronized Optional<KeptPolicy> find(Domain domain, Instant now) {
        return Optional.ofNullable(policies.get(domain)).filter(kept -> !hasExpired(kept, now));
    }

    synchronized void removeExpired(Instant now) {
        Writes gone = new Writes();
        Iterator<Map.Entry<Domain, KeptPolicy>> all = policies.entrySet().iterator();
        while (all.hasNext()) {
            KeptPolicy kept = all.next().getValue();
            if (hasExpired(kept, now)) {
                all.remove();
                sizeBytes -= kept.sizeBytes();
                gone.delete(table, PolicyRow.key(kept.domain()));
            }
        }
        write(gone);
    }

    /** Policies that were used lately and should be fetched again, in no order. */
    synchronized List<KeptPolicy> due(Instant now) {
        List<KeptPolicy> due = new ArrayList<>();
        for (KeptPolicy kept : policies.values()) {
            Duration half = kept.policy().maxAge().dividedBy(2);
            Duration age = half.compareTo(settings.refreshAfter()) < 0 ? half : settings.refreshAfter();
            if (!now.isBefore(kept.fetchedAt().plus(age))
                    && now.isBefore(kept.usedAt().plus(USE_IS_NOTED).plus(settings.keepUnused()))) {
                due.add(kept);
            }
        }
        Collections.shuffle(due);
        return due;
    }

    synchronized int size() {
        return policies.size();
    }

    private boolean hasExpired(KeptPolicy kept, Instant now) {
        return !now.isBefore(kept.expiresAt(settings.retryAfter()));
    }

    private synchronized void hold(KeptPolicy policy) {
        KeptPolicy before = policies.put(policy.domain(), policy);
        sizeBytes += policy.sizeBytes() - (before == null ? 0 : before.sizeBytes());
    }

    private synchronized Writes makeRoom(Writes writes) {
        Iterator<Map.Entry<Domain, KeptPolicy>> longestUnused =
                policies.entrySet().iterator();
        while (sizeBytes > settings.cacheBytes() && longestUnused.hasNext()) {
            KeptPolicy kept = longestUnused.next().getValue();
            longestUnused.remove();
            sizeBytes -= kept.sizeBytes();
            writes.delete(table, PolicyRow.key(kept.domain()));
        }
        return writes;
    }

    private Writes row(KeptPolicy policy) {
        return new Writes().put(table, PolicyRow.key(policy.domain()), PolicyRow.encode(policy));
    }

    /** Nobody waits for it: what a crash forgets is fetched again. */
    private void write(Writes writes) {
        if (!writes.isEmpty()) {
            store.writeLazily(writes).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.debug("MTA-STS policies are kept in memory alone: {}", failure.toString());
                }
            });
        }
    }
}
