package io.postrider.ingress;

import io.postrider.mail.MessageIds;
import io.postrider.spool.IdempotencySettings;
import io.postrider.spool.MemoryReservations;
import io.postrider.spool.Spool;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Keys of submissions in memory, worked on by whoever asks; the history is empty. */
public final class IdempotencyFixture {

    private static final Duration KEEP = Duration.ofHours(24);

    private IdempotencyFixture() {}

    public static Idempotency with(Spool spool, InstantSource clock) {
        return new Idempotency(
                new MemoryReservations(KEEP),
                spool,
                (message, limit) -> CompletableFuture.completedFuture(List.of()),
                new MessageIds(clock),
                new IdempotencySettings(KEEP, 1000, 1_000_000, 100_000),
                clock,
                Runnable::run);
    }
}
