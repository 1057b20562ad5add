package io.postrider.spool;

import io.postrider.mail.MessageId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Used keys without a disk: every stage is already complete. What it holds outlives whoever uses it. */
public final class MemoryReservations implements Reservations {

    private final Duration keep;
    private final Map<Fingerprint, Reservation> byName = new HashMap<>();
    private boolean confirms = true;

    public MemoryReservations(Duration keep) {
        this.keep = keep;
    }

    /** From now on no answer is kept, as if the process died before. */
    public synchronized void dieBeforeConfirm() {
        confirms = false;
    }

    public synchronized int size() {
        return byName.size();
    }

    @Override
    public synchronized CompletionStage<Reserved> reserve(
            Fingerprint name, Fingerprint payload, MessageId id, Instant at) {
        Reservation found = byName.get(name);
        if (found != null && at.isBefore(found.at().plus(keep))) {
            return CompletableFuture.completedStage(new Reserved(found, false));
        }
        Reservation fresh = new Reservation(name, payload, id, at, Optional.empty(), 0);
        byName.put(name, fresh);
        return CompletableFuture.completedStage(new Reserved(fresh, true));
    }

    @Override
    public synchronized CompletionStage<Void> confirm(Reservation reservation, Reservation.Answer answer) {
        if (!confirms) {
            confirms = true;
            return new CompletableFuture<>();
        }
        byName.put(reservation.name(), reservation.answered(answer));
        return CompletableFuture.completedStage(null);
    }

    @Override
    public synchronized CompletionStage<Void> forget(Reservation reservation) {
        byName.remove(reservation.name());
        return CompletableFuture.completedStage(null);
    }
}
