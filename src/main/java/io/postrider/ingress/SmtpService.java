package io.postrider.ingress;

import io.postrider.metrics.Meters;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What all SMTP listeners of a node share.
 *
 * @param intake takes the messages
 * @param handOver tells at MAIL whether new mail is welcome
 * @param meters counts what is accepted and refused, in recipients
 * @param budget memory for messages on their way in
 * @param door who may log in; empty: nobody
 * @param clock for records
 * @param ticker nanoseconds that only go forward, for waits
 */
public record SmtpService(
        Intake intake,
        HandOver handOver,
        RejectedLog rejectedLog,
        Meters meters,
        ReceiveBudget budget,
        Optional<Door> door,
        InstantSource clock,
        LongSupplier ticker,
        SessionIds sessionIds) {

    /** One where nobody logs in. */
    public SmtpService(
            Intake intake,
            HandOver handOver,
            RejectedLog rejectedLog,
            Meters meters,
            ReceiveBudget budget,
            InstantSource clock) {
        this(intake, handOver, rejectedLog, meters, budget, Optional.empty(), clock);
    }

    public SmtpService(
            Intake intake,
            HandOver handOver,
            RejectedLog rejectedLog,
            Meters meters,
            ReceiveBudget budget,
            Optional<Door> door,
            InstantSource clock) {
        this(intake, handOver, rejectedLog, meters, budget, door, clock, System::nanoTime, new SessionIds(clock));
    }

    /** Short names of sessions that no other session has, not even after a restart unless the clock went back. */
    public static final class SessionIds {

        private static final int RADIX = 36;
        private static final int PER_MILLISECOND = 1000;

        private final AtomicLong next;

        public SessionIds(InstantSource clock) {
            this.next = new AtomicLong(clock.millis() * PER_MILLISECOND);
        }

        /** A name that no other session or request has. */
        public String next() {
            return Long.toString(next.getAndIncrement(), RADIX);
        }
    }
}
