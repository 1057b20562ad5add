package io.postrider.tls;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * What TLS may cost a node.
 *
 * @param threads that compute handshakes, at least 1
 * @param maxWaiting parts of handshakes that wait for a thread
 * @param handshakeTimeout longest time of an SMTP client's handshake
 * @param lookEvery how often the files are looked at
 */
public record TlsWorkSettings(int threads, int maxWaiting, Duration handshakeTimeout, Duration lookEvery) {

    private static final String KEY = "postrider.tls.";

    public TlsWorkSettings {
        check("handshake-threads", threads, 1, 256);
        check("max-waiting", maxWaiting, 1, 1_000_000);
        check("handshake-timeout", handshakeTimeout.toMillis(), 1, 3_600_000);
        check("look-every", lookEvery.toMillis(), 1, 86_400_000);
    }

    /** @param postrider the section {@code postrider} */
    public static TlsWorkSettings from(Config postrider) {
        Config tls = postrider.getConfig("tls");
        int threads = tls.getInt("handshake-threads");
        return new TlsWorkSettings(
                threads == 0 ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : threads,
                tls.getInt("max-waiting"),
                tls.getDuration("handshake-timeout"),
                tls.getDuration("look-every"));
    }

    private static void check(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(KEY + key + ": expected " + min + " to " + max + ", but got " + value);
        }
    }
}
