package io.postrider.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetersTest {

    private final Meters meters = new Meters(new MetricsSettings(2));

    @Test
    void countsAndMeasuresUnderTheReleasedNames() {
        meters.accepted(3, 2_000_000);
        meters.rejected(2);
        meters.recorded(5, 4, 3, 2, 1);
        meters.deliveredAfter(1500);
        meters.synced(300_000, 5000);
        meters.inboundOpened();
        meters.inboundOpened();
        meters.inboundClosed();
        meters.storeFailed();
        meters.gauge("postrider.recorder.lag", "Records that wait", () -> 17);
        meters.books(() -> Map.of("queued", 9L));

        assertThat(meters.expose().lines())
                .contains(
                        "postrider_accepted_total 3.0",
                        "postrider_rejected_total 2.0",
                        "postrider_delivered_total 5.0",
                        "postrider_deferred_total 4.0",
                        "postrider_bounced_total 3.0",
                        "postrider_expired_total 2.0",
                        "postrider_cancelled_total 1.0",
                        "postrider_accept_time_seconds_bucket{le=\"0.0025\"} 1.0",
                        "postrider_accept_time_seconds_bucket{le=\"0.001\"} 0.0",
                        "postrider_delivery_time_seconds_count 1.0",
                        "postrider_store_sync_time_seconds_count 1.0",
                        "postrider_store_batch_size_bytes_count 1.0",
                        "postrider_store_failures_total 1.0",
                        "postrider_connections_in 1.0",
                        "postrider_connections_out 0.0",
                        "postrider_recorder_lag 17.0",
                        "postrider_books{state=\"queued\"} 9.0")
                .anyMatch(line -> line.startsWith("postrider_jvm_heap_used_bytes "));
    }

    @Test
    void neverLosesWhatItCountedByBeingAsked() {
        meters.accepted(1, 1);
        meters.expose();
        meters.accepted(1, 1);

        assertThat(meters.expose()).contains("postrider_accepted_total 2.0");
    }

    @Test
    void givesTheDeepestDomainsALabelAndTheRestOne() {
        List<DomainDepth> queues = new ArrayList<>(List.of(
                new DomainDepth("a.example", 5, 50),
                new DomainDepth("b.example", 9, 90),
                new DomainDepth("c.example", 1, 10),
                new DomainDepth("d.example", 2, 20)));
        meters.queues(() -> queues);
        assertThat(meters.expose().lines())
                .contains(
                        "postrider_queue_depth{domain=\"b.example\"} 9.0",
                        "postrider_queue_depth{domain=\"a.example\"} 5.0",
                        "postrider_queue_depth{domain=\"other\"} 3.0",
                        "postrider_queue_oldest_age_seconds{domain=\"other\"} 20.0");

        queues.remove(1);

        assertThat(meters.expose())
                .doesNotContain("b.example")
                .contains("postrider_queue_depth{domain=\"d.example\"} 2.0")
                .contains("postrider_queue_depth{domain=\"other\"} 1.0");
    }

    @Test
    void refusesMoreLabelsThanAWatchingSystemBears() {
        assertThatThrownBy(() -> new MetricsSettings(1001)).hasMessageStartingWith("postrider.metrics.top-domains: ");
    }
}
