package io.postrider.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.egress.SiteStatus;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Via;
import io.postrider.http.ApiKey;
import io.postrider.http.ApiKeys;
import io.postrider.http.Endpoint;
import io.postrider.http.EndpointSettings;
import io.postrider.http.Scope;
import io.postrider.http.Trust;
import io.postrider.mail.Cidr;
import io.postrider.mail.Domain;
import io.postrider.mail.Identity;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.mail.SenderDomains;
import io.postrider.queue.QueueBoard;
import io.postrider.queue.QueueBoards;
import io.postrider.queue.QueueCommand;
import io.postrider.queue.QueueView;
import io.postrider.queue.QueueView.WaitingFor;
import io.postrider.record.HistoryEntry;
import io.postrider.record.RecordType;
import io.postrider.record.Totals;
import io.postrider.spool.Labels;
import io.postrider.spool.MemorySpool;
import io.postrider.spool.MemoryWakeIndex;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminApiTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-05-17T10:00:00Z");
    private static final Domain DOMAIN = Domain.of("example.com");
    private static final MessageId ID =
            MessageId.parse("019e3540-2a80-7000-8000-000000000001").orElseThrow();

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScriptedQueues queues = new ScriptedQueues(KIT.system());
    private final MemorySpool spool = new MemorySpool();
    private final MemoryWakeIndex wakeIndex = new MemoryWakeIndex();
    private final List<HistoryEntry> history = new ArrayList<>();
    private final QueueBoard board = QueueBoards.of(line("a.example", 3), line("b.example", 7), line("c.example", 1));
    private final Endpoint endpoint = open(List.of(Cidr.parse("127.0.0.0/8")));

    private static final ApiKeys KEYS = new ApiKeys() {
        @Override
        public boolean isEmpty() {
            return false;
        }

        @Override
        public Optional<ApiKey> find(String presented) {
            Identity identity = Identity.key("key_" + presented, "", SenderDomains.ANY);
            return switch (presented) {
                case "operator" -> Optional.of(new ApiKey(identity, Set.of(Scope.ADMIN)));
                case "application" -> Optional.of(new ApiKey(identity, Set.of(Scope.SEND, Scope.READ)));
                default -> Optional.empty();
            };
        }
    };

    private Endpoint open(List<Cidr> trusted) {
        return open(trusted, ApiKeys.NONE);
    }

    private Endpoint open(List<Cidr> trusted, ApiKeys keys) {
        EndpointSettings at = new EndpointSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new Trust(trusted, List.of()));
        AdminSettings settings = new AdminSettings(at, AdminSettings.Access.LOCAL, Duration.ofSeconds(5), 2048, 10);
        AdminApi.Parts parts = new AdminApi.Parts(
                queues,
                board,
                wakeIndex,
                spool,
                (id, limit) -> CompletableFuture.completedStage(id.equals(ID) ? history : List.of()),
                () -> CompletableFuture.completedStage(new Totals(21, 1, 2, 3, 4, 5)),
                () -> CompletableFuture.completedStage(List.of(new SiteStatus(
                        "mx.example.net",
                        2,
                        List.of(new SiteStatus.PerSource("default", 3, 1, 10, 5, "unlimited")),
                        List.of(new SiteStatus.Seen(NOW, "mx1", Reply.of(421, "4.7.0", "slow down")))))),
                () -> List.of(new ClusterPort.Member("relay-1", "127.0.0.1:17355", "up", true, true)),
                InstantSource.fixed(NOW));
        return AdminApi.open(KIT.system(), settings, Optional.empty(), keys, parts)
                .toCompletableFuture()
                .join();
    }

    private static QueueBoard.Line line(String domain, int messages) {
        return new QueueBoard.Line(
                Domain.of(domain),
                messages,
                messages * 2L,
                0,
                0,
                0,
                0,
                Optional.of(NOW.plusSeconds(60)),
                Optional.of(NOW.minusSeconds(30)),
                false,
                false,
                WaitingFor.NEXT_ATTEMPT,
                QueueView.Totals.NONE);
    }

    @AfterEach
    void close() {
        endpoint.close(Duration.ofSeconds(1)).toCompletableFuture().join();
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private record Answer(int status, String type, JsonNode json) {}

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        String type = response.headers().firstValue("Content-Type").orElse("");
        return new Answer(response.statusCode(), type, JSON.readTree(response.body()));
    }

    private HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path));
    }

    private Answer get(String path) throws IOException, InterruptedException {
        return send(at(path));
    }

    private Answer post(String path, String body) throws IOException, InterruptedException {
        return send(
                at(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static void assertProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.type()).isEqualTo("application/problem+json");
        assertThat(answer.json().path("code").asText()).isEqualTo(code);
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    }

    @Test
    void listsTheDeepestQueuesFirstAndThenThoseThatSleep() throws Exception {
        wakeIndex.put(Domain.of("z.example"), NOW.plusSeconds(3600));
        wakeIndex.put(Domain.of("a.example"), NOW.plusSeconds(60));

        Answer all = get("/v1/queues");
        Answer page = get("/v1/queues?limit=2");
        Answer next = get("/v1/queues?limit=2&from=" + page.json().path("next").asInt());

        assertThat(all.json().path("queues").findValuesAsText("domain"))
                .containsExactly("b.example", "a.example", "c.example", "z.example");
        assertThat(all.json().path("next").isNull()).isTrue();
        assertThat(all.json().path("queues").get(0).toString())
                .isEqualTo(
                        "{\"domain\":\"b.example\",\"depth\":7,\"recipients\":14,\"ready\":0,\"on_wire\":0,\"held\":0,"
                                + "\"connections\":0,\"next_attempt\":\"2026-05-17T10:01:00Z\",\"oldest_age\":30,"
                                + "\"suspended\":false,\"backed_off\":false,\"waiting_for\":\"next-attempt\"}");
        assertThat(page.json().path("queues").findValuesAsText("domain")).containsExactly("b.example", "a.example");
        assertThat(next.json().path("queues").findValuesAsText("domain")).containsExactly("c.example", "z.example");
        assertThat(next.json().path("next").isNull()).isTrue();
    }

    @Test
    void sortsAndFiltersQueues() throws Exception {
        assertThat(get("/v1/queues?sort=domain&prefix=a.").json().path("queues").findValuesAsText("domain"))
                .containsExactly("a.example");
        assertProblem(get("/v1/queues?sort=colour"), 422, "invalid_request");
        assertProblem(get("/v1/queues?limit=11"), 422, "invalid_request");
        Answer unknown = get("/v1/queues?colour=red");
        assertProblem(unknown, 422, "invalid_request");
        assertThat(unknown.json().path("errors").get(0).path("pointer").asText())
                .isEqualTo("?colour");
    }

    @Test
    void suspendsWhatIsSelectedForATime() throws Exception {
        queues.answer(new QueueCommand.Matched(DOMAIN, 5, 6, 1, true));

        Answer answer = post(
                "/v1/queues/Example.COM/suspend",
                "{\"reason\":\"complaints\",\"for\":\"2h\",\"tenant\":\"acme\",\"sender\":\"A@b.example\"}");

        assertThat(answer.json().toString())
                .isEqualTo("{\"domain\":\"example.com\",\"command\":\"suspend\",\"dry_run\":false,\"messages\":5,"
                        + "\"recipients\":6,\"on_wire\":1,\"exact\":true}");
        QueueCommand.Suspend told = (QueueCommand.Suspend) queues.told.get(0);
        assertThat(told.reason()).isEqualTo("complaints");
        assertThat(told.until()).contains(NOW.plus(Duration.ofHours(2)));
        assertThat(told.selector())
                .isEqualTo(new Selector(Optional.of("acme"), Optional.empty(), Optional.of("a@b.example")));
    }

    @Test
    void tellsQueuesToResumeRetryAndCancel() throws Exception {
        for (String verb : List.of("resume", "retry", "cancel")) {
            queues.answer(new QueueCommand.Matched(DOMAIN, 0, 0, 0, true));
            assertThat(post("/v1/queues/example.com/" + verb, "{\"reason\":\"x\",\"dry_run\":true}")
                            .status())
                    .isEqualTo(200);
        }

        assertThat(queues.told.get(0))
                .isInstanceOfSatisfying(QueueCommand.Resume.class, told -> assertThat(told.dryRun())
                        .isTrue());
        assertThat(queues.told.get(1))
                .isInstanceOfSatisfying(QueueCommand.RetryNow.class, told -> assertThat(told.selector())
                        .isEqualTo(Selector.ALL));
        assertThat(queues.told.get(2)).isInstanceOf(QueueCommand.Cancel.class);
    }

    @Test
    void namesEveryFieldThatIsWrongAndTellsTheQueueNothing() throws Exception {
        Answer answer =
                post("/v1/queues/example.com/retry", "{\"for\":\"2h\",\"tenant\":7,\"dry_run\":\"yes\",\"a/b\":1}");

        assertProblem(answer, 422, "invalid_request");
        assertThat(answer.json().path("errors").findValuesAsText("pointer"))
                .containsExactlyInAnyOrder("/for", "/tenant", "/dry_run", "/a~1b", "/reason");
        assertProblem(
                post("/v1/queues/example.com/suspend", "{\"reason\":\"x\",\"for\":\"soon\"}"), 422, "invalid_request");
        assertProblem(post("/v1/queues/example.com/retry", "{\"reason\":"), 400, "malformed_json");
        assertProblem(post("/v1/queues/example.com/retry", "\"" + "x".repeat(3000) + "\""), 413, "body_too_large");
        assertProblem(
                send(at("/v1/queues/example.com/retry").POST(HttpRequest.BodyPublishers.ofString("{}"))),
                415,
                "not_json");
        assertThat(queues.told).isEmpty();
    }

    @Test
    void saysWhenAQueueDoesNotAnswer() throws Exception {
        assertProblem(get("/v1/queues/example.com"), 504, "no_answer_in_time");
    }

    @Test
    void refusesWhatIsNotInThisVersion() throws Exception {
        assertProblem(post("/v1/cancel", "{}"), 501, "not_in_this_version");
        assertProblem(post("/v1/config/reload", "{}"), 501, "not_in_this_version");
        assertProblem(send(at("/v1/queues/example.com/limits").DELETE()), 501, "not_in_this_version");
        assertProblem(send(at("/v1/sites/x/limits").DELETE()), 501, "not_in_this_version");
    }

    @Test
    void refusesPathsAndMethodsItDoesNotKnow() throws Exception {
        assertProblem(get("/v1/nothing"), 404, "unknown_path");
        assertProblem(get("/"), 404, "unknown_path");
        assertProblem(get("/v1/queues/no%20domain"), 404, "unknown_domain");
        assertProblem(post("/v1/totals", "{}"), 405, "method_not_allowed");
        assertProblem(get("/v1/queues/example.com/cancel"), 405, "method_not_allowed");
    }

    @Test
    void answersTrustedHostsOnlyAndNobodyWhoSpeaksForOthers() throws Exception {
        assertProblem(send(at("/v1/totals").header("X-Forwarded-For", "127.0.0.1")), 403, "untrusted_host");
        assertProblem(send(at("/v1/totals").header("Origin", "http://evil.example")), 403, "untrusted_host");

        Endpoint strict = open(List.of(Cidr.parse("192.0.2.0/24")));
        Answer answer = send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + strict.port() + "/v1/totals")));
        strict.close(Duration.ofSeconds(1)).toCompletableFuture().join();

        assertProblem(answer, 403, "untrusted_host");
    }

    @Test
    void showsBooksThatBalance() throws Exception {
        assertThat(get("/v1/totals").json().toString())
                .isEqualTo(
                        "{\"accepted\":21,\"delivered\":1,\"bounced\":2,\"expired\":3,\"cancelled\":4,\"queued\":11}");
    }

    @Test
    void showsSitesAndTheCluster() throws Exception {
        assertThat(get("/v1/sites").json().toString())
                .isEqualTo(
                        "{\"sites\":[{\"site\":\"mx.example.net\",\"waiting\":2,\"sources\":[{\"source\":\"default\","
                                + "\"connections\":3,\"idle\":1,\"connections_limit\":10,\"connections_allowed\":5,"
                                + "\"rate\":\"unlimited\"}],\"recent_replies\":[{\"at\":\"2026-05-17T10:00:00Z\",\"mx\":\"mx1\","
                                + "\"reply\":{\"code\":421,\"enhanced\":\"4.7.0\",\"text\":\"slow down\"}}]}],\"truncated\":false}");
        assertThat(get("/v1/cluster")
                        .json()
                        .path("members")
                        .get(0)
                        .path("status")
                        .asText())
                .isEqualTo("up");
    }

    @Test
    void tellsWhatBecameOfEachRecipientOfAMessage() throws Exception {
        Reference reference = new Reference(
                ID,
                DOMAIN,
                Mailbox.of("s@example.org"),
                List.of(Recipient.of(0, Mailbox.of("a@example.com")), Recipient.of(1, Mailbox.of("b@example.com"))),
                Labels.NONE,
                Optional.empty(),
                NOW.plusSeconds(9),
                "",
                "in",
                "s",
                1,
                Reference.Needs.NOTHING,
                "",
                "",
                1);
        spool.accept(new Message(ID, new byte[1], List.of(reference)));
        history.add(entry(RecordType.DEFERRED, 0, NOW));
        history.add(entry(RecordType.DEFERRED, 1, NOW));
        history.add(entry(RecordType.DELIVERED, 1, NOW.plusSeconds(5)));
        queues.answer(Optional.of(new QueueCommand.MessageLine(
                ID,
                QueueCommand.MessageLine.State.WAITING,
                NOW.plusSeconds(300),
                NOW.plusSeconds(900),
                1,
                List.of(0),
                "",
                "",
                "",
                "default")));

        JsonNode recipients = get("/v1/message/" + ID).json().path("recipients");

        assertThat(recipients.findValuesAsText("status")).containsExactly("deferred", "delivered");
        assertThat(recipients.findValuesAsText("email")).containsExactly("a@example.com", "b@example.com");
        assertThat(recipients.get(0).path("state").asText()).isEqualTo("waiting");
        assertThat(recipients.get(0).path("next_attempt").asText()).isEqualTo("2026-05-17T10:05:00Z");
        assertThat(recipients.get(1).path("timeline").findValuesAsText("type"))
                .containsExactly("deferred", "delivered");
        assertThat(get("/v1/message/" + ID + ".1").status()).isEqualTo(200);
    }

    private static HistoryEntry entry(RecordType type, int index, Instant at) {
        return new HistoryEntry(
                "queue|example.com/1/" + index,
                type,
                at,
                ID,
                index,
                DOMAIN,
                Optional.empty(),
                1,
                Optional.of(Reply.of(250, "2.0.0", "ok")),
                "site",
                "mx",
                "192.0.2.1",
                "default",
                Via.Tls.NONE,
                Optional.empty(),
                false);
    }

    @Test
    void knowsNothingOfOtherMessages() throws Exception {
        assertProblem(get("/v1/message/019e3540-2a80-7000-8000-000000000002"), 404, "unknown_message");
        assertProblem(get("/v1/message/nonsense"), 404, "unknown_message");
    }

    @Test
    void theDefaultsAreExactlyTheseAndOnlyLoopbackIsBound() {
        Config defaults = ConfigFactory.defaultReference().getConfig("postrider");
        Config open = ConfigFactory.parseString("admin.bind = \"0.0.0.0:2001\"").withFallback(defaults);
        Config keys = ConfigFactory.parseString("admin.api-keys-file = keys").withFallback(open);
        Config tls = ConfigFactory.parseString("admin.tls.certificate = c.pem").withFallback(open);
        Config both = ConfigFactory.parseString("admin.tls.certificate = c.pem").withFallback(keys);
        Config answered =
                ConfigFactory.parseString("admin.allow-plain-public = true").withFallback(open);
        Config other = ConfigFactory.parseString(
                        "admin { bind = \"[::1]:1\", trusted-hosts = [\"::1\"], ask-timeout = 1s, max-body-size = 1 KiB,"
                                + " max-page = 2 }, metrics { bind = \"0.0.0.0:3\", trusted-hosts = [\"192.0.2.0/24\"] }")
                .withFallback(defaults);

        AdminSettings settings = AdminSettings.from(defaults);
        assertThat(settings.endpoint().bind()).isEqualTo(new InetSocketAddress("127.0.0.1", 2001));
        assertThat(settings.endpoint().trust().hosts()).isEqualTo(Cidr.parseAll(List.of("127.0.0.0/8", "::1")));
        assertThat(settings.askTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.maxBodyBytes()).isEqualTo(65_536);
        assertThat(settings.maxPage()).isEqualTo(1000);
        assertThat(EndpointSettings.metrics(defaults).bind()).isEqualTo(new InetSocketAddress("127.0.0.1", 2000));
        assertThat(AdminSettings.from(other))
                .isEqualTo(new AdminSettings(
                        new EndpointSettings(
                                new InetSocketAddress("::1", 1),
                                new Trust(List.of(Cidr.parse("::1")), List.of(), List.of("relay.example.com"))),
                        AdminSettings.Access.LOCAL,
                        Duration.ofSeconds(1),
                        1024,
                        2));
        assertThat(EndpointSettings.metrics(other).bind().getPort()).isEqualTo(3);
        for (Config unsafe : List.of(open, keys, tls)) {
            assertThatThrownBy(() -> AdminSettings.from(unsafe))
                    .hasMessageStartingWith("postrider.admin.bind: expected a loopback");
        }
        assertThat(AdminSettings.from(both).access())
                .isEqualTo(new AdminSettings.Access(Optional.of(Path.of("keys")), true, false));
        assertThat(AdminSettings.from(answered).access().allowPlainPublic()).isTrue();
    }

    @Test
    void takesKeysOfOperatorsFromAnywhere() throws Exception {
        Endpoint strict = open(List.of(), KEYS);
        try {
            URI uri = URI.create("http://127.0.0.1:" + strict.port() + "/v1/totals");
            assertThat(status(uri, "operator")).isEqualTo(200);
            assertThat(status(uri, "application")).isEqualTo(403);
            assertThat(status(uri, "nobody")).isEqualTo(401);
            assertThat(http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(401);
        } finally {
            strict.close(Duration.ofSeconds(1)).toCompletableFuture().join();
        }
    }

    private int status(URI uri, String key) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer " + key)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .isEqualTo(answer.statusCode() == 200 ? "application/json" : "application/problem+json");
        return answer.statusCode();
    }
}
