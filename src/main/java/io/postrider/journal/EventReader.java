package io.postrider.journal;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The journal's read side, and the call that trims it. Works on the journal's own threads. */
public interface EventReader {

    /** One event as it was persisted. */
    record Stored(String persistenceId, long sequenceNr, Object event) {}

    /** A persistence id that has events, with the number of its newest one. */
    record Head(String persistenceId, long highestSequenceNr) {}

    /** Events from {@code fromSequenceNr} on, in order, at most {@code limit}. */
    CompletionStage<List<Stored>> events(String persistenceId, long fromSequenceNr, int limit);

    /** Persistence ids that have events in the journal, in their order, behind {@code after}, at most {@code limit}. */
    CompletionStage<List<Head>> heads(Optional<String> after, int limit);

    /** Deletes the events up to this one. Not synced by itself. The highest sequence number stays known. Idempotent. */
    void trim(String persistenceId, long upToSequenceNr);
}
