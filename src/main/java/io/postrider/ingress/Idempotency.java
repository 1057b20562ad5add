package io.postrider.ingress;

import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.record.HistoryReader;
import io.postrider.spool.Fingerprint;
import io.postrider.spool.IdempotencySettings;
import io.postrider.spool.Reservation;
import io.postrider.spool.Reservation.Answer;
import io.postrider.spool.Reservations;
import io.postrider.spool.Reservations.Reserved;
import io.postrider.spool.Spool;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Exactly one submission per key of its owner, however often and from however many clients it is sent, and through any
 * crash. Safe for all threads.
 *
 * <pre>
 * key unknown                     --> the work is done under a new id
 * key under way in this process   --> in flight
 * key known, another payload      --> other payload
 * key known, answered             --> that answer once more
 * key known, not answered         --> the work is done again under the id that was reserved; what of it was accepted
 *                                     before is asked for, not done twice
 * </pre>
 *
 * <p>The order is always: the key and the id are reserved, then messages are accepted under that id and
 * those made of it, then the answer is kept, then it is given. A crash between any two of them leaves a
 * repeat that ends with the same id and with each message once.
 */
public final class Idempotency {

    /** Characters of a key. */
    public static final int LONGEST_KEY = 255;

    /** The owner of keys that come from trusted hosts without credentials, over HTTP. */
    public static final String TRUSTED_HOST = "host";

    /** What doing the work came to, and what the caller shall get of it. */
    public sealed interface Ended<R> {

        R result();

        /** All of it is accepted: the answer is kept for repeats. */
        record Accepted<R>(R result, Answer answer) implements Ended<R> {}

        /** Nothing of it can have been accepted: the key is free again. */
        record Refused<R>(R result) implements Ended<R> {}

        /** A part may have been accepted: the key stays with its id, and a repeat goes on under it. */
        record Unknown<R>(R result) implements Ended<R> {}
    }

    /** What a submission does. */
    public interface Work<R> {

        /**
         * On the executor of this object. What it throws or fails with counts as {@link Ended.Unknown}. The stage must not
         * complete before everything that it has given to the spool is answered, or a repeat may accept it again.
         */
        CompletionStage<Ended<R>> run(Turn turn);

        /** The answer that was given before. */
        R replayed(Answer answer);

        /** The same key is being worked on: come again. May throw, as the next one: the stage fails so. */
        R inFlight();

        /** The key was used for something else. */
        R otherPayload();
    }

    /** The right to do the work, under one id. */
    public final class Turn {
        private final Reservation reservation;
        private final boolean isNew;

        private Turn(Reservation reservation, boolean isNew) {
            this.reservation = reservation;
            this.isNew = isNew;
        }

        /**
         * The submission's id; new, and nobody else's. Where there are several messages, theirs are made of it by {@link
         * MessageId#part} or {@link io.postrider.mail.SubmissionId}, never by chance.
         */
        public MessageId id() {
            return reservation.id();
        }

        /** Whether an earlier try may have accepted something. */
        public boolean isRepeat() {
            return !isNew;
        }

        /**
         * Whether this message was accepted before; ask it of each message before accepting it. Complete at once in a
         * first try, else on the store's threads.
         */
        public CompletionStage<Boolean> wasAccepted(MessageId message) {
            if (isNew) {
                return CompletableFuture.completedStage(false);
            }
            // In this order: a message leaves the spool only after its history is written.
            return spool.references(message)
                    .thenCompose(references -> references.isEmpty()
                            ? history.message(message, 1).thenApply(entries -> !entries.isEmpty())
                            : CompletableFuture.completedStage(true));
        }
    }

    private final Reservations reservations;
    private final Spool spool;
    private final HistoryReader history;
    private final MessageIds ids;
    private final IdempotencySettings settings;
    private final InstantSource clock;
    private final Executor executor;

    /** The payload of each key that is being worked on; as many as there are requests under way. */
    private final Map<Fingerprint, Fingerprint> underWay = new ConcurrentHashMap<>();

    /** @param executor does the work of submissions; what that must not hold up, it must not run */
    public Idempotency(
            Reservations reservations,
            Spool spool,
            HistoryReader history,
            MessageIds ids,
            IdempotencySettings settings,
            InstantSource clock,
            Executor executor) {
        this.reservations = reservations;
        this.spool = spool;
        this.history = history;
        this.ids = ids;
        this.settings = settings;
        this.clock = clock;
        this.executor = executor;
    }

    /** Whether this can be a key: 1 to 255 printable ASCII characters. */
    public static boolean isKey(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_KEY && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /**
     * Does the work unless it was done. Fails as the work failed, or when the store cannot tell ({@link
     * io.postrider.store.Overloaded} when it has too much to read); then the same request may be sent again.
     *
     * @param owner whose key it is; keys of different owners have nothing to do with each other
     * @param key see {@link #isKey}
     * @param payload of all that the client sent and that matters, and of nothing that differs in a repeat
     */
    public <R> CompletionStage<R> once(String owner, String key, Fingerprint payload, Work<R> work) {
        Fingerprint name = Fingerprint.of(owner, key);
        Fingerprint other = underWay.putIfAbsent(name, payload);
        if (other != null) {
            return CompletableFuture.completedStage(other.equals(payload))
                    .thenApply(same -> same ? work.inFlight() : work.otherPayload());
        }
        return reservations
                .reserve(name, payload, ids.next(), clock.instant())
                .thenComposeAsync(reserved -> decide(reserved, payload, work), executor)
                .whenComplete((result, failure) -> underWay.remove(name));
    }

    private <R> CompletionStage<R> decide(Reserved reserved, Fingerprint payload, Work<R> work) {
        Reservation reservation = reserved.reservation();
        if (!reservation.payload().equals(payload)) {
            return CompletableFuture.completedStage(work.otherPayload());
        }
        if (reservation.answer().isPresent()) {
            return CompletableFuture.completedStage(
                    work.replayed(reservation.answer().get()));
        }
        return work.run(new Turn(reservation, reserved.isNew())).thenCompose(ended -> end(reserved, ended));
    }

    private <R> CompletionStage<R> end(Reserved reserved, Ended<R> ended) {
        CompletionStage<Void> noted =
                switch (ended) {
                    case Ended.Accepted<R> accepted -> keep(reserved.reservation(), accepted.answer());
                    // An earlier try may have accepted what this one refuses, for instance by changed settings.
                    case Ended.Refused<R> refused ->
                        reserved.isNew()
                                ? reservations.forget(reserved.reservation())
                                : CompletableFuture.completedStage(null);
                    case Ended.Unknown<R> unknown -> CompletableFuture.completedStage(null);
                };
        return noted.thenApply(done -> ended.result());
    }

    /** An answer that is too long to keep is made anew for each repeat, under the same id. */
    private CompletionStage<Void> keep(Reservation reservation, Answer answer) {
        return answer.text().length > settings.maxAnswer()
                ? CompletableFuture.completedStage(null)
                : reservations.confirm(reservation, answer);
    }
}
