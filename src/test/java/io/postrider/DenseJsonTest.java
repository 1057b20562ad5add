package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JSON that is small on the wire and would be many times as large in memory, against a node with little of it. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DenseJsonTest {

    private static final String HELLO = "{\"from\":\"s@x.test\",\"to\":\"a@x.test\",\"text\":\"hello\"}";
    private static final String PERSONAL =
            "{\"from\":\"s@x.test\",\"text\":\"hello\",\"recipients\":[{\"to\":\"a@x.test\",\"substitutions\":{\"a\":[";
    /** As much as a request may have. */
    private static final int LARGE = 70 << 20;

    @TempDir
    static Path directory;

    private static final HttpClient client = HttpClient.newHttpClient();

    private static ForkedNode node;

    @BeforeAll
    static void start() throws IOException {
        node = new ForkedNode(directory, "");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @AfterEach
    void stillTakesMail() throws Exception {
        assertThat(post("/v1/message", "application/json", Stream.of(HELLO)).statusCode())
                .isEqualTo(202);
    }

    @Test
    void refusesMillionsOfValuesInSubstitutions() throws Exception {
        refuses("/v1/message", dense(PERSONAL, "{},", "{}]}}]}", LARGE), "250000");
    }

    @Test
    void refusesMillionsOfNames() throws Exception {
        refuses("/v1/message", names(), "250000");
        refuses("/v1/message/batch", names(), "1000000");
    }

    @Test
    void refusesMillionsOfItems() throws Exception {
        refuses("/v1/message/batch", dense("[", "1,", "1]", LARGE), "1000000");
    }

    @Test
    void refusesALineOfManyValuesAndGoesOn() throws Exception {
        Stream<String> lines = Stream.generate(() -> dense(PERSONAL, "{},", "{}]}}]}\n", 4_000_000))
                .limit(12)
                .flatMap(line -> line);

        HttpResponse<String> response =
                post("/v1/message/batch", "application/x-ndjson", Stream.concat(lines, Stream.of(HELLO)));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body().lines()).hasSize(13);
        assertThat(response.body().lines().limit(12))
                .allMatch(result -> result.contains("\"code\":\"body_too_large\"") && result.contains("250000"));
        assertThat(response.body()).contains("\"status\":\"queued\"");
    }

    private static void refuses(String path, Stream<String> body, String limit) throws Exception {
        HttpResponse<String> response = post(path, "application/json", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(413);
        assertThat(response.body()).contains("\"code\":\"body_too_large\"", limit);
    }

    /** The pieces are made as they are sent, and never stand in memory together. */
    private static HttpResponse<String> post(String path, String type, Stream<String> body) throws Exception {
        Iterator<byte[]> pieces =
                body.map(text -> text.getBytes(StandardCharsets.US_ASCII)).iterator();
        HttpRequest request = HttpRequest.newBuilder(node.http(path))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArrays(() -> pieces))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static Stream<String> dense(String before, String part, String after, int size) {
        String piece = part.repeat(10_000);
        Stream<String> pieces = Stream.generate(() -> piece).limit(size / piece.length());
        return Stream.of(Stream.of(before), pieces, Stream.of(after)).flatMap(all -> all);
    }

    /** One object with a field of another name every few bytes. */
    private static Stream<String> names() {
        Stream<String> names = IntStream.range(0, LARGE / 1000 / 10).mapToObj(piece -> IntStream.range(0, 1000)
                .mapToObj(i -> "\"" + Integer.toString(piece * 1000 + i, 36) + "\":1,")
                .collect(Collectors.joining()));
        return Stream.of(Stream.of("{"), names, Stream.of("\"from\":1}")).flatMap(all -> all);
    }
}
