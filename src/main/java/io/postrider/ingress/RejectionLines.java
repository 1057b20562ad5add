package io.postrider.ingress;

import io.postrider.metrics.Meters;
import io.postrider.record.Rejections;
import java.util.concurrent.atomic.AtomicLong;

/** Writes refused mail to the delivery log; what finds no room there is counted and dropped. */
public final class RejectionLines implements RejectedLog {

    private static final int RADIX = 36;

    private final Rejections lines;
    private final Meters meters;
    private final AtomicLong count = new AtomicLong();

    public RejectionLines(Rejections lines, Meters meters) {
        this.lines = lines;
        this.meters = meters;
    }

    @Override
    public void rejected(Rejection rejection) {
        String eventId = rejection.sessionId() + "-" + Long.toString(count.incrementAndGet(), RADIX);
        boolean taken = lines.offer(new io.postrider.record.Rejection(
                eventId,
                rejection.at(),
                rejection.sender().address(),
                rejection.recipient(),
                0,
                rejection.reply(),
                rejection.listener(),
                rejection.sessionId()));
        if (!taken) {
            meters.rejectedLineDropped();
        }
    }
}
