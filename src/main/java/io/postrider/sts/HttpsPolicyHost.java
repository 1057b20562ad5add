package io.postrider.sts;

import io.postrider.mail.Domain;
import io.postrider.tls.WebTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ClientTransport;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.HttpsConnectionContext;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Host;
import org.apache.pekko.http.javadsl.model.headers.UserAgent;
import org.apache.pekko.http.javadsl.settings.ClientConnectionSettings;
import org.apache.pekko.http.javadsl.settings.ParserSettings;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.StreamLimitReachedException;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * Fetches policies from {@code https://mta-sts.DOMAIN/.well-known/mta-sts.txt} (RFC 8461 §3.3): each on a connection of
 * its own, over addresses of our own resolver, without following redirects. No thread waits.
 */
public final class HttpsPolicyHost implements PolicyHost {

    private static final String PATH = "/.well-known/mta-sts.txt";
    /** What a stranger's server does wrong is an outcome, and no error of ours. */
    private static final Attributes QUIETLY =
            Attributes.createLogLevels(Attributes.logLevelOff(), Attributes.logLevelOff(), Attributes.logLevelOff());

    private static final int MOST_ADDRESSES = 3;
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Names names;
    private final StsSettings settings;
    private final Materializer materializer;
    private final Http http;
    private final HttpsConnectionContext https;
    private final ClientConnectionSettings connections;

    public HttpsPolicyHost(Names names, StsSettings settings, WebTls tls, ActorSystem<?> system) {
        this.names = names;
        this.settings = settings;
        this.materializer = Materializer.createMaterializer(system);
        this.http = Http.get(system);
        this.https = ConnectionContext.httpsClient(tls::engine);
        // Strangers' header fields interest nobody, so nobody warns of them.
        ParserSettings parsing =
                ParserSettings.forClient(system).withModeledHeaderParsing(false).withIllegalHeaderWarnings(false);
        this.connections = ClientConnectionSettings.create(system.classicSystem())
                .withParserSettings(parsing)
                .withConnectingTimeout(scala.concurrent.duration.Duration.fromNanos(
                        shorter(CONNECT, settings.timeout()).toNanos()))
                .withIdleTimeout(scala.concurrent.duration.Duration.fromNanos(
                        settings.timeout().toNanos()));
    }

    @Override
    public CompletionStage<Fetched> fetch(Domain domain) {
        long started = System.nanoTime();
        String host = "mta-sts." + domain.name();
        return names.addresses(host).thenCompose(found -> {
            List<InetAddress> addresses =
                    found.addresses().subList(0, Math.min(found.addresses().size(), MOST_ADDRESSES));
            return from(
                    host, addresses, started, new Fetched.Failed(Failure.UNREACHABLE, host + ": " + found.problem()));
        });
    }

    /** From the first address that answers; the next one is tried only when nothing came. */
    private CompletionStage<Fetched> from(
            String host, List<InetAddress> addresses, long started, Fetched.Failed otherwise) {
        Duration left = settings.timeout().minusNanos(System.nanoTime() - started);
        if (addresses.isEmpty() || left.isNegative() || left.isZero()) {
            return CompletableFuture.completedFuture(otherwise);
        }
        InetSocketAddress address = new InetSocketAddress(addresses.get(0), settings.port());
        return ask(host, address, left).thenCompose(fetched -> {
            if (fetched instanceof Fetched.Failed failed && failed.failure() == Failure.UNREACHABLE) {
                return from(host, addresses.subList(1, addresses.size()), started, failed);
            }
            return CompletableFuture.completedFuture(fetched);
        });
    }

    private CompletionStage<Fetched> ask(String host, InetSocketAddress address, Duration left) {
        HttpRequest request = HttpRequest.GET(PATH)
                .addHeader(settings.port() == 443 ? Host.create(host) : Host.create(host, settings.port()))
                .addHeader(UserAgent.create("postrider"));
        ClientTransport transport =
                ClientTransport.withCustomResolver((name, port) -> CompletableFuture.completedFuture(address));
        String where = "https://" + host + PATH + " at " + address.getAddress().getHostAddress();
        return Source.single(request)
                .via(http.connectionTo(host)
                        .toPort(settings.port())
                        .withCustomHttpsConnectionContext(https)
                        .withClientConnectionSettings(connections.withTransport(transport))
                        .https())
                .mapAsync(1, response -> read(response, where))
                .completionTimeout(left)
                .addAttributes(QUIETLY)
                .runWith(Sink.head(), materializer)
                .exceptionally(failure -> failed(failure, where));
    }

    /** RFC 8461 §3.3: 200 and text/plain, or there is no policy; redirects are not followed. */
    private CompletionStage<Fetched> read(HttpResponse response, String where) {
        if (!response.status().equals(StatusCodes.OK)) {
            return refused(response, where + " answered " + response.status().intValue());
        }
        if (!response.entity().getContentType().mediaType().equals(MediaTypes.TEXT_PLAIN)) {
            return refused(
                    response,
                    where + " has type " + response.entity().getContentType().mediaType() + ", not text/plain");
        }
        return response.entity()
                .withoutSizeLimit()
                .getDataBytes()
                .limitWeighted(settings.maxSize(), bytes -> (long) bytes.size())
                .runFold(ByteString.emptyByteString(), ByteString::concat, materializer)
                .thenApply(bytes -> new Fetched.Body(bytes.utf8String()));
    }

    private CompletionStage<Fetched> refused(HttpResponse response, String reason) {
        response.discardEntityBytes(materializer);
        return CompletableFuture.completedFuture(new Fetched.Failed(Failure.REFUSED, reason));
    }

    private Fetched failed(Throwable failure, String where) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof SSLException) {
            return new Fetched.Failed(Failure.UNTRUSTED, where + ": " + deepest(cause));
        }
        if (cause instanceof StreamLimitReachedException) {
            return new Fetched.Failed(Failure.REFUSED, where + " is longer than " + settings.maxSize() + " bytes");
        }
        if (cause instanceof TimeoutException) {
            return new Fetched.Failed(Failure.UNREACHABLE, where + ": no answer within " + settings.timeout());
        }
        return new Fetched.Failed(Failure.UNREACHABLE, where + ": " + deepest(cause));
    }

    private static String deepest(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
