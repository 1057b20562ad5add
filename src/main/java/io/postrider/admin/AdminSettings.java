package io.postrider.admin;

import com.typesafe.config.Config;
import io.postrider.http.EndpointSettings;
import java.time.Duration;

/**
 * The management API.
 *
 * @param endpoint a loopback address, as keys and TLS are not in this version
 * @param askTimeout the longest wait for a queue's answer
 * @param maxBodyBytes the largest body of a request that is read
 * @param maxPage the most entries in one page of an answer
 */
public record AdminSettings(EndpointSettings endpoint, Duration askTimeout, long maxBodyBytes, int maxPage) {

    public AdminSettings {
        if (!endpoint.bind().getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("postrider.admin.bind: expected a loopback address such as 127.0.0.1,"
                    + " but got " + endpoint.bind().getAddress().getHostAddress()
                    + ": API keys and TLS are not in this version, so anyone there could steer the queues");
        }
        if (askTimeout.isNegative() || askTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "postrider.admin.ask-timeout: expected more than 0, but got " + askTimeout);
        }
        if (maxBodyBytes < 1024 || maxBodyBytes > 16 << 20) {
            throw new IllegalArgumentException(
                    "postrider.admin.max-body-size: expected 1 KiB to 16 MiB, but got " + maxBodyBytes + " bytes");
        }
        if (maxPage < 1 || maxPage > 100_000) {
            throw new IllegalArgumentException("postrider.admin.max-page: expected 1 to 100000, but got " + maxPage);
        }
    }

    /** @param postrider the section {@code postrider} */
    public static AdminSettings from(Config postrider) {
        Config admin = postrider.getConfig("admin");
        if (!admin.getString("api-keys-file").isEmpty()) {
            throw new IllegalArgumentException("postrider.admin.api-keys-file: not in this version");
        }
        return new AdminSettings(
                EndpointSettings.from(postrider, "admin"),
                admin.getDuration("ask-timeout"),
                admin.getBytes("max-body-size"),
                admin.getInt("max-page"));
    }
}
