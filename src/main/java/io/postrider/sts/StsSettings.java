package io.postrider.sts;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code postrider.egress.mta-sts}. Every bound is explained at its key in {@code reference.conf}.
 *
 * @param authorities certificates of authorities that policy hosts are believed by, besides those of the JDK
 * @param port of policy hosts
 * @param timeout of one fetch as a whole; how long mail waits for it
 * @param retryAfter when a fetch that failed is tried again
 * @param refreshAfter the age at which a policy is fetched again
 * @param keepUnused policies of domains without mail for so long are not fetched again
 * @param maxFetches at a time
 * @param maxWaiting fetches that wait for their turn
 * @param cacheBytes all policies together, about
 * @param maxFailures domains whose failed fetch is remembered
 */
public record StsSettings(
        boolean enabled,
        Optional<Path> authorities,
        int port,
        Duration timeout,
        int maxSize,
        Duration retryAfter,
        Duration refreshAfter,
        Duration keepUnused,
        int maxFetches,
        int maxWaiting,
        long cacheBytes,
        int maxFailures) {

    private static final String PATH = "postrider.egress.mta-sts.";

    public StsSettings {
        require(port >= 1 && port <= 65_535, "policy-port", "1 to 65535", port);
        require(isBetween(timeout, 1, 600), "timeout", "1 second to 10 minutes", timeout);
        require(maxSize >= 1024 && maxSize <= 1 << 20, "max-size", "1 KiB to 1 MiB", maxSize);
        require(isBetween(retryAfter, 1, 86_400), "retry-after", "1 second to 1 day", retryAfter);
        require(isBetween(refreshAfter, 60, 31 * 86_400), "refresh-after", "1 minute to 31 days", refreshAfter);
        require(isBetween(keepUnused, 0, 366 * 86_400), "keep-unused", "0 to 366 days", keepUnused);
        require(maxFetches >= 1 && maxFetches <= 1000, "max-fetches", "1 to 1000", maxFetches);
        require(maxWaiting >= 0 && maxWaiting <= 1_000_000, "max-waiting", "0 to 1000000", maxWaiting);
        require(cacheBytes >= 1 << 16 && cacheBytes <= 1L << 32, "cache", "64 KiB to 4 GiB", cacheBytes);
        require(maxFailures >= 1 && maxFailures <= 10_000_000, "max-failures", "1 to 10000000", maxFailures);
    }

    /** @param postrider the section {@code postrider} */
    public static StsSettings from(Config postrider) {
        Config section = postrider.getConfig("egress.mta-sts");
        String authorities = section.getString("ca-file");
        return new StsSettings(
                section.getBoolean("enabled"),
                authorities.isBlank() ? Optional.empty() : Optional.of(Path.of(authorities)),
                section.getInt("policy-port"),
                section.getDuration("timeout"),
                (int) Math.min(Integer.MAX_VALUE, section.getBytes("max-size")),
                section.getDuration("retry-after"),
                section.getDuration("refresh-after"),
                section.getDuration("keep-unused"),
                section.getInt("max-fetches"),
                section.getInt("max-waiting"),
                section.getBytes("cache"),
                section.getInt("max-failures"));
    }

    private static boolean isBetween(Duration value, long least, long most) {
        return value.compareTo(Duration.ofSeconds(least)) >= 0 && value.compareTo(Duration.ofSeconds(most)) <= 0;
    }

    private static void require(boolean holds, String key, String expected, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException(PATH + key + ": expected " + expected + ", but got " + actual);
        }
    }
}
