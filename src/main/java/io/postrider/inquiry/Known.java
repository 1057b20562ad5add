package io.postrider.inquiry;

import io.postrider.mail.MessageId;
import io.postrider.record.HistoryEntry;
import io.postrider.record.HistoryEntry.Envelope;
import io.postrider.spool.Reference;
import java.util.List;
import java.util.Optional;

/**
 * What is written down of one message.
 *
 * @param references at the domains where it is not settled, or not released yet
 * @param entries of its history, oldest first
 */
record Known(MessageId id, List<Reference> references, List<HistoryEntry> entries) {

    boolean isNothing() {
        return references.isEmpty() && entries.isEmpty();
    }

    /** What the history tells of its acceptance. */
    Optional<Envelope> envelope() {
        return entries.stream().flatMap(entry -> entry.envelope().stream()).findFirst();
    }

    /** Whether the asker may know of it: whoever handed it in, and everybody when empty. */
    boolean isFor(Optional<String> owner) {
        if (isNothing() || owner.isEmpty()) {
            return !isNothing();
        }
        String handedInBy = references.isEmpty()
                ? envelope().map(Envelope::owner).orElse("")
                : references.get(0).owner();
        return handedInBy.equals(owner.get());
    }
}
