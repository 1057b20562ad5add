package io.postrider.record;

import io.postrider.spool.Spool;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What became of every recipient that this node ever accepted. Safe for all threads.
 *
 * <p>Each recipient's reference is either in the spool or released, and the release is one atomic write with the record
 * of why. So whatever the hand-over and the recorder are just doing,
 *
 * <pre>
 * accepted = recipients of the references in the spool + recipients released
 * queued   = accepted - delivered - bounced - expired - cancelled
 * </pre>
 *
 * A recipient that waits for the hand-over counts as accepted and queued; one whose end is not recorded yet counts as
 * queued.
 */
public final class Books {

    private static final int TRIES = 1000;

    /** @param version odd while the spool and these sums are changing together */
    private record Cut(Totals recorded, long version) {}

    private volatile Cut cut = new Cut(Totals.NONE, 0);

    Books() {}

    /** The sums over the rows of all queues; {@code accepted} holds what the queues took charge of. */
    public Totals recorded() {
        return cut.recorded();
    }

    /** One cut through the books, balanced by construction. Completes at once where the spool counts in memory. */
    public CompletionStage<Totals> totals(Spool spool) {
        return totals(spool, TRIES);
    }

    private CompletionStage<Totals> totals(Spool spool, int tries) {
        Cut before = cut;
        return spool.counts().thenCompose(counts -> {
            boolean changed = before.version() % 2 != 0 || cut.version() != before.version();
            if (changed && tries > 0) {
                Thread.onSpinWait();
                return totals(spool, tries - 1);
            }
            Totals sums = before.recorded();
            long accepted = Math.max(counts.recipients() + sums.released(), sums.settled());
            return CompletableFuture.completedStage(new Totals(
                    accepted, sums.delivered(), sums.bounced(), sums.expired(), sums.cancelled(), sums.released()));
        });
    }

    /** Sets the sums, at the start. */
    synchronized void start(Totals sum) {
        cut = new Cut(sum, (cut.version() + 2) & ~1L);
    }

    /** The spool is about to forget what {@link #changed} then adds as released. */
    synchronized void changing() {
        cut = new Cut(cut.recorded(), cut.version() | 1);
    }

    synchronized void changed(Totals more) {
        cut = new Cut(cut.recorded().plus(more), (cut.version() + 2) & ~1L);
    }
}
