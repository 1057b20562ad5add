package io.postrider.ingress.http;

import com.typesafe.config.Config;
import io.postrider.http.EndpointSettings;
import io.postrider.http.Trust;
import io.postrider.mail.Cidr;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.settings.ServerSettings;

/**
 * {@code postrider.http}.
 *
 * @param name the listener's in logs and records
 * @param allowHosts who may ask at all; empty: anyone
 * @param trust who needs no key
 * @param apiKeysFile empty: no keys
 * @param maxConnections open at a time
 * @param backlog connections that may wait to be accepted
 * @param maxRequests requests that are worked on at a time
 * @param maxRequestsPerClient of these, of one key or one address
 * @param idleTimeout the longest silence while a request comes in or an answer goes out
 * @param bodyTimeout the longest time for a whole body
 * @param drainTimeout how long requests may go on when the node stops
 * @param body sizes
 * @param batch of a batch
 * @param work on large requests
 */
public record HttpSettings(
        InetSocketAddress bind,
        String name,
        List<Cidr> allowHosts,
        Trust trust,
        Optional<Path> apiKeysFile,
        int maxConnections,
        int backlog,
        int maxRequests,
        int maxRequestsPerClient,
        Duration idleTimeout,
        Duration bodyTimeout,
        Duration drainTimeout,
        Sizes body,
        Batch batch,
        Work work) {

    /** The dispatcher for large requests. */
    public static final String WORKERS = "postrider.http.workers";

    private static final String KEY = "postrider.http.";

    /** Fields of a request's header. */
    private static final int MOST_FIELDS = 64;

    /** The connection is cut later than the body is given up, so that the client reads why. */
    private static final Duration LATER = Duration.ofSeconds(5);

    /**
     * Bounds of one request.
     *
     * @param maxBody bytes of a request's body
     * @param maxMessage bytes of the message that comes of it
     * @param maxSubmission bytes of all messages of one request, about
     * @param maxText characters of one text in JSON other than an attachment
     * @param maxHeader bytes of one field of a request's header
     * @param maxChunk bytes of one chunk of a request's body
     * @param minRate bytes a second that a body must come with after half a minute
     * @param receiveBuffer bytes that all requests together may hold of bodies
     */
    public record Sizes(
            long maxBody,
            long maxMessage,
            long maxSubmission,
            int maxText,
            int maxHeader,
            int maxChunk,
            int minRate,
            long receiveBuffer,
            int maxRecipients,
            int maxAttachments,
            int maxHops) {

        public Sizes {
            check("max-body-size", maxBody, 1024, 1 << 30);
            check("max-message-size", maxMessage, 1024, 1 << 30);
            check("max-submission-size", maxSubmission, 1024, 1L << 40);
            check("max-text-size", maxText, 1024, 1 << 28);
            check("max-header-size", maxHeader, 1024, 1 << 20);
            check("max-chunk-size", maxChunk, 1024, 16 << 20);
            check("min-body-rate", minRate, 0, 1 << 30);
            check("receive-buffer", receiveBuffer, 64 << 10, 1L << 40);
            check("max-recipients", maxRecipients, 1, 65_535);
            check("max-attachments", maxAttachments, 0, 10_000);
            check("max-hops", maxHops, 1, 1000);
        }
    }

    /**
     * @param maxItems messages in one JSON batch
     * @param maxLine bytes of a line of {@code application/x-ndjson}
     * @param parallelism messages of one batch that wait for the disk at a time
     */
    public record Batch(int maxItems, int maxLine, int parallelism) {

        public Batch {
            check("batch.max-items", maxItems, 1, 100_000);
            check("batch.max-line-size", maxLine, 1024, 1 << 28);
            check("batch.parallelism", parallelism, 1, 10_000);
        }
    }

    /**
     * @param largeRequest bytes from which on a request is worked on apart from the threads of the connections
     * @param queue large requests that may wait
     */
    public record Work(int largeRequest, int queue) {

        public Work {
            check("large-request", largeRequest, 1024, 1 << 30);
            check("max-large-requests", queue, 1, 100_000);
        }
    }

    public HttpSettings {
        allowHosts = List.copyOf(allowHosts);
        if (name.isBlank()) {
            throw new IllegalArgumentException(KEY + "name: expected a name, but got none");
        }
        check("max-connections", maxConnections, 1, 1_000_000);
        check("backlog", backlog, 1, 65_535);
        check("max-requests", maxRequests, 1, 1_000_000);
        check("max-requests-per-client", maxRequestsPerClient, 1, 1_000_000);
        check("idle-timeout", idleTimeout.toMillis(), 1, 86_400_000);
        check("body-timeout", bodyTimeout.toMillis(), 1, 86_400_000);
        check("drain-timeout", drainTimeout.toMillis(), 0, 60_000);
    }

    /** @param postrider the section {@code postrider} */
    public static HttpSettings from(Config postrider) {
        Config http = postrider.getConfig("http");
        String keys = http.getString("api-keys-file");
        return new HttpSettings(
                EndpointSettings.address(KEY + "bind", http.getString("bind")),
                http.getString("name"),
                networks(http, "allow-hosts"),
                new Trust(networks(http, "trusted-hosts"), networks(http, "trusted-proxies"), names(postrider, http)),
                keys.isBlank() ? Optional.empty() : Optional.of(Path.of(keys)),
                http.getInt("max-connections"),
                http.getInt("backlog"),
                http.getInt("max-requests"),
                http.getInt("max-requests-per-client"),
                http.getDuration("idle-timeout"),
                http.getDuration("body-timeout"),
                http.getDuration("drain-timeout"),
                new Sizes(
                        http.getBytes("max-body-size"),
                        http.getBytes("max-message-size"),
                        http.getBytes("max-submission-size"),
                        size(http, "max-text-size"),
                        size(http, "max-header-size"),
                        size(http, "max-chunk-size"),
                        size(http, "min-body-rate"),
                        http.getBytes("receive-buffer"),
                        http.getInt("max-recipients"),
                        http.getInt("max-attachments"),
                        http.getInt("max-hops")),
                new Batch(
                        http.getInt("batch.max-items"),
                        size(http, "batch.max-line-size"),
                        http.getInt("batch.parallelism")),
                new Work(size(http, "large-request"), http.getInt("max-large-requests")));
    }

    long maxBodySize() {
        return body.maxBody();
    }

    /** The library's settings with ours in them. */
    ServerSettings server(ServerSettings defaults) {
        return defaults.withMaxConnections(maxConnections)
                .withBacklog(backlog)
                .withPipeliningLimit(1)
                .withTimeouts(defaults.getTimeouts()
                        .withIdleTimeout(scala(idleTimeout.plus(LATER)))
                        .withRequestTimeout(scala(bodyTimeout)))
                .withParserSettings(defaults.getParserSettings()
                        .withMaxHeaderValueLength(body.maxHeader())
                        .withMaxHeaderCount(MOST_FIELDS)
                        .withMaxChunkSize(body.maxChunk())
                        .withMaxUriLength(4096)
                        .withIllegalHeaderWarnings(false));
    }

    private static scala.concurrent.duration.FiniteDuration scala(Duration duration) {
        return scala.concurrent.duration.FiniteDuration.create(
                duration.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    private static List<String> names(Config postrider, Config http) {
        List<String> names = new ArrayList<>(http.getStringList("trusted-names"));
        if (names.stream().anyMatch(name -> name.isBlank() || name.indexOf(':') >= 0 || name.indexOf('/') >= 0)) {
            throw new IllegalArgumentException(
                    KEY + "trusted-names: expected host names such as relay.example.com, without a port");
        }
        names.add(postrider.getString("node.hostname"));
        return names;
    }

    private static List<Cidr> networks(Config http, String key) {
        try {
            return Cidr.parseAll(http.getStringList(key));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(KEY + key + ": " + wrong.getMessage(), wrong);
        }
    }

    private static int size(Config http, String key) {
        return (int) Math.min(Integer.MAX_VALUE, http.getBytes(key));
    }

    private static void check(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(KEY + key + ": expected " + min + " to " + max + ", but got " + value);
        }
    }
}
