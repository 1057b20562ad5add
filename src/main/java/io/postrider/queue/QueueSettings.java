package io.postrider.queue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.postrider.mail.Domain;
import java.time.Duration;

/** The section {@code postrider.queue}, and what {@code retry} and {@code egress.per-domain} say about domains. */
public record QueueSettings(
        int connections,
        int firstConnections,
        int buffer,
        int messagesPerStep,
        int unrecorded,
        int awake,
        Duration restAfter,
        Duration linger,
        Duration sleepWhenDueIn,
        int wakesPerSecond,
        Duration wakeInterval,
        long snapshotBytes,
        int recentReplies,
        Duration drain,
        Duration trustClockAfter,
        DomainLimits limits,
        ReportSettings reports) {

    public QueueSettings {
        range("connections-per-domain", connections, 1, 10_000);
        range("first-connections", firstConnections, 1, connections);
        range("buffer", buffer, 10, 1_000_000);
        range("messages-per-step", messagesPerStep, 1, 10_000);
        range("unrecorded", unrecorded, 100, 10_000_000);
        range("awake", awake, 1, 10_000_000);
        range("wakes-per-second", wakesPerSecond, 1, 1_000_000);
        range("recent-replies", recentReplies, 0, 1_000);
        positive("linger", linger);
        positive("rest-after", restAfter);
        positive("sleep-when-due-in", sleepWhenDueIn);
        positive("wake-interval", wakeInterval);
        positive("drain", drain);
        positive("trust-clock-after", trustClockAfter);
        range("snapshot-bytes", snapshotBytes, 1, 1L << 30);
    }

    /** @param postrider the whole {@code postrider} section */
    public static QueueSettings from(Config postrider) {
        Config queue = postrider.getConfig("queue");
        int own = queue.getInt("connections-per-domain");
        int connections = own == 0 ? mostOfASite(postrider.getConfig("egress.per-site")) : own;
        return new QueueSettings(
                connections,
                Math.min(queue.getInt("first-connections"), connections),
                queue.getInt("buffer"),
                queue.getInt("messages-per-step"),
                queue.getInt("unrecorded"),
                queue.getInt("awake"),
                queue.getDuration("rest-after"),
                queue.getDuration("linger"),
                queue.getDuration("sleep-when-due-in"),
                queue.getInt("wakes-per-second"),
                queue.getDuration("wake-interval"),
                queue.getBytes("snapshot-bytes"),
                queue.getInt("recent-replies"),
                queue.getDuration("drain"),
                queue.getDuration("trust-clock-after"),
                DomainLimits.from(postrider),
                ReportSettings.from(postrider));
    }

    private static int mostOfASite(Config perSite) {
        int most = 1;
        for (String site : perSite.root().keySet()) {
            String key = ConfigUtil.joinPath(site, "connections");
            if (perSite.hasPath(key)) {
                most = Math.max(most, perSite.getInt(key));
            }
        }
        return most;
    }

    DomainLimits.Limits limits(Domain domain) {
        return limits.of(domain);
    }

    private static void range(String key, long got, long least, long most) {
        if (got < least || got > most) {
            throw new IllegalArgumentException(
                    "postrider.queue." + key + ": expected " + least + " to " + most + ", but got " + got);
        }
    }

    private static void positive(String key, Duration got) {
        if (got.isNegative() || got.isZero()) {
            throw new IllegalArgumentException(
                    "postrider.queue." + key + ": expected a duration above 0, but got " + got);
        }
    }
}
