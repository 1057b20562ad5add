package io.postrider.ingress.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.http.ApiKeys;
import io.postrider.ingress.http.InjectionFixture.Answer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WhoMayAskTest {

    private InjectionFixture api = new InjectionFixture("");

    @AfterEach
    void close() {
        api.close();
    }

    private void with(String settings, ApiKeys keys) {
        api.close();
        api = new InjectionFixture(settings, keys);
    }

    private static void assertProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void believesNoAddressBehindAProxyOrABrowser() throws Exception {
        assertProblem(api.post(InjectionFixture.MINIMAL, "X-Forwarded-For", "127.0.0.1"), 403, "untrusted_host");
        assertProblem(api.post(InjectionFixture.MINIMAL, "Forwarded", "for=127.0.0.1"), 403, "untrusted_host");
        assertProblem(api.post(InjectionFixture.MINIMAL, "Origin", "http://x.example"), 403, "untrusted_host");
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void believesAProxyOfOursWhomItSpeaksFor() throws Exception {
        with(
                "http { trusted-proxies = [\"127.0.0.1\", \"192.0.2.0/24\"], trusted-hosts = [\"198.51.100.7\"] }",
                ApiKeys.NONE);

        assertThat(api.post(InjectionFixture.MINIMAL, "X-Forwarded-For", "203.0.113.1, 198.51.100.7, 192.0.2.9")
                        .status())
                .isEqualTo(202);
        assertThat(api.spool.taken().body()).asString().startsWith("Received: from [198.51.100.7] ([198.51.100.7])");
        assertThat(api.post(InjectionFixture.MINIMAL, "Forwarded", "for=\"198.51.100.7:99\";proto=http")
                        .status())
                .isEqualTo(202);
        assertProblem(
                api.post(InjectionFixture.MINIMAL, "X-Forwarded-For", "198.51.100.7, 203.0.113.1"),
                403,
                "untrusted_host");
        assertProblem(api.post(InjectionFixture.MINIMAL, "Forwarded", "for=unknown"), 403, "untrusted_host");
        assertProblem(api.post(InjectionFixture.MINIMAL), 403, "untrusted_host");
    }

    /** As it comes over the wire: the order of the lines is that of the proxies. */
    @Test
    void readsTheLinesOfProxiesInTheirOrder() throws Exception {
        with("http { trusted-proxies = [\"127.0.0.1\"], trusted-hosts = [\"198.51.100.7\"] }", ApiKeys.NONE);

        assertThat(raw("X-Forwarded-For: 203.0.113.1", "X-Forwarded-For: 198.51.100.7"))
                .startsWith("HTTP/1.1 202 ");
        assertThat(raw("X-Forwarded-For: 198.51.100.7", "X-Forwarded-For: 203.0.113.1"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(raw("Forwarded: for=198.51.100.7", "X-Forwarded-For: 203.0.113.1"))
                .startsWith("HTTP/1.1 403 ");
    }

    /** A page that the operator looks at can reach the node, but neither hand in mail nor read of it. */
    @Test
    void letsNoPageInABrowserActForTheOperator() throws Exception {
        assertThat(raw()).startsWith("HTTP/1.1 202 ");
        api.spool.forget();

        assertThat(raw("Origin: http://evil.example")).startsWith("HTTP/1.1 403 ");
        assertThat(raw("Origin: null")).startsWith("HTTP/1.1 403 ");
        assertThat(raw("Host: evil.example:8080")).startsWith("HTTP/1.1 403 ").contains("trusted-names");
        // What a form of HTML may send to another site without asking first.
        for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
            assertThat(raw("Content-Type: " + type)).startsWith("HTTP/1.1 415 ");
        }
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void takesAKeyUnderAnyName() throws Exception {
        with("", InjectionFixture.keys("secret", "k1"));

        assertThat(raw("Host: mail.example", "Authorization: Bearer secret")).startsWith("HTTP/1.1 202 ");
        assertThat(raw("Host: mail.example")).startsWith("HTTP/1.1 401 ");
    }

    /** The answer to a post with these lines, as no well-behaved client would write them. */
    private String raw(String... lines) throws IOException {
        List<String> all = new ArrayList<>(List.of(lines));
        if (all.stream().noneMatch(line -> line.startsWith("Host:"))) {
            all.add("Host: 127.0.0.1");
        }
        if (all.stream().noneMatch(line -> line.startsWith("Content-Type:"))) {
            all.add("Content-Type: application/json");
        }
        String request = "POST /v1/message HTTP/1.1\r\n" + String.join("\r\n", all) + "\r\nConnection: close\r\n"
                + "Content-Length: " + InjectionFixture.MINIMAL.length() + "\r\n\r\n" + InjectionFixture.MINIMAL;
        try (Socket socket = new Socket("127.0.0.1", api.listener.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    @Test
    void asksForAKeyWhereOneWouldHelp() throws Exception {
        with("http { trusted-hosts = [] }", InjectionFixture.keys("secret", "k1"));

        Answer none = api.post(InjectionFixture.MINIMAL);
        assertProblem(none, 401, "unauthorized");
        assertThat(none.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"postrider\"");
        assertProblem(api.post(InjectionFixture.MINIMAL, "Authorization", "Bearer wrong"), 401, "unauthorized");
        assertProblem(api.post(InjectionFixture.MINIMAL, "Authorization", "Basic c2VjcmV0"), 401, "unauthorized");
        assertThat(api.post(InjectionFixture.MINIMAL, "Authorization", "bearer secret")
                        .status())
                .isEqualTo(202);
        assertThat(api.spool.taken().references().get(0).owner()).isEqualTo("k1");
    }

    @Test
    void listensToNobodyElseWhereItSaysWhoMayAsk() throws Exception {
        with("http { allow-hosts = [\"127.0.0.0/8\"], trusted-hosts = [] }", InjectionFixture.keys("secret", "k1"));

        assertProblem(api.post(InjectionFixture.MINIMAL), 401, "unauthorized");
        assertThat(api.post(InjectionFixture.MINIMAL, "Authorization", "Bearer secret")
                        .status())
                .isEqualTo(202);

        with(
                "http { allow-hosts = [\"198.51.100.0/24\"], trusted-proxies = [\"127.0.0.1\"] }",
                InjectionFixture.keys("secret", "k1"));
        for (String client : List.of("203.0.113.1", "198.51.100.7, 203.0.113.1", "unknown")) {
            assertProblem(
                    api.post(InjectionFixture.MINIMAL, "Authorization", "Bearer secret", "X-Forwarded-For", client),
                    403,
                    "client_not_allowed");
        }
        assertThat(api.post(
                                InjectionFixture.MINIMAL,
                                "Authorization",
                                "Bearer secret",
                                "X-Forwarded-For",
                                "203.0.113.1, 198.51.100.7")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void refusesAWrongKeyFromATrustedHostToo() throws Exception {
        assertProblem(api.post(InjectionFixture.MINIMAL, "Authorization", "Bearer x"), 401, "unauthorized");
    }

    @Test
    void nameTheMethodsThatAPathHas() throws Exception {
        HttpRequest put = HttpRequest.newBuilder(api.uri("/v1/message"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpRequest nothing = HttpRequest.newBuilder(api.uri("/v1/massage")).build();

        Answer wrong = new Answer(api.client.send(put, BodyHandlers.ofString()));
        assertProblem(wrong, 405, "method_not_allowed");
        assertThat(wrong.header("Allow")).isEqualTo("POST");
        assertProblem(new Answer(api.client.send(nothing, BodyHandlers.ofString())), 404, "unknown_path");
    }

    @Test
    void refusesOneRequestTooMany() throws Exception {
        with("http { max-requests-per-client = 1 }", ApiKeys.NONE);
        assertShedding(429, "too_many_requests", "1");
        with("http { max-requests = 1 }", ApiKeys.NONE);
        assertShedding(503, "overloaded", "5");
    }

    private void assertShedding(int status, String code, String retryAfter) throws Exception {
        CompletableFuture<Void> safe = new CompletableFuture<>();
        api.spool.answerWith(() -> safe);
        CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> {
            try {
                return api.post(InjectionFixture.MINIMAL);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        api.spool.taken();

        Answer second = api.post(InjectionFixture.MINIMAL);
        safe.complete(null);

        assertProblem(second, status, code);
        assertThat(second.header("Retry-After")).isEqualTo(retryAfter);
        assertThat(first.join().status()).isEqualTo(202);
        assertThat(api.post(InjectionFixture.MINIMAL).status()).isEqualTo(202);
    }
}
