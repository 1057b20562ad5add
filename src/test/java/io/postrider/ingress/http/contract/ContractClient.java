package io.postrider.ingress.http.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The JDK's client, of which every exchange is held against the contract: the test that has a wrong one fails. Bodies
 * of answers are checked where they are read as a string or as bytes.
 */
public final class ContractClient extends HttpClient {

    private static final Contract CONTRACT = Contract.ofTheApi();

    private final HttpClient client;
    private final Set<String> covered = ConcurrentHashMap.newKeySet();

    private ContractClient(HttpClient client) {
        this.client = client;
    }

    public static ContractClient create() {
        return new ContractClient(
                HttpClient.newBuilder().version(Version.HTTP_1_1).build());
    }

    /** Such as {@code sendMessage 202}: what this client has seen so far of all that is documented. */
    public Set<String> covered() {
        return covered;
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        return checked(request, client.send(request, handler));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        return client.sendAsync(request, handler).thenApply(response -> checked(request, response));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request,
            HttpResponse.BodyHandler<T> handler,
            HttpResponse.PushPromiseHandler<T> pushPromiseHandler) {
        return client.sendAsync(request, handler, pushPromiseHandler).thenApply(response -> checked(request, response));
    }

    /** Also for exchanges that another program had. */
    public void check(Exchange exchange) {
        List<String> complaints = CONTRACT.complaints(exchange);
        if (!complaints.isEmpty()) {
            throw new AssertionError("not as openapi.json says: " + complaints + "\n" + exchange);
        }
        CONTRACT.covered(exchange).ifPresent(covered::add);
    }

    private <T> HttpResponse<T> checked(HttpRequest request, HttpResponse<T> response) {
        Optional<String> body =
                switch (response.body()) {
                    case String text -> Optional.of(text);
                    case byte[] bytes -> Optional.of(Exchange.text(bytes));
                    case null -> Optional.empty();
                    default -> Optional.empty();
                };
        String query = request.uri().getRawQuery();
        check(new Exchange(
                request.method(),
                request.uri().getRawPath() + (query == null ? "" : "?" + query),
                request.headers().map(),
                request.bodyPublisher().map(ContractClient::text).orElse(""),
                response.statusCode(),
                response.headers().map(),
                body));
        return response;
    }

    /** What the publisher would send; publishers of strings and bytes tell it at once, and as often as asked. */
    private static String text(HttpRequest.BodyPublisher publisher) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        publisher.subscribe(new Flow.Subscriber<ByteBuffer>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(ByteBuffer some) {
                byte[] part = new byte[some.remaining()];
                some.get(part);
                bytes.writeBytes(part);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
        });
        return Exchange.text(bytes.toByteArray());
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return client.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return client.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return client.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return client.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return client.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return client.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return client.authenticator();
    }

    @Override
    public Version version() {
        return client.version();
    }

    @Override
    public Optional<Executor> executor() {
        return client.executor();
    }
}
