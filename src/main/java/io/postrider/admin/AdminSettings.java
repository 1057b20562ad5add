package io.postrider.admin;

import com.typesafe.config.Config;
import io.postrider.http.EndpointSettings;
import io.postrider.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The management API.
 *
 * @param endpoint a loopback address, unless strangers are kept out by TLS and keys
 * @param access what keeps them out
 * @param askTimeout the longest wait for a queue's answer
 * @param maxBodyBytes the largest body of a request that is read
 * @param maxPage the most entries in one page of an answer
 */
public record AdminSettings(
        EndpointSettings endpoint, Access access, Duration askTimeout, long maxBodyBytes, int maxPage) {

    /**
     * What keeps strangers out.
     *
     * @param keys the file with the keys of operators; empty: there are none
     * @param tls whether the listener has a certificate
     * @param allowPlainPublic whether the operator answers for an address without both
     */
    public record Access(Optional<Path> keys, boolean tls, boolean allowPlainPublic) {

        /** For a loopback address. */
        public static final Access LOCAL = new Access(Optional.empty(), false, false);

        boolean keepsStrangersOut() {
            return allowPlainPublic || (tls && keys.isPresent());
        }
    }

    public AdminSettings {
        if (!endpoint.bind().getAddress().isLoopbackAddress() && !access.keepsStrangersOut()) {
            throw new IllegalArgumentException("postrider.admin.bind: expected a loopback address such as 127.0.0.1,"
                    + " but got " + endpoint.bind().getAddress().getHostAddress()
                    + "; any other one needs admin.tls.certificate and admin.api-keys-file, or"
                    + " admin.allow-plain-public = true where something else keeps strangers out");
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
        String keys = admin.getString("api-keys-file");
        return new AdminSettings(
                EndpointSettings.from(postrider, "admin"),
                new Access(
                        keys.isBlank() ? Optional.empty() : Optional.of(Path.of(keys)),
                        TlsSettings.of(postrider, "admin").isOffered(),
                        admin.getBoolean("allow-plain-public")),
                admin.getDuration("ask-timeout"),
                admin.getBytes("max-body-size"),
                admin.getInt("max-page"));
    }
}
