package io.postrider.sts;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Domain;
import io.postrider.sts.PolicyHost.Fetched;
import io.postrider.tls.TestCertificates;
import io.postrider.tls.WebTls;
import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which answers of which web servers are a policy (RFC 8461 §3.3), over real sockets. */
class HttpsPolicyHostTest {

    private static final Domain DOMAIN = Domain.of("example.com");
    private static final String HOST = "mta-sts.example.com";
    private static final String OK = "HTTP/1.1 200 OK\n";
    private static final String TEXT = OK + "Content-Type: text/plain\n";

    @TempDir
    static Path directory;

    private static final TestCertificates certificates = new TestCertificates();
    private static final ActorTestKit kit =
            ActorTestKit.create(ConfigFactory.parseString("pekko.loglevel = WARNING\npekko.actor.provider = local")
                    .withFallback(ConfigFactory.defaultReference()));
    private static final FileWatch watch = new FileWatch("test", Duration.ofSeconds(1));
    private static WebTls tls;

    @BeforeAll
    static void readAuthority() throws IOException {
        tls = WebTls.open(Optional.of(certificates.writeAuthority(directory.resolve("ca.pem"))), "ca-file", watch);
    }

    @AfterAll
    static void close() {
        kit.shutdownTestKit();
        watch.close();
    }

    private static Fetched fetch(TestPolicyHost host, String... addresses) throws IOException {
        return fetch("60s", host, addresses);
    }

    private static Fetched fetch(String timeout, TestPolicyHost host, String... addresses) throws IOException {
        StsSettings settings = StsSettings.from(ConfigFactory.parseString(
                        "postrider.egress.mta-sts { timeout = " + timeout + ", policy-port = " + host.port() + " }")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider"));
        List<InetAddress> found = new ArrayList<>();
        for (String address : addresses) {
            found.add(InetAddress.getByName(address));
        }
        Names names = new Names() {
            @Override
            public CompletionStage<Texts> texts(String name) {
                throw new AssertionError("whoever fetches knows that there is a policy");
            }

            @Override
            public CompletionStage<Addresses> addresses(String name) {
                assertThat(name).isEqualTo(HOST);
                return CompletableFuture.completedFuture(new Addresses(found, "has no address"));
            }
        };
        return new HttpsPolicyHost(names, settings, tls, kit.system())
                .fetch(DOMAIN)
                .toCompletableFuture()
                .orTimeout(90, TimeUnit.SECONDS)
                .join();
    }

    private static String seen(Fetched fetched) {
        return switch (fetched) {
            case Fetched.Body body -> body.text();
            case Fetched.Failed failed -> failed.failure().label() + ": " + failed.reason();
        };
    }

    private static TestPolicyHost good() {
        return TestPolicyHost.start(certificates.server(certificates.make("EC", HOST)));
    }

    @Test
    void asksTheHostOfTheDomainByItsName() throws Exception {
        try (TestPolicyHost host = good().serving("version: STSv1\r\n")) {
            assertThat(seen(fetch(host, "127.0.0.1"))).isEqualTo("version: STSv1\r\n");
            assertThat(host.requests())
                    .containsExactly("GET /.well-known/mta-sts.txt HTTP/1.1 " + HOST + ":" + host.port()
                            + " [type=host_name (0), value=" + HOST + "]");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "chunked | body",
                "until the end | body",
                "upper case | body",
                "redirect | refused: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1 answered 301",
                "not found | refused: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1 answered 404",
                "created | refused: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1 answered 201",
                "html | refused: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1 has type text/html",
                "no type | refused: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1 has type",
                "huge | refused: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1 is longer than 65536",
                "huge in chunks | refused: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1 is longer",
                "cut | unreachable: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1: ",
                "no HTTP | unreachable: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1: ",
                "silent | unreachable: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1: no answer within PT2S",
                "half a body | unreachable: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1: no answer within PT2S",
            })
    void takesAPlainTextAndNothingElse(String answer, String expected) throws Exception {
        try (TestPolicyHost host = answering(answer)) {
            String timeout = expected.endsWith("PT2S") ? "2s" : "60s";
            assertThat(seen(fetch(timeout, host, "127.0.0.1"))).startsWith(expected);
        }
    }

    private static TestPolicyHost answering(String answer) {
        return switch (answer) {
            case "chunked" -> good().answering(TEXT + "Transfer-Encoding: chunked", "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n");
            case "until the end" -> good().answering(TEXT + "Connection: close", "body");
            case "upper case" -> good().answering(OK + "CONTENT-TYPE: Text/Plain\nCONTENT-LENGTH: 4", "body");
            case "redirect" ->
                good().answering("HTTP/1.1 301 Moved\nLocation: https://example.com/\nContent-Length: 0", "");
            case "not found" ->
                good().answering("HTTP/1.1 404 No\nContent-Type: text/plain\nContent-Length: 4", "body");
            case "created" ->
                good().answering("HTTP/1.1 201 Made\nContent-Type: text/plain\nContent-Length: 4", "body");
            case "html" -> good().answering(OK + "Content-Type: text/html\nContent-Length: 4", "body");
            case "no type" -> good().answering(OK + "Content-Length: 4", "body");
            case "huge" -> good().answering(TEXT + "Content-Length: 65537", "x".repeat(65_537));
            case "huge in chunks" ->
                good().answering(
                                TEXT + "Transfer-Encoding: chunked",
                                ("8000\r\n" + "x".repeat(0x8000) + "\r\n").repeat(3))
                        .neverEnding();
            case "cut" -> good().answering(TEXT + "Content-Length: 10", "body");
            case "no HTTP" -> good().answering("220 mx.example.com ESMTP", "");
            case "silent" -> good().neverEnding();
            case "half a body" ->
                good().answering(TEXT + "Content-Length: 10", "body").neverEnding();
            default -> throw new IllegalArgumentException(answer);
        };
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a wild card | policy",
                "TLS 1.2 | policy",
                "the domain's own name | untrusted: ",
                "a wild card for the wrong level | untrusted: ",
                "self-signed | untrusted: ",
                "expired | untrusted: ",
                "the name in the subject alone | untrusted: ",
            })
    void believesACertificateForItsNameAlone(String certificate, String expected) throws Exception {
        try (TestPolicyHost host = with(certificate).serving("policy")) {
            assertThat(seen(fetch(host, "127.0.0.1"))).startsWith(expected);
            assertThat(host.requests()).hasSize(expected.equals("policy") ? 1 : 0);
        }
    }

    private static TestPolicyHost with(String certificate) {
        TestCertificates.Made made =
                switch (certificate) {
                    case "a wild card" -> certificates.make("EC", "*.example.com");
                    case "TLS 1.2" -> certificates.make("RSA", HOST);
                    case "the domain's own name" -> certificates.make("EC", "example.com");
                    case "a wild card for the wrong level" -> certificates.make("EC", "*.mta-sts.example.com");
                    case "self-signed" -> TestCertificates.selfSigned(HOST);
                    case "expired" -> certificates.make("EC", Duration.ofDays(-1), HOST);
                    case "the name in the subject alone" ->
                        TestCertificates.under(certificates.root(), HOST, Duration.ofDays(90), "postmaster@" + HOST);
                    default -> throw new IllegalArgumentException(certificate);
                };
        TestPolicyHost host = TestPolicyHost.start(certificates.server(made));
        return certificate.equals("TLS 1.2") ? host.speakingOnly("TLSv1.2") : host;
    }

    @Test
    void triesTheNextAddressWhereNobodyListens() throws Exception {
        try (TestPolicyHost host = good().serving("policy")) {
            assertThat(seen(fetch(host, "127.0.0.2", "127.0.0.1"))).isEqualTo("policy");
            assertThat(seen(fetch(host, "127.0.0.2")))
                    .startsWith("unreachable: https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.2: ");
        }
    }

    @Test
    void saysWhyThereIsNoAddress() throws Exception {
        try (TestPolicyHost host = good()) {
            assertThat(seen(fetch(host))).isEqualTo("unreachable: mta-sts.example.com: has no address");
        }
    }
}
