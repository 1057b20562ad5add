package io.postrider.spool;

import io.postrider.mail.Domain;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The wake index without a disk: every stage is already complete. */
public final class MemoryWakeIndex implements WakeIndex {

    private final Map<Domain, Instant> entries = new TreeMap<>();

    @Override
    public synchronized void put(Domain domain, Instant due) {
        entries.put(domain, due);
    }

    @Override
    public synchronized void remove(Domain domain) {
        entries.remove(domain);
    }

    @Override
    public synchronized CompletionStage<List<Entry>> due(int slice, Instant now, int limit) {
        return CompletableFuture.completedStage(entries.entrySet().stream()
                .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                .filter(entry -> WakeIndex.sliceOf(entry.domain()) == slice
                        && !entry.due().isAfter(now))
                .sorted(Comparator.comparing(Entry::due).thenComparing(Entry::domain))
                .limit(limit)
                .toList());
    }

    /** All entries, whatever their slice. */
    public synchronized Map<Domain, Instant> entries() {
        return Map.copyOf(entries);
    }
}
