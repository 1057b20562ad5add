package io.postrider.user;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Who may log in over SMTP, and at what cost.
 *
 * @param usersFile empty: nobody
 * @param hashThreads threads that compute hashes, at least 1
 * @param maxHashMemoryKib memory that one hash may take; times the threads it is the bound
 * @param maxWaiting log-ins that wait for a thread
 * @param cacheTtl how long a password that was right is known without computing
 * @param cacheSize how many of them
 * @param failureDelay how long the answer to a wrong password takes
 * @param maxFailures of one client within {@code failureWindow}; then it is refused for {@code refuseFor}
 * @param maxClients clients whose failures are counted
 * @param lookEvery how often the file is looked at
 */
public record LoginSettings(
        Optional<Path> usersFile,
        int hashThreads,
        int maxHashMemoryKib,
        int maxWaiting,
        Duration cacheTtl,
        int cacheSize,
        Duration failureDelay,
        int maxFailures,
        Duration failureWindow,
        Duration refuseFor,
        int maxClients,
        Duration lookEvery) {

    private static final String KEY = "postrider.smtp.auth.";

    public LoginSettings {
        check("hash-threads", hashThreads, 1, 256);
        check("max-hash-memory", maxHashMemoryKib, 8 << 10, 4 << 20);
        check("max-waiting", maxWaiting, 1, 100_000);
        check("cache-ttl", cacheTtl.toMillis(), 0, 86_400_000);
        check("cache-size", cacheSize, 1, 1_000_000);
        check("failure-delay", failureDelay.toMillis(), 0, 60_000);
        check("max-failures", maxFailures, 1, 1_000_000);
        check("failure-window", failureWindow.toMillis(), 1, 86_400_000);
        check("refuse-for", refuseFor.toMillis(), 0, 86_400_000);
        check("max-clients", maxClients, 1, 10_000_000);
        check("look-every", lookEvery.toMillis(), 1, 3_600_000);
    }

    /** @param postrider the section {@code postrider} */
    public static LoginSettings from(Config postrider) {
        String users = postrider.getString("smtp.users-file");
        Config auth = postrider.getConfig("smtp.auth");
        int threads = auth.getInt("hash-threads");
        return new LoginSettings(
                users.isBlank() ? Optional.empty() : Optional.of(Path.of(users)),
                threads == 0 ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : threads,
                (int) Math.min(Integer.MAX_VALUE, auth.getBytes("max-hash-memory") >> 10),
                auth.getInt("max-waiting"),
                auth.getDuration("cache-ttl"),
                auth.getInt("cache-size"),
                auth.getDuration("failure-delay"),
                auth.getInt("max-failures"),
                auth.getDuration("failure-window"),
                auth.getDuration("refuse-for"),
                auth.getInt("max-clients"),
                auth.getDuration("look-every"));
    }

    private static void check(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(KEY + key + ": expected " + min + " to " + max + ", but got " + value);
        }
    }
}
