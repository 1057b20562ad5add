package io.postrider;

import com.typesafe.config.Config;
import io.postrider.admin.AdminApi;
import io.postrider.admin.AdminSettings;
import io.postrider.admin.ClusterPort;
import io.postrider.admin.MetricsApi;
import io.postrider.http.Endpoint;
import io.postrider.http.EndpointSettings;
import io.postrider.ingress.QueueHandOver;
import io.postrider.metrics.DomainDepth;
import io.postrider.metrics.Meters;
import io.postrider.queue.QueueBoard;
import io.postrider.record.Books;
import io.postrider.record.RecordLag;
import io.postrider.record.Totals;
import io.postrider.tls.TlsSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;

/** How a node is asked: the management API, the metrics and the health, on their two listeners. */
record NodeManagement(Endpoint admin, Endpoint metrics) {

    private static final Duration LAST_REQUESTS = Duration.ofSeconds(1);

    static CompletionStage<NodeManagement> open(
            ActorSystem<?> system,
            Config postrider,
            NodeTls tls,
            Meters meters,
            AdminApi.Parts parts,
            Supplier<Optional<String>> whyNotReady) {
        return MetricsApi.open(
                        system,
                        EndpointSettings.metrics(postrider),
                        tls.server(TlsSettings.of(postrider, "metrics")),
                        meters,
                        whyNotReady)
                .thenCompose(metrics -> admin(system, AdminSettings.from(postrider), postrider, tls, parts)
                        .thenApply(admin -> new NodeManagement(admin, metrics)));
    }

    private static CompletionStage<Endpoint> admin(
            ActorSystem<?> system, AdminSettings settings, Config postrider, NodeTls tls, AdminApi.Parts parts) {
        return AdminApi.open(
                system,
                settings,
                tls.server(TlsSettings.of(postrider, "admin")),
                NodeHttp.keys(system, settings.access().keys(), "postrider.admin.api-keys-file"),
                parts);
    }

    /** Gauges that others know the value of. */
    static void showGauges(
            Meters meters, QueueBoard board, Books books, RecordLag lag, QueueHandOver handOver, InstantSource clock) {
        meters.gauge("postrider.hand.over.waiting", "Messages not yet with their queues", handOver::waiting);
        meters.gauge("postrider.recorder.lag", "Records that wait to be written", lag::lines);
        meters.gauge("postrider.queues.awake", "Queues in memory", board::awake);
        meters.queues(() -> depths(board, clock.instant()));
        meters.books(() -> byState(books.recorded()));
    }

    private static List<DomainDepth> depths(QueueBoard board, Instant now) {
        List<DomainDepth> depths = new ArrayList<>();
        for (QueueBoard.Line line : board.lines()) {
            long age = line.oldest()
                    .map(oldest -> Duration.between(oldest, now).toSeconds())
                    .orElse(0L);
            depths.add(new DomainDepth(line.domain().name(), line.recipients(), Math.max(0, age)));
        }
        return depths;
    }

    private static Map<String, Long> byState(Totals totals) {
        return Map.of(
                "accepted", totals.accepted(),
                "delivered", totals.delivered(),
                "bounced", totals.bounced(),
                "expired", totals.expired(),
                "cancelled", totals.cancelled(),
                "queued", totals.queued());
    }

    /** The cluster as Pekko sees it; on one machine this node alone. */
    static ClusterPort cluster(ActorSystem<?> system, String nodeName) {
        Cluster cluster = Cluster.get(system);
        return () -> {
            List<ClusterPort.Member> members = new ArrayList<>();
            for (Member member : cluster.state().getMembers()) {
                boolean self =
                        member.uniqueAddress().equals(cluster.selfMember().uniqueAddress());
                members.add(new ClusterPort.Member(
                        self ? nodeName : "",
                        member.address().toString(),
                        member.status().toString().toLowerCase(java.util.Locale.ROOT),
                        !cluster.state().getUnreachable().contains(member),
                        self));
            }
            return members;
        };
    }

    CompletionStage<?> close() {
        return admin.close(LAST_REQUESTS).thenCombine(metrics.close(LAST_REQUESTS), (one, other) -> one);
    }
}
