package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large requests against a node whose whole heap is not four times as large as one of them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LargeBodiesTest {

    private static final int MEBIBYTE = 1 << 20;
    private static final int HEAP_MEBIBYTES = 192;
    private static final String HELLO = "{\"from\":\"s@x.test\",\"to\":\"a@x.test\",\"text\":\"hello\"}";

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Sink sink = start();
    private ForkedNode node;

    private static Sink start() {
        try {
            return Sink.start(SinkSettings.onLoopback());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void node(String http) throws IOException {
        String routes = "egress { routes { \"*\" = \"" + sink.address() + "\" } }";
        node = new ForkedNode(directory, "http { " + http + " }\n" + routes, HEAP_MEBIBYTES);
    }

    @AfterEach
    void stillWorks() throws Exception {
        assertThat(post("application/json", HELLO.getBytes(StandardCharsets.US_ASCII))
                        .join()
                        .statusCode())
                .isEqualTo(202);
        assertThat(node.log()).doesNotContain("OutOfMemory", " ERROR ");
        node.close();
        sink.close();
    }

    @Test
    void aRequestOf50MiBDoesNotCost200() throws Exception {
        node("max-message-size = 60 MiB");
        byte[] json = json(50 * MEBIBYTE);
        byte[] raw = new byte[50 * MEBIBYTE];
        Arrays.fill(raw, (byte) 'x');
        byte[] head = "From: s@x.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, raw, 0, head.length);
        for (int i = 78; i < raw.length; i += 80) {
            raw[i] = '\r';
            raw[i + 1] = '\n';
        }

        assertThat(post("application/json", json).join().statusCode()).isEqualTo(202);
        assertThat(post("message/rfc822", raw).join().statusCode()).isEqualTo(202);
        while (sink.recipients() < 2) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void manyLargeRequestsAreShedBeforeTheyFillTheMemory() throws Exception {
        node("receive-buffer = 24 MiB");
        byte[] json = json(8 * MEBIBYTE);

        List<HttpResponse<String>> answers =
                Stream.generate(() -> post("application/json", json)).limit(24).toList().stream()
                        .map(CompletableFuture::join)
                        .toList();

        assertThat(answers).anyMatch(answer -> answer.statusCode() == 202);
        assertThat(answers).anyMatch(answer -> answer.statusCode() == 503);
        assertThat(answers)
                .allMatch(answer -> answer.statusCode() == 202
                        || answer.statusCode() == 503
                                && answer.headers().firstValue("Retry-After").isPresent());
    }

    private CompletableFuture<HttpResponse<String>> post(String type, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.http("/v1/message"))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body));
        if (type.equals("message/rfc822")) {
            request.header("X-Envelope-From", "s@x.test").header("X-Envelope-To", "a@x.test");
        }
        return client.sendAsync(request.build(), BodyHandlers.ofString());
    }

    /** A message with an attachment, in so many bytes. */
    private static byte[] json(int size) {
        byte[] before = "{\"from\":\"s@x.test\",\"to\":\"a@x.test\",\"attachments\":[{\"filename\":\"a\",\"content\":\""
                .getBytes(StandardCharsets.US_ASCII);
        byte[] after = "\"}]}".getBytes(StandardCharsets.US_ASCII);
        byte[] json = new byte[size];
        int base64 = (size - before.length - after.length) / 4 * 4;
        Arrays.fill(json, (byte) ' ');
        System.arraycopy(before, 0, json, 0, before.length);
        Arrays.fill(json, before.length, before.length + base64, (byte) 'A');
        System.arraycopy(after, 0, json, before.length + base64, after.length);
        return json;
    }
}
