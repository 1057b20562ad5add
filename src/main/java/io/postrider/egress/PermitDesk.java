package io.postrider.egress;

import io.postrider.egress.FromConnection.WaitingFor;
import io.postrider.egress.SiteLane.PermitRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/** Gives out the transactions that a site's rate allows, in the order of the requests. Confined to the pool. */
final class PermitDesk {

    private static final long SHORTEST_WAIT_NANOS = 1_000_000;

    private final TimerScheduler<ToPool> timers;
    private final Map<Transport, Slot> slots;

    PermitDesk(TimerScheduler<ToPool> timers, Map<Transport, Slot> slots) {
        this.timers = timers;
        this.slots = slots;
    }

    void take(ToPool.TakePermits take) {
        Slot slot = slots.get(take.transport());
        if (slot == null || !take.borrower().equals(slot.borrower)) {
            return;
        }
        slot.lane.permitRequests().add(new PermitRequest(take.transport(), take.permits(), take.borrower()));
        give(slot.lane);
        if (!slot.lane.permitRequests().isEmpty()) {
            take.borrower().tell(new FromPool.StillWaiting(WaitingFor.SITE_RATE));
        }
    }

    /** Whoever gave his transport back meanwhile gets none. */
    void give(SiteLane lane) {
        long now = System.nanoTime();
        ArrayDeque<PermitRequest> requests = lane.permitRequests();
        while (!requests.isEmpty()) {
            PermitRequest request = requests.element();
            Slot slot = slots.get(request.transport());
            boolean gone = slot == null || !request.borrower().equals(slot.borrower);
            int given = gone ? 0 : lane.bucket().take(request.permits(), now);
            if (!gone && given == 0) {
                long wait = Math.max(SHORTEST_WAIT_NANOS, lane.bucket().nanosUntilNext(now));
                timers.startSingleTimer(lane, new ToPool.PermitsDue(lane), Duration.ofNanos(wait));
                return;
            }
            requests.remove();
            if (given > 0) {
                request.borrower().tell(new FromPool.Permitted(request.transport(), given));
            }
        }
    }
}
