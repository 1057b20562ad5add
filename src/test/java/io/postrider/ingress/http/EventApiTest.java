package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.http.Json;
import io.postrider.record.RecordType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EventApiTest {

    private static final String KEY = "a-key-that-is-known";

    private final ActorTestKit kit = ActorTestKit.create();
    private final FakeFeed feed = new FakeFeed();
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpListener listener = listen();
    private final List<Stream> streams = new ArrayList<>();

    private HttpListener listen() {
        Config config = ConfigFactory.parseString("http.bind = \"127.0.0.1:0\"")
                .withFallback(ConfigFactory.load().getConfig("postrider"));
        EventApi api = new EventApi(feed, new EventStreamSettings(2, Duration.ofMillis(100)));
        HttpListener opened = HttpApi.open(
                        kit.system(),
                        HttpSettings.from(config),
                        Optional.empty(),
                        api.routes(),
                        InjectionFixture.keys(KEY, "shop"),
                        () -> "request")
                .toCompletableFuture()
                .join();
        return opened.ending(api::close);
    }

    @AfterEach
    void close() throws IOException {
        for (Stream stream : streams) {
            stream.socket.close();
        }
        client.close();
        kit.shutdownTestKit();
    }

    @Test
    void streamsWhatIsKeptAndThenWhatComes() throws IOException {
        feed.add(FakeFeed.line("accepted", ""), FakeFeed.line("delivered", ",\"n\":2"));

        Stream stream = open("");

        assertThat(stream.head()).contains("200 OK").contains("text/event-stream");
        assertThat(stream.event())
                .containsExactly(
                        "id: fake-1", "event: accepted", "data: {\"cursor\":\"fake-1\",\"v\":1,\"type\":\"accepted\"}");
        assertThat(stream.event()).contains("id: fake-2", "event: delivered");
        feed.add(FakeFeed.line("bounced", ""));
        assertThat(stream.event()).contains("id: fake-3", "event: bounced");
    }

    @Test
    void goesOnBehindTheLastIdThatAReaderSawWhateverItAsksForBesides() throws IOException {
        feed.add(FakeFeed.line("accepted", ""), FakeFeed.line("deferred", ""), FakeFeed.line("delivered", ""));

        Stream stream = open("?after=latest", "Last-Event-ID: fake-2");

        assertThat(stream.event()).contains("id: fake-3", "event: delivered");
    }

    @Test
    void tellsAFilteredReaderAlsoHowFarItIs() throws IOException {
        feed.add(FakeFeed.line("accepted", ",\"tenant\":\"a\""), FakeFeed.line("accepted", ",\"tenant\":\"b\""));

        Stream stream = open("?tenant=a&type=accepted,bounced&domain=Example.ORG");

        assertThat(stream.event()).contains("id: fake-1");
        assertThat(stream.event()).containsExactly("id: fake-2");
        assertThat(feed.asked().get(0).types()).isEqualTo(Set.of(RecordType.ACCEPTED, RecordType.BOUNCED));
        assertThat(feed.asked().get(0).domain()).hasValue("example.org");
        assertThat(feed.asked().get(0).owner()).isEmpty();
    }

    @Test
    void breaksALongSilenceByAComment() throws IOException {
        Stream stream = open("?after=latest");

        assertThat(stream.event()).containsExactly("id: fake-0");
        assertThat(stream.event()).containsExactly(":");
        assertThat(stream.event()).containsExactly(":");
    }

    @Test
    void opensNoMoreStreamsThanItMayAndHasAPlaceAgainWhenOneEnds() throws Exception {
        feed.add(FakeFeed.line("accepted", ""));
        open("").event();
        Stream second = open("");
        second.event();

        Stream third = open("");
        assertThat(third.head()).contains("503").containsIgnoringCase("Retry-After");
        assertThat(get("").statusCode()).as("pages are not streams").isEqualTo(200);

        second.socket.close();
        while (!open("").head().contains("200")) {
            Thread.onSpinWait(); // until the node has seen that it is gone
        }
    }

    @Test
    void saysThatEventsAreGoneInsteadOfLeavingThemOut() throws Exception {
        feed.add(FakeFeed.line("accepted", ""), FakeFeed.line("deferred", ""), FakeFeed.line("delivered", ""));
        feed.deleteUpTo(2);

        HttpResponse<String> gone = get("?after=fake-1");

        assertThat(gone.statusCode()).isEqualTo(410);
        assertThat(Json.read(gone.body().getBytes(StandardCharsets.UTF_8))
                        .path("code")
                        .asText())
                .isEqualTo("cursor_gone");
        assertThat(gone.body()).contains("fake-2");
        assertThat(open("", "Last-Event-ID: fake-1").head()).contains("410");
        assertThat(get("?after=fake-2").statusCode()).isEqualTo(200);
        assertThat(open("").event()).contains("id: fake-3");
    }

    @Test
    void endsAStreamWhoseNextEventsAreGone() throws IOException {
        feed.add(FakeFeed.line("accepted", ""));
        Stream stream = open("");
        stream.event();

        synchronized (feed) {
            feed.add(FakeFeed.line("deferred", ""), FakeFeed.line("delivered", ""));
            feed.deleteUpTo(2);
        }

        assertThat(stream.rest()).doesNotContain("fake-3").endsWith("0\n\n");
        assertThat(open("", "Last-Event-ID: fake-1").head()).contains("410");
    }

    @Test
    void readsNothingAheadForAReaderThatIsSlow() throws IOException {
        String filler = "x".repeat(4000);
        int lines = 8000; // 32 MB, more than sockets hold
        String[] many = new String[lines];
        for (int i = 0; i < lines; i++) {
            many[i] = FakeFeed.line("accepted", ",\"tenant\":\"a\",\"text\":\"" + filler + "\"");
        }
        feed.add(many);

        open("?tenant=a").head();
        Stream quick = open("?domain=other.example&tenant=a");
        String last = "";
        while (!last.equals("id: fake-" + lines)) {
            last = quick.line();
        }

        long pagesOfQuick = pages(Optional.of("other.example"));
        assertThat(pagesOfQuick).isGreaterThanOrEqualTo(lines / 200);
        assertThat(pages(Optional.empty())).isLessThan(pagesOfQuick);
    }

    private long pages(Optional<String> domain) {
        return feed.asked().stream()
                .filter(filter -> filter.domain().equals(domain))
                .count();
    }

    @Test
    void showsAKeyOnlyWhatWasHandedInWithIt() throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(uri(""))
                        .header("Authorization", "Bearer " + KEY)
                        .build(),
                BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(feed.asked().get(0).owner()).hasValue("shop");
    }

    @Test
    void endsStreamsWhenTheNodeStops() throws IOException {
        Stream stream = open("?after=latest");
        stream.event();

        listener.drain().toCompletableFuture().join();

        assertThat(stream.rest()).endsWith("0\n\n"); // the end of a chunked body: whole, not broken
    }

    private URI uri(String query) {
        return URI.create("http://127.0.0.1:" + listener.address().getPort() + "/v1/events" + query);
    }

    private HttpResponse<String> get(String query) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(query)).build(), BodyHandlers.ofString());
    }

    private Stream open(String query, String... headers) throws IOException {
        Stream stream = new Stream(listener.address().getPort(), query, headers);
        streams.add(stream);
        return stream;
    }

    /** A client of text/event-stream on a bare socket, so that nothing is read for it. */
    private static final class Stream {
        private final Socket socket = new Socket();
        private final BufferedReader in;
        private String head = "";

        Stream(int port, String query, String... headers) throws IOException {
            socket.setReceiveBufferSize(16 * 1024);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            socket.getOutputStream()
                    .write(("GET /v1/events" + query
                                    + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nConnection: close\r\n"
                                    + more + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1024);
        }

        String head() throws IOException {
            while (head.isEmpty() || !head.endsWith("\n\n")) {
                head += in.readLine() + "\n";
            }
            return head;
        }

        /** The next line that is none of the chunked encoding's. */
        String line() throws IOException {
            head();
            while (true) {
                String line = in.readLine();
                if (line == null) {
                    throw new IOException("the stream has ended");
                }
                if (line.startsWith("id:")
                        || line.startsWith("event:")
                        || line.startsWith("data:")
                        || line.equals(":")) {
                    return line;
                }
            }
        }

        /** The lines of what comes next: an event, a place, or a comment. */
        List<String> event() throws IOException {
            List<String> lines = new ArrayList<>();
            lines.add(line());
            if (!lines.get(0).equals(":")) {
                for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                    lines.add(line);
                }
            }
            return lines;
        }

        String rest() {
            StringBuilder rest = new StringBuilder();
            try {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    rest.append(line).append('\n');
                }
            } catch (IOException broken) {
                rest.append("(broken)");
            }
            return rest.toString();
        }
    }
}
