package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that break the rules of HTTP or of patience: each is told so or cut, and the node goes on as before. */
class HostileConnectionsTest {

    private static final String BODY = "{\"from\":\"s@x.test\",\"to\":\"a@x.test\",\"text\":\"hello\"}";
    private static final String HEAD = "POST /v1/message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    private static final String WHOLE = HEAD + "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY;
    private static final String LINES =
            "POST /v1/message/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n";
    private static final long MEBIBYTE = 1024 * 1024;

    @TempDir
    static Path directory;

    private static HttpNode node;
    private static long heapBefore;

    @BeforeAll
    static void start() throws Exception {
        node = new HttpNode(
                directory, Map.of("postrider.http.body-timeout", "1s", "postrider.http.idle-timeout", "2s"));
        assertThat(node.post("/v1/message", BODY).statusCode()).isEqualTo(202);
        heapBefore = heap();
    }

    @AfterAll
    static void stillWorksAndHoldsNothing() throws Exception {
        try (HttpNode closing = node) {
            assertThat(closing.post("/v1/message", BODY).statusCode()).isEqualTo(202);
            assertThat(heap() - heapBefore).isLessThan(48 * MEBIBYTE);
        }
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(WHOLE + "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" + WHOLE);

            assertThat(List.of(raw.status(), raw.status(), raw.status())).containsExactly(202, 404, 202);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no number                | Content-Length: many",
                "less than nothing        | Content-Length: -1",
                "two lengths              | Content-Length: 5~Content-Length: 6",
                "a length and chunks      | Content-Length: 5~Transfer-Encoding: chunked",
                "more than a long         | Content-Length: 99999999999999999999",
                "an encoding of its own   | Transfer-Encoding: magic",
                "a control in a value     | X-A: a\u0000b",
            })
    void refusesALengthThatIsNone(String name, String headers) throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(HEAD + headers.replace("~", "\r\n") + "\r\n\r\n" + "5\r\nhello\r\n0\r\n\r\n");

            assertThat(raw.problem()).isEqualTo("400 malformed_request");
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void refusesAPostWithoutALengthForItHasNoBody() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(HEAD + "\r\n" + BODY);

            assertThat(raw.problem()).isEqualTo("400 malformed_json");
        }
    }

    @Test
    void answersWhoHasNothingMoreToSay() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(WHOLE).sayNoMore();

            assertThat(raw.status()).isEqualTo(202);
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz", "-1", "ffffffffffffffff", "5;x"})
    void refusesBadChunks(String size) throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\nhello world\r\n0\r\n\r\n");

            assertThat(raw.problem()).isEqualTo("400 malformed_body");
        }
    }

    @Test
    void takesChunksThatAreRight() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            StringBuilder chunks = new StringBuilder();
            BODY.chars().forEach(c -> chunks.append("1\r\n").append((char) c).append("\r\n"));
            raw.say(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");

            assertThat(raw.status()).isEqualTo(202);
        }
    }

    @Test
    void refusesABodyThatIsTooLongBeforeItComes() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(HEAD + "Content-Length: 10000000000\r\n\r\n{");

            assertThat(raw.problem()).isEqualTo("413 body_too_large");
        }
    }

    @Test
    void letsWhoSendsWithoutListeningReadTheAnswerAfterwards() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(HEAD + "Content-Length: 100000000\r\n\r\n");
            byte[] more = new byte[1 << 20];
            for (int i = 0; i < 50; i++) {
                raw.say(more);
            }

            assertThat(raw.problem()).isEqualTo("413 body_too_large");
        }
    }

    @Test
    void takesNoMessageWhoseEndIsMissing() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(HEAD + "Content-Length: " + (BODY.length() + 1) + "\r\n\r\n" + BODY)
                    .sayNoMore();

            assertThat(raw.status()).isIn(0, 400);
        }
    }

    @Test
    void takesWhatIsBehindABodyForARequestOfItsOwn() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(WHOLE + "hello world\r\n\r\n");

            assertThat(raw.status()).isEqualTo(202);
            assertThat(raw.problem()).isIn("400 malformed_request", "501 not_implemented");
        }
    }

    @Test
    void refusesAChunkWithoutMeasure() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + "30d40\r\n" + "x".repeat(1000));

            assertThat(raw.problem()).isEqualTo("413 body_too_large");
        }
    }

    @Test
    void refusesHeadersWithoutMeasure() throws Exception {
        String line = "GET /v1/message HTTP/1.1\r\nHost: x\r\n";

        assertThat(problem("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .isEqualTo("414 uri_too_long");
        assertThat(problem(line + "X: " + "x".repeat(100_000) + "\r\n\r\n")).isEqualTo("431 header_too_large");
        assertThat(problem(line + "x".repeat(10_000) + ": x\r\n\r\n")).isEqualTo("431 header_too_large");
        assertThat(problem(line + "X: x\r\n".repeat(65) + "\r\n")).isEqualTo("400 malformed_request");
    }

    @ParameterizedTest(name = "{index}")
    @CsvSource(
            delimiter = '|',
            value = {
                "EHLO client.test | 501 not_implemented",
                "GET | 501 not_implemented",
                "GET / HTTP/9.9 | 505 http_version_not_supported",
                "GET http:// HTTP/1.1 | 400 malformed_request",
                "GET /%zz HTTP/1.1 | 400 malformed_request",
                "FLY / HTTP/1.1 | 501 not_implemented",
                "CONNECT x:1 HTTP/1.1 | 400 malformed_request",
                "TRACE /docs HTTP/1.1 | 405 method_not_allowed",
                "PUT /v1/message HTTP/1.1 | 405 method_not_allowed",
                "GET /v2 HTTP/1.1 | 404 unknown_path"
            })
    void answersWhatIsNoRequestOfOursWithAProblemToo(String line, String problem) throws Exception {
        assertThat(problem(line + "\r\nHost: x\r\n\r\n")).isEqualTo(problem);
    }

    @Test
    void answersWhoBeginsWithTls() throws Exception {
        assertThat(problem("\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n")).isEqualTo("400 malformed_request");
    }

    @Test
    void cutsWhoSendsABodyTooSlowly() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(HEAD + "Content-Length: 100\r\n\r\n{");

            RawHttp.Answer answer = raw.answer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.json().path("code").asText()).isEqualTo("body_too_slow");
            assertThat(answer.headers().get("connection")).containsExactly("close");
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void cutsWhoDribbles() throws Exception {
        try (RawHttp raw = new RawHttp(node.port());
                Dribble dribble = new Dribble(raw)) {
            raw.say(HEAD + "Content-Length: 10000000\r\n\r\n");
            dribble.begin();

            assertThat(raw.status()).isIn(0, 408);
        }
    }

    @Test
    void closesWhoNeverEndsTheHeader() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say("POST /v1/message HTTP/1.1\r\nHost:");

            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void closesWhoDribblesTheHeader() throws Exception {
        try (RawHttp raw = new RawHttp(node.port());
                Dribble dribble = new Dribble(raw)) {
            raw.say(WHOLE);
            assertThat(raw.status()).isEqualTo(202);
            raw.say("POST /v1/message HTTP/1.1\r\nX: ");
            dribble.begin();

            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void answersALineWithoutAnEndAndThenEndsTheStream() throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            raw.say(LINES + "Content-Length: 1000000000\r\n\r\n" + BODY + "\n{\"text\":\"");
            byte[] more = new byte[1 << 20];
            Arrays.fill(more, (byte) 'x');
            for (int i = 0; i < 100; i++) {
                raw.say(more);
            }

            assertThat(raw.rest()).contains("200 OK", "\"status\":\"queued\"", "\"code\":\"body_too_large\"");
        }
    }

    private static String problem(String request) throws Exception {
        try (RawHttp raw = new RawHttp(node.port())) {
            return raw.say(request).problem();
        }
    }

    /** A byte at a time, as fast as the other side reads them. */
    private static final class Dribble implements AutoCloseable {

        private final RawHttp raw;
        private final Thread thread;
        private volatile boolean over;

        Dribble(RawHttp raw) {
            this.raw = raw;
            this.thread = Thread.ofVirtual().unstarted(this::run);
        }

        void begin() {
            thread.start();
        }

        private void run() {
            try {
                while (!over) {
                    raw.say(" ");
                    LockSupport.parkNanos(1_000_000);
                }
            } catch (IOException closed) {
                // it was cut
            }
        }

        @Override
        public void close() {
            over = true;
        }
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
