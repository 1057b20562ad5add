package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that many clients begin and none ends, against a small heap. What is held of them is bounded. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class UnfinishedRequestsTest {

    private static final int HEAP_MEBIBYTES = 192;
    private static final int CONNECTIONS = 100;
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
    private static final String HELLO = "{\"from\":\"s@x.test\",\"to\":\"a@x.test\",\"text\":\"hello\"}";

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<RawHttp> open = new ArrayList<>();
    private ForkedNode node;

    @BeforeEach
    void start() throws Exception {
        node = new ForkedNode(
                directory,
                "http { max-connections = " + (CONNECTIONS + 10) + ", receive-buffer = 24 MiB }",
                HEAP_MEBIBYTES);
    }

    /** While all of them are still there. */
    @AfterEach
    void stillWorks() throws Exception {
        try (ForkedNode closing = node) {
            HttpRequest request = HttpRequest.newBuilder(closing.http("/v1/message"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(HELLO))
                    .build();
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            // The buffer may be full of lines by right; nobody may wait for an answer, and nothing may break.
            assertThat(status).isIn(202, 503);
            assertThat(closing.log()).doesNotContain("OutOfMemory", " ERROR ");
            for (RawHttp connection : open) {
                connection.close();
            }
        }
    }

    private RawHttp begin(String path, String type) throws Exception {
        RawHttp connection = new RawHttp(node.http("/").getPort());
        open.add(connection);
        return connection.say(
                "POST /v1/message" + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\n");
    }

    @Test
    void linesWithoutAnEnd() throws Exception {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        for (int i = 0; i < CONNECTIONS; i++) {
            RawHttp connection = begin("/batch", "application/x-ndjson").say(CHUNKED);
            for (int sent = 0; sent < 3 << 20; sent += 0x10000) {
                connection.say(chunk);
            }
        }
    }

    @Test
    void chunksWithoutAnEnd() throws Exception {
        for (int i = 0; i < CONNECTIONS; i++) {
            begin("", "application/json").say(CHUNKED + "fffff\r\n" + "x".repeat(1_000_000));
        }
    }

    @Test
    void headersWithoutAnEnd() throws Exception {
        String field = "X-Envelope-To: " + "x".repeat(60_000) + "\r\n";
        for (int i = 0; i < CONNECTIONS; i++) {
            RawHttp connection = begin("", "application/json");
            for (int fields = 0; fields < 60; fields++) {
                connection.say(field);
            }
        }
    }
}
