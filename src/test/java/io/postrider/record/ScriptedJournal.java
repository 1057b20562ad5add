package io.postrider.record;

import io.postrider.event.QueueEvent;
import io.postrider.journal.EventReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A journal in memory that counts how often it is read. */
final class ScriptedJournal implements EventReader {

    private final TreeMap<String, List<Stored>> events = new TreeMap<>();
    int reads;

    /** Appends, and gives the first one's number. */
    synchronized long persist(String persistenceId, QueueEvent... more) {
        List<Stored> before = events.computeIfAbsent(persistenceId, id -> new ArrayList<>());
        long first = before.isEmpty() ? 1 : before.getLast().sequenceNr() + 1;
        for (QueueEvent event : more) {
            before.add(new Stored(
                    persistenceId, before.isEmpty() ? 1 : before.getLast().sequenceNr() + 1, event));
        }
        return first;
    }

    @Override
    public synchronized CompletionStage<List<Stored>> events(String persistenceId, long fromSequenceNr, int limit) {
        reads++;
        return CompletableFuture.completedStage(events.getOrDefault(persistenceId, List.of()).stream()
                .filter(stored -> stored.sequenceNr() >= fromSequenceNr)
                .limit(limit)
                .toList());
    }

    @Override
    public synchronized CompletionStage<List<Head>> heads(Optional<String> after, int limit) {
        return CompletableFuture.completedStage(events.entrySet().stream()
                .filter(entry -> after.isEmpty() || entry.getKey().compareTo(after.get()) > 0)
                .map(entry ->
                        new Head(entry.getKey(), entry.getValue().getLast().sequenceNr()))
                .sorted(Comparator.comparing(Head::persistenceId))
                .limit(limit)
                .toList());
    }

    @Override
    public synchronized void trim(String persistenceId, long upToSequenceNr) {
        events.getOrDefault(persistenceId, new ArrayList<>()).removeIf(stored -> stored.sequenceNr() <= upToSequenceNr);
    }
}
