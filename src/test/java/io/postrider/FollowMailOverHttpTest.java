package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import io.postrider.ingress.http.contract.ContractClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node is asked over HTTP what became of its mail, and told to take it back. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class FollowMailOverHttpTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    private final HttpClient client = ContractClient.create();
    private Sink sink;
    private ForkedNode node;

    private record Answer(int status, JsonNode json) {
        String code() {
            return json.path("code").asText();
        }
    }

    @BeforeEach
    void start() throws IOException {
        sink = Sink.start(SinkSettings.onLoopback().withScript(SinkScript.parse("bad.test RCPT reject no such user")));
        node = new ForkedNode(
                directory, "egress { routes { \"*\" = \"" + sink.address() + "\" } }\nretry { first = 1 hour }");
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        node.close();
        sink.close();
    }

    @Test
    void holdsWhatIsToBeSentLaterAlsoAfterAKillAndTakesItBack() throws Exception {
        Instant later = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3600);
        String id = send(
                node.smtp(), "s@client.test", "X-Postrider-Send-At: " + later + "\r\n", "ann@a.test", "ben@b.test");

        Answer before = await("/v1/message/" + id, json -> allAre(json, "state", "waiting"));
        assertThat(before.json().path("recipients").get(0).path("next_attempt").asText())
                .isEqualTo(later.toString());
        node.killHard();
        node.start();
        Answer after = await("/v1/message/" + id, json -> allAre(json, "state", "waiting"));
        assertThat(after.json().path("recipients").get(1).path("next_attempt").asText())
                .isEqualTo(later.toString());

        Answer cancelled = ask("DELETE", "/v1/message/" + id);
        assertThat(cancelled.status()).isEqualTo(200);
        assertThat(cancelled.json().toString())
                .isEqualTo("{\"id\":\"" + id + "\",\"cancelled\":2,\"on_wire\":0,\"settled\":0}");
        await("/v1/message/" + id, json -> allAre(json, "status", "cancelled"));
        Answer again = ask("DELETE", "/v1/message/" + id);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("already_settled");
        assertThat(sink.recipients()).isZero();
    }

    @Test
    void tellsTheStoryOfEveryRecipientAndFindsThem() throws Exception {
        String id = send(node.smtp(), "s@client.test", "", "ann@a.test", "Ben@bad.test");

        JsonNode story = await(
                        "/v1/message/" + id,
                        json -> json.path("recipients").size() == 2
                                && !allAre(json, "status", "queued")
                                && json.path("recipients")
                                        .get(0)
                                        .path("status")
                                        .asText()
                                        .equals("delivered")
                                && json.path("recipients")
                                        .get(1)
                                        .path("status")
                                        .asText()
                                        .equals("bounced"))
                .json();
        JsonNode timeline = story.path("recipients").get(1).path("timeline");
        assertThat(timeline).extracting(entry -> entry.path("type").asText()).containsExactly("accepted", "bounced");
        assertThat(timeline.get(1).path("reply").path("text").asText()).contains("no such user");

        JsonNode found =
                ask("GET", "/v1/message?recipient=ben@BAD.test&status=bounced").json();
        assertThat(found.path("messages")).hasSize(1);
        assertThat(found.path("messages").get(0).path("id").asText()).isEqualTo(id);
        assertThat(found.path("next").isNull()).isTrue();
        String unicode = send(node.smtp(), "u@client.test", "", "cleo@xn--bcher-kva.test");
        assertThat(await(
                                "/v1/message?recipient=cleo@b%C3%BCcher.test",
                                json -> json.path("messages").size() == 1)
                        .json()
                        .path("messages")
                        .get(0)
                        .path("id")
                        .asText())
                .isEqualTo(unicode);
        JsonNode first = ask("GET", "/v1/message?sender=s@client.test&limit=1").json();
        assertThat(first.path("messages")).hasSize(1);
        String cursor = first.path("next").asText();
        assertThat(ask("GET", "/v1/message?sender=s@client.test&cursor=" + cursor)
                        .json()
                        .path("messages"))
                .hasSize(1);
        assertThat(ask("DELETE", "/v1/message/" + id).code()).isEqualTo("already_settled");
        assertThat(ask("GET", "/v1/message/019e3540-2b7a-7000-a1b2-c3d4e5f60718")
                        .code())
                .isEqualTo("unknown_message");
        assertThat(ask("DELETE", "/v1/message/nonsense").status()).isEqualTo(404);
        assertThat(ask("GET", "/v1/message?status=lost&since=yesterday").status())
                .isEqualTo(422);
        assertThat(ask("GET", "/v1/message?colour=red").code()).isEqualTo("invalid_request");
    }

    @Test
    void givesEventsInPagesAndRefusesCursorsThatItNeverGave() throws Exception {
        // from <>, so that no report comes back
        send(node.smtp(), "", "X-Postrider-Tenant: acme\r\n", "ann@a.test", "ben@bad.test");
        await("/v1/events", json -> json.path("events").size() == 4);

        List<String> types = new ArrayList<>();
        String query = "?limit=1";
        for (boolean more = true; more; ) {
            JsonNode page = ask("GET", "/v1/events" + query).json();
            page.path("events").forEach(event -> types.add(event.path("type").asText()));
            query = "?limit=1&after=" + page.path("next").asText();
            more = page.path("more").asBoolean();
        }

        assertThat(types).containsExactlyInAnyOrder("accepted", "accepted", "delivered", "bounced");
        assertThat(events("?type=bounced,delivered")).isEqualTo(2);
        assertThat(events("?tenant=acme&domain=BAD.test")).isEqualTo(2);
        assertThat(events("?tenant=other")).isZero();
        assertThat(events("?after=latest")).isZero();
        JsonNode all = ask("GET", "/v1/events").json();
        String cursor = all.path("events").get(0).path("cursor").asText();
        assertThat(events("?after=" + cursor)).isEqualTo(3);
        assertThat(ask("GET", "/v1/events?after=other-1").code()).isEqualTo("invalid_request");
        assertThat(ask("GET", "/v1/events?after=" + cursor + "00").status()).isEqualTo(422);
        assertThat(ask("GET", "/v1/events?type=lost").status()).isEqualTo(422);
        assertThat(ask("GET", "/v1/events?limit=0").status()).isEqualTo(422);
    }

    private int events(String query) throws Exception {
        return ask("GET", "/v1/events" + query).json().path("events").size();
    }

    private static boolean allAre(JsonNode story, String field, String value) {
        for (JsonNode recipient : story.path("recipients")) {
            if (!recipient.path(field).asText().equals(value)) {
                return false;
            }
        }
        return !story.path("recipients").isEmpty();
    }

    /** The answer once it is as wanted; the test's time limit ends a wait in vain. */
    private Answer await(String path, Predicate<JsonNode> wanted) throws Exception {
        while (true) {
            Answer answer = ask("GET", path);
            if (answer.status() == 200 && wanted.test(answer.json())) {
                return answer;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private Answer ask(String method, String path) throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(node.http(path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
    }

    /** @return the id in the answer to the final dot */
    private static String send(InetSocketAddress server, String sender, String header, String... recipients)
            throws IOException {
        try (Socket socket = new Socket(server.getAddress(), server.getPort());
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            StringBuilder script = new StringBuilder("HELO client.test\r\nMAIL FROM:<" + sender + ">\r\n");
            for (String recipient : recipients) {
                script.append("RCPT TO:<").append(recipient).append(">\r\n");
            }
            script.append("DATA\r\n");
            String last = in.readLine();
            assertThat(last).startsWith("220");
            for (String command : script.toString().split("\r\n", -1)) {
                if (!command.isEmpty()) {
                    last = say(socket, in, command + "\r\n");
                    assertThat(last).as(command).matches("[23].*");
                }
            }
            assertThat(last).startsWith("354");
            String end = say(socket, in, header + "Subject: test\r\n\r\nHello\r\n.\r\n");
            assertThat(end).startsWith("250");
            return end.replaceAll(".*([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}).*", "$1");
        }
    }

    private static String say(Socket socket, BufferedReader in, String words) throws IOException {
        socket.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
        return in.readLine();
    }
}
