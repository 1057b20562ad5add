package io.postrider.metrics;

import java.util.Comparator;
import java.util.List;
import kamon.metric.MeasurementUnit;
import kamon.metric.Metric;

/**
 * Depth and age of the deepest queues, each under its domain, and of all others together under {@code other}. In a
 * registry of their own, which is emptied each time: Kamon drops a label only when counters are reset.
 */
final class DomainGauges {

    static final String OTHER = "other";

    private final int top;
    private final Instruments instruments = new Instruments();
    private final Metric.Gauge depth;
    private final Metric.Gauge oldest;

    DomainGauges(int top) {
        this.top = top;
        this.depth = instruments.labelled(
                "postrider.queue.depth", "Recipients that wait or are on the wire", MeasurementUnit.none());
        this.oldest = instruments.labelled(
                "postrider.queue.oldest.age",
                "Since the acceptance of the oldest message",
                MeasurementUnit.time().seconds());
    }

    /** As text. Shows nothing of a domain that is not among these. */
    synchronized String expose(List<DomainDepth> queues) {
        instruments.clear();
        List<DomainDepth> deepest = queues.stream()
                .sorted(Comparator.comparingLong(DomainDepth::depth).reversed())
                .toList();
        long otherDepth = 0;
        long otherAge = 0;
        for (int i = 0; i < deepest.size(); i++) {
            DomainDepth queue = deepest.get(i);
            if (i < top) {
                set(queue.domain(), queue.depth(), queue.oldestAgeSeconds());
            } else {
                otherDepth += queue.depth();
                otherAge = Math.max(otherAge, queue.oldestAgeSeconds());
            }
        }
        set(OTHER, otherDepth, otherAge);
        return instruments.expose();
    }

    private void set(String domain, long messages, long age) {
        depth.withTag("domain", domain).update((double) messages);
        oldest.withTag("domain", domain).update((double) age);
    }
}
