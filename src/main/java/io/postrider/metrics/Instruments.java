package io.postrider.metrics;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import kamon.metric.Counter;
import kamon.metric.Gauge;
import kamon.metric.Histogram;
import kamon.metric.MeasurementUnit;
import kamon.metric.Metric;
import kamon.metric.MetricRegistry;
import kamon.metric.PeriodSnapshot;
import kamon.prometheus.PrometheusSettings;
import kamon.prometheus.ScrapeDataBuilder;
import kamon.tag.TagSet;
import kamon.util.Clock;
import scala.Option;

/**
 * A registry of Kamon instruments of our own, read whenever somebody asks. Kamon's global one hands out what happened
 * since its last tick, up to a minute ago; this one is never reset, so a scrape is never stale.
 */
final class Instruments {

    private final MetricRegistry registry;
    private final PrometheusSettings.Generic format;

    Instruments() {
        Config config = ConfigFactory.parseString(BUCKETS)
                .withFallback(ConfigFactory.defaultReference(Instruments.class.getClassLoader()))
                .resolve();
        registry = new MetricRegistry(config, new Clock.Anchored());
        format = PrometheusSettings.readSettings(config.getConfig("kamon.prometheus"));
    }

    Counter counter(String name, String description) {
        return labelledCounter(name, description).withoutTags();
    }

    Metric.Counter labelledCounter(String name, String description) {
        return registry.counter(name, Option.apply(description), Option.empty(), Option.empty());
    }

    Gauge gauge(String name, String description, MeasurementUnit unit) {
        return labelled(name, description, unit).withoutTags();
    }

    Metric.Gauge labelled(String name, String description, MeasurementUnit unit) {
        return registry.gauge(name, Option.apply(description), Option.apply(unit), Option.empty());
    }

    Histogram histogram(String name, String description, MeasurementUnit unit) {
        return registry.histogram(name, Option.apply(description), Option.apply(unit), Option.empty(), Option.empty())
                .withoutTags();
    }

    /** Forgets what every instrument with labels holds, and the labels. */
    void clear() {
        registry.clear();
    }

    /** All instruments in the Prometheus text format, version 0.0.4. */
    String expose() {
        PeriodSnapshot snapshot = registry.snapshot(false);
        return new ScrapeDataBuilder(format, TagSet.Empty())
                .appendCounters(snapshot.counters())
                .appendGauges(snapshot.gauges())
                .appendHistograms(snapshot.histograms())
                .build();
    }

    // Seconds, and bytes: Kamon's own end at 10 s, and mail may wait for days.
    private static final String BUCKETS =
            """
            kamon.prometheus.buckets.custom {
              "postrider.accept.time" = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]
              "postrider.delivery.time" = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200, 43200, 172800]
              "postrider.dkim.time" = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5]
              "postrider.store.sync.time" = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5]
              "postrider.store.batch.size" = [1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216]
            }
            """;
}
