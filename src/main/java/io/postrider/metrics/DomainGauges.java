package io.postrider.metrics;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import kamon.metric.MeasurementUnit;
import kamon.metric.Metric;
import kamon.tag.TagSet;

/** Depth and age of the deepest queues, each under its domain, and of all others together under {@code other}. */
final class DomainGauges {

    static final String OTHER = "other";

    private final int top;
    private final Metric.Gauge depth;
    private final Metric.Gauge oldest;
    private Set<String> shown = Set.of();

    DomainGauges(Instruments instruments, int top) {
        this.top = top;
        this.depth = instruments.labelled(
                "postrider.queue.depth", "Messages that wait or are on the wire", MeasurementUnit.none());
        this.oldest = instruments.labelled(
                "postrider.queue.oldest.age",
                "Since the acceptance of the oldest message",
                MeasurementUnit.time().seconds());
    }

    synchronized void show(List<DomainDepth> queues) {
        List<DomainDepth> deepest = queues.stream()
                .sorted(Comparator.comparingLong(DomainDepth::depth).reversed())
                .toList();
        Set<String> now = new HashSet<>();
        long otherDepth = 0;
        long otherAge = 0;
        for (int i = 0; i < deepest.size(); i++) {
            DomainDepth queue = deepest.get(i);
            if (i < top) {
                now.add(queue.domain());
                set(queue.domain(), queue.depth(), queue.oldestAgeSeconds());
            } else {
                otherDepth += queue.depth();
                otherAge = Math.max(otherAge, queue.oldestAgeSeconds());
            }
        }
        set(OTHER, otherDepth, otherAge);
        for (String gone : shown) {
            if (!now.contains(gone)) {
                depth.remove(TagSet.of("domain", gone));
                oldest.remove(TagSet.of("domain", gone));
            }
        }
        shown = now;
    }

    private void set(String domain, long messages, long age) {
        depth.withTag("domain", domain).update((double) messages);
        oldest.withTag("domain", domain).update((double) age);
    }
}
