package io.postrider.metrics;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;
import kamon.metric.Gauge;
import kamon.metric.MeasurementUnit;

/** The few numbers of the virtual machine that tell whether it is well. */
final class JvmGauges {

    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private final Gauge heapUsed;
    private final Gauge heapMax;
    private final Gauge collecting;
    private final Gauge threads;

    JvmGauges(Instruments instruments) {
        MeasurementUnit bytes = MeasurementUnit.information().bytes();
        heapUsed = instruments.gauge("postrider.jvm.heap.used", "Heap in use", bytes);
        heapMax = instruments.gauge("postrider.jvm.heap.max", "Largest heap", bytes);
        collecting = instruments.gauge(
                "postrider.jvm.gc.time",
                "Spent in garbage collection since the start",
                MeasurementUnit.time().milliseconds());
        threads = instruments.gauge("postrider.jvm.threads", "Live threads", MeasurementUnit.none());
    }

    void update() {
        heapUsed.update((double) memory.getHeapMemoryUsage().getUsed());
        heapMax.update((double) memory.getHeapMemoryUsage().getMax());
        collecting.update((double) collectors.stream()
                .mapToLong(collector -> Math.max(0, collector.getCollectionTime()))
                .sum());
        threads.update(ManagementFactory.getThreadMXBean().getThreadCount());
    }
}
