package io.postrider.record;

import io.postrider.mail.Domain;
import io.postrider.mail.RecipientId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Finds recipients in the history, for as long as {@code history.keep} says. Safe for all threads. */
@FunctionalInterface
public interface HistorySearch {

    /**
     * The recipients that fit, newest message first, at most {@code limit}. Looks at a bounded number of rows, so a page
     * may be short or empty and yet not the last. Completes on the store's reading threads.
     */
    CompletionStage<Found> find(Wanted wanted, int limit);

    /**
     * What to look for; an absent part fits all. With a recipient or a sender an index is read, otherwise the history
     * itself.
     *
     * @param recipient address, compared without case
     * @param sender envelope sender, compared without case; {@code ""} is the null sender
     * @param owner the key or user that handed the message in
     * @param since accepted then or later
     * @param before {@code next} of the page before
     */
    record Wanted(
            Optional<String> recipient,
            Optional<String> sender,
            Optional<String> tenant,
            Optional<String> owner,
            Optional<RecipientStatus> status,
            Optional<Instant> since,
            Optional<RecipientId> before) {

        public static final Wanted ALL = new Wanted(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** @param next where the next page begins; empty when this is the last */
    record Found(List<Hit> hits, Optional<RecipientId> next) {}

    /** A recipient as it stands by its records, which lag behind by some 100 ms. */
    record Hit(RecipientId id, Domain domain, HistoryEntry.Envelope envelope, RecipientStatus status) {}
}
