package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.postrider.FreePort;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo", "run", "sink", "inject", "queues", "message", "events", "suspend", "resume", "retry", "cancel",
                "check", "key", "doctor"
            })
    void everyCommandHasHelp(String command) {
        assertThat(execute(command, "--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: postrider " + command).contains("--help");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "fly",
        "inject --batch 5",
        "inject --http --batch 1001",
        "inject --count none",
        "inject --count 0",
        "inject --server nowhere",
        "sink --port 70000",
        "sink --script /nowhere/script",
        "queues a b",
        "message",
        "suspend",
    })
    void saysTwoToWrongUsage(String line) {
        assertThat(execute(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).isNotEmpty();
    }

    @Test
    void namesTheLineOfAWrongScript() throws IOException {
        Path script = Files.writeString(directory.resolve("script"), "* DOT drop\n* DOT fly\n");

        assertThat(execute("sink", "--port", "0", "--script", script.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains(script + ", line 2: expected accept");
    }

    @Test
    void reportsAnInjection() throws IOException {
        try (Sink sink = Sink.start(SinkSettings.onLoopback())) {
            assertThat(execute("inject", "--server", sink.address(), "--count", "30", "--to", "a@x.test", "b@x.test"))
                    .isZero();

            assertThat(sink.counts().domain("x.test").received()).isEqualTo(30);
        }
        assertThat(out.toString())
                .contains("accepted           30 messages, 30 recipients\n")
                .contains("answered within    p50 ")
                .doesNotContain("\u001b", "\r");
    }

    @Test
    void failsWhenNobodyTakesTheMail() throws IOException {
        assertThat(execute("inject", "--server", "127.0.0.1:" + FreePort.find(), "--count", "1"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("not sent           1: ");
    }

    @Test
    void saysWhatToDoWhenNoNodeAnswers() throws IOException {
        String admin = "http://127.0.0.1:" + FreePort.find();

        assertThat(execute("queues", "--admin", admin)).isEqualTo(1);
        assertThat(err.toString()).startsWith("postrider queues: no node answers at " + admin + ".");
    }

    @Test
    void showsQueuesAsATableOrAsTheyAre() throws IOException {
        HttpServer api = answering(200, "{\"queues\":[{\"domain\":\"a.test\",\"depth\":3}],\"next\":null}");
        try {
            assertThat(execute("queues", "--admin", url(api))).isZero();
            assertThat(out.toString()).isEqualTo("domain  depth\na.test      3\n");

            out.getBuffer().setLength(0);
            assertThat(execute("queues", "--json", "--admin", url(api))).isZero();
            assertThat(out.toString()).startsWith("{\n  \"queues\" : [");
        } finally {
            api.stop(0);
        }
    }

    @Test
    void saysWhyTheNodeRefuses() throws IOException {
        HttpServer api = answering(404, "{\"title\":\"No such message\",\"detail\":\"it may be forgotten\"}");
        try {
            assertThat(execute("message", "nonsense", "--admin", url(api))).isEqualTo(1);
            assertThat(err.toString())
                    .isEqualTo("postrider message: the node answered 404: No such message: it may be forgotten\n");
        } finally {
            api.stop(0);
        }
    }

    @Test
    void steersAQueueWithReasonAndSelectors() throws IOException {
        List<String> asked = new ArrayList<>();
        HttpServer api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        api.start();
        try {
            execute("suspend", "a.test", "--reason", "sad", "--for", "2h", "--tenant", "t", "--admin", url(api));
            execute("cancel", "a.test", "--reason", "old", "--sender", "a@b", "--dry-run", "--admin", url(api));
        } finally {
            api.stop(0);
        }

        assertThat(asked)
                .containsExactly(
                        "POST /v1/queues/a.test/suspend",
                        "{\"reason\":\"sad\",\"tenant\":\"t\",\"for\":\"2h\"}",
                        "POST /v1/queues/a.test/cancel",
                        "{\"reason\":\"old\",\"sender\":\"a@b\",\"dry_run\":true}");
    }

    @Test
    void namesFileAndLineOfAWrongKey() throws IOException {
        Path file = Files.writeString(directory.resolve("wrong.conf"), "postrider {\n  data-dirr = x\n}\n");

        assertThat(execute("check", "-c", file.toString())).isEqualTo(1);
        assertThat(out.toString()).startsWith("wrong   " + file + ":2: postrider.data-dirr: ");
    }

    @Test
    void refusesToRunWithAWrongKey() throws IOException {
        Path file = Files.writeString(directory.resolve("wrong.conf"), "postrider {\n  data-dirr = x\n}\n");

        assertThat(execute("run", "-c", file.toString())).isEqualTo(1);
        assertThat(err.toString()).startsWith("postrider run: " + file + ":2: postrider.data-dirr: ");
    }

    @Test
    void saysWhichPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = Files.writeString(
                    directory.resolve("postrider.conf"),
                    """
                    postrider {
                      data-dir = "%s"
                      admin.bind = "127.0.0.1:0"
                      http.bind = "127.0.0.1:0"
                      metrics.bind = "127.0.0.1:%d"
                    }
                    """
                            .formatted(directory.resolve("data"), taken.getLocalPort()));

            assertThat(execute("run", "-c", file.toString())).isEqualTo(1);
            assertThat(err.toString())
                    .startsWith("postrider run: cannot listen at ")
                    .contains("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void findsNothingWrongInTheConfigurationThatComesAlong() {
        assertThat(execute("check", "-c", "conf/postrider.conf")).isZero();
        assertThat(out.toString()).doesNotContain("wrong");
    }

    private int execute(String... args) {
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private static HttpServer answering(int status, String body) throws IOException {
        HttpServer api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        api.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        api.start();
        return api;
    }

    private static String url(HttpServer api) {
        return "http://127.0.0.1:" + api.getAddress().getPort();
    }
}
