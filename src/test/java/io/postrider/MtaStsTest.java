package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.ScriptedMx;
import io.postrider.route.ScriptedDns;
import io.postrider.sts.TestPolicyHost;
import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** MTA-STS through a whole node: its own DNS look-ups, a web server with the policy, and mail servers. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MtaStsTest {

    private static final String MX = "mx.example.com";
    private static final String ENFORCE =
            "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 604800\r\n";

    @TempDir
    Path directory;

    private final TestCertificates certificates = new TestCertificates();
    private final HttpClient client = HttpClient.newHttpClient();
    private ScriptedDns dns;
    private ScriptedMx mx;
    private TestPolicyHost policyHost;
    private Optional<Node> node = Optional.empty();

    @BeforeEach
    void open() throws IOException {
        certificates.writeAuthority(directory.resolve("ca.pem"));
        dns = ScriptedDns.start()
                .with(
                        """
                example.com. 1 MX 10 mx.example.com.
                mx.example.com. 1 A 127.0.0.1
                mta-sts.example.com. 1 A 127.0.0.1
                """);
        mx = ScriptedMx.serving().encrypting(certificates.server(certificates.make("EC", MX)));
        policyHost = TestPolicyHost.start(certificates.server(certificates.make("EC", "mta-sts.example.com")));
    }

    @AfterEach
    void close() throws IOException {
        stop();
        client.close();
        dns.close();
        mx.close();
        policyHost.close();
    }

    private void start(String... settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "postrider.data-dir", quoted(directory.resolve("data")),
                "postrider.smtp.listeners", "[{ name = test, bind = \"127.0.0.1:0\" }]",
                "postrider.http.bind", "\"127.0.0.1:0\"",
                "postrider.metrics.bind", "\"127.0.0.1:0\"",
                "postrider.admin.bind", "\"127.0.0.1:0\""));
        all.put(
                "postrider.dns",
                "{ servers = [\"" + dns.server() + "\"], shortest-ttl = 1s, longest-negative-ttl = 1s }");
        all.put("postrider.egress.port", Integer.toString(mx.address().getPort()));
        all.put("postrider.egress.prohibited-addresses", "[]");
        all.put("postrider.egress.tls.ca-file", quoted(directory.resolve("ca.pem")));
        all.put("postrider.egress.mta-sts.ca-file", quoted(directory.resolve("ca.pem")));
        all.put("postrider.egress.mta-sts.policy-port", Integer.toString(policyHost.port()));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        node = Optional.of(Node.start(Configuration.load(Optional.empty(), all)));
    }

    private void stop() {
        node.ifPresent(running -> running.stop()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join());
        node = Optional.empty();
    }

    private static String quoted(Path path) {
        return '"' + path.toString() + '"';
    }

    private void publish(String id, String policy) {
        dns.with("_mta-sts.example.com. 1 TXT \"v=STSv1; id=" + id + ";\"");
        policyHost.serving(policy);
    }

    private void nothingIsPublishedAnyMore() throws IOException {
        policyHost.close();
        dns.empty()
                .with(
                        """
                example.com. 1 MX 10 mx.example.com.
                mx.example.com. 1 A 127.0.0.1
                """);
    }

    private void send() throws Exception {
        String response = ask(
                "POST",
                node.orElseThrow().http(),
                "/v1/message",
                "{\"from\": \"ann@example.org\", \"to\": \"bob@example.com\", \"subject\": \"hi\", \"text\": \"hi\"}");
        assertThat(response).contains("queued");
    }

    private String ask(String method, InetSocketAddress at, String path, String body) throws Exception {
        return ask(method, at, path, body, "Content-Type", "application/json");
    }

    private String ask(String method, InetSocketAddress at, String path, String body, String... header)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + path))
                .headers(header)
                .method(method, BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    private String queue() {
        try {
            return ask("GET", node.orElseThrow().admin(), "/v1/queues/example.com", "");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String metrics() throws Exception {
        return ask("GET", node.orElseThrow().metrics(), "/metrics", "");
    }

    /** Lines of the delivery log about deliveries. */
    private List<String> deliveries(int number) throws InterruptedException {
        return eventually(this::deliveries, lines -> lines.size() >= number);
    }

    private List<String> deliveries() {
        try (Stream<Path> files = Files.list(directory.resolve("data/log"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("delivery-"))
                    .flatMap(MtaStsTest::lines)
                    .filter(line -> line.contains("\"type\":\"delivered\""))
                    .toList();
        } catch (IOException notYet) {
            return List.of();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> T eventually(Supplier<T> look, Predicate<T> isThere) throws InterruptedException {
        for (int tries = 0; tries < 600; tries++) {
            T seen = look.get();
            if (isThere.test(seen)) {
                return seen;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("expected something else, but saw " + look.get());
    }

    @Test
    void theDeliveryLogSaysThatThePolicyWasKept() throws Exception {
        publish("1", ENFORCE);
        start();

        send();

        assertThat(deliveries(1))
                .singleElement()
                .asString()
                .contains("\"policy\":\"mta-sts\"", "\"mx\":\"" + MX + "\"");
        assertThat(dns.asked()).contains("_mta-sts.example.com TXT", "mta-sts.example.com A");
        assertThat(metrics())
                .contains("postrider_mta_sts_fetches_total{result=\"fetched\"} 1.0")
                .contains("postrider_mta_sts_policies 1.0");
    }

    @Test
    void mailStillWaitsAfterARestartThoughThePolicyIsNoLongerThereAndSomebodyElseAnswers() throws Exception {
        publish("1", ENFORCE);
        start();
        send();
        deliveries(1);
        stop();

        nothingIsPublishedAnyMore();
        mx.encrypting(certificates.server(TestCertificates.selfSigned(MX)));
        start();
        send();

        String seen = eventually(this::queue, text -> text.contains("4.7.5"));
        assertThat(seen).contains("the server is not whom it must be: its certificate is not trusted");
        assertThat(deliveries()).hasSize(1);
        mx.encrypting(certificates.server(certificates.make("EC", MX)));
        ask("POST", node.orElseThrow().admin(), "/v1/queues/example.com/retry", "{\"reason\": \"they are back\"}");
        assertThat(deliveries(2)).allMatch(line -> line.contains("\"policy\":\"mta-sts\""));
        assertThat(mx.take(2)).hasSize(2);
    }

    @Test
    void anOperatorSeesThatThePolicyNamesOtherServers() throws Exception {
        publish("1", "version: STSv1\nmode: enforce\nmx: *.mail.example.com\nmax_age: 604800\n");
        start();

        send();

        assertThat(eventually(this::queue, text -> text.contains("4.7.5")))
                .contains("the MTA-STS policy of example.com allows none of its mail servers (mx.example.com), only"
                        + " *.mail.example.com");
        assertThat(mx.connections()).isZero();
        assertThat(deliveries()).isEmpty();
    }

    @Test
    void whatNeedsNoTlsGoesThroughWhereThePolicyHoldsUpTheRest() throws Exception {
        publish("1", ENFORCE);
        mx.encrypting(certificates.server(TestCertificates.selfSigned(MX)));
        start();
        send();
        eventually(this::queue, text -> text.contains("4.7.5"));

        String message = "From: ann@example.org\r\nTo: bob@example.com\r\nTLS-Required: No\r\n\r\nhi\r\n";
        String response = ask(
                "POST",
                node.orElseThrow().http(),
                "/v1/message",
                message,
                "Content-Type",
                "message/rfc822",
                "X-Envelope-From",
                "ann@example.org",
                "X-Envelope-To",
                "bob@example.com");

        assertThat(response).contains("queued");
        assertThat(deliveries(1)).singleElement().asString().contains("\"policy\":\"opportunistic\"");
        assertThat(queue()).contains("\"backoff\"", "4.7.5", "\"depth\":1");
        assertThat(new String(mx.take().body(), StandardCharsets.US_ASCII)).contains("TLS-Required: No");
    }

    @Test
    void mailGoesOnWhenThePolicyHostShowsAnotherCertificate() throws Exception {
        policyHost.close();
        policyHost = TestPolicyHost.start(certificates.server(TestCertificates.selfSigned("mta-sts.example.com")));
        publish("1", ENFORCE);
        start();

        send();

        assertThat(deliveries(1)).singleElement().asString().contains("\"policy\":\"opportunistic\"");
        assertThat(metrics()).contains("postrider_mta_sts_fetches_total{result=\"untrusted\"} 1.0");
    }

    @Test
    void nothingIsAskedWhenItIsSwitchedOff() throws Exception {
        publish("1", ENFORCE);
        start("postrider.egress.mta-sts.enabled", "false");

        send();

        assertThat(deliveries(1)).singleElement().asString().contains("\"policy\":\"opportunistic\"");
        assertThat(dns.asked()).noneMatch(question -> question.startsWith("_mta-sts"));
    }
}
