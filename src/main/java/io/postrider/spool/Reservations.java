package io.postrider.spool;

import io.postrider.mail.MessageId;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * Which keys of submissions were used, and what each was answered, for {@code postrider.idempotency.keep}. Every call
 * returns at once; stages complete on the storage's threads. Every call is seen by those that come after it. Of one name
 * only one call may be under way at a time; names do not hinder each other.
 *
 * <pre>
 * (none)    --reserve--> RESERVED   the id is decided
 * RESERVED  --confirm--> ANSWERED   the submission under that id was accepted
 * RESERVED  --forget---> (none)     nothing was accepted
 * (any)     --too old--> (none)
 * </pre>
 */
public interface Reservations {

    /** The reservation of a name, and whether this call made it. */
    record Reserved(Reservation reservation, boolean isNew) {}

    /**
     * Reserves the name for this payload and id, unless it is taken: then what is there, whatever its payload.
     *
     * <p>Completes when no message that is accepted from now on can be durable without the reservation. A store with one
     * log for both needs no sync of its own for that, only the order; others must make it durable first.
     *
     * @param at the time now; never asked of a clock
     */
    CompletionStage<Reserved> reserve(Fingerprint name, Fingerprint payload, MessageId id, Instant at);

    /**
     * Keeps the answer of a submission that is accepted. Completes when it survives the death of this process. A failure
     * of the machine may still lose it; then the reservation stands as before.
     */
    CompletionStage<Void> confirm(Reservation reservation, Reservation.Answer answer);

    /** The name is free again. Only for a submission of which nothing can have been accepted. */
    CompletionStage<Void> forget(Reservation reservation);
}
