package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.ingress.http.InjectionFixture.Answer;
import io.postrider.mail.MessageId;
import io.postrider.spool.Spool;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a key of a submission does over HTTP; the rest of it is in {@link PostMessageTest} and {@link PostBatchTest}. */
class KeyedPostsTest {

    private static final String KEY = "Idempotency-Key";
    private static final String EXPIRING =
            InjectionFixture.MINIMAL.replace("}", ",\"expires_at\":\"2026-02-03T05:00:00Z\"}");

    private final InjectionFixture api = new InjectionFixture("", InjectionFixture.keys("secret", "host"));

    @AfterEach
    void close() {
        api.close();
    }

    private Answer batch(String items, String... headers) throws Exception {
        return api.post("/v1/message/batch", "application/json", BodyPublishers.ofString(items), headers);
    }

    private static JsonNode result(Answer answer, int index) {
        return answer.json().path("results").path(index);
    }

    @Test
    void remembersAKeyForADay() throws Exception {
        Answer first = api.post(InjectionFixture.MINIMAL, KEY, "k");

        api.now = InjectionFixture.NOW.plus(Duration.ofHours(24)).minusMillis(1);
        Answer again = api.post(InjectionFixture.MINIMAL, KEY, "k");
        api.now = InjectionFixture.NOW.plus(Duration.ofHours(24));
        Answer nextDay = api.post(InjectionFixture.MINIMAL, KEY, "k");

        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(nextDay.status()).isEqualTo(202);
        assertThat(nextDay.header("Idempotent-Replayed")).isEmpty();
        assertThat(nextDay.json().path("id")).isNotEqualTo(first.json().path("id"));
        assertThat(api.spool.all()).hasSize(2);
    }

    /** The API key has the id {@code host} here, and is not taken for a trusted host. */
    @Test
    void keepsTheKeysOfEachOwnerApart() throws Exception {
        Answer host = api.post(InjectionFixture.MINIMAL, KEY, "k");
        Answer application = api.post(InjectionFixture.MINIMAL, KEY, "k", "Authorization", "Bearer secret");
        Answer again = api.post(InjectionFixture.MINIMAL, KEY, "k", "Authorization", "Bearer secret");

        assertThat(application.header("Idempotent-Replayed")).isEmpty();
        assertThat(application.json().path("id")).isNotEqualTo(host.json().path("id"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.json().path("id")).isEqualTo(application.json().path("id"));
        assertThat(api.spool.all()).hasSize(2);
    }

    @Test
    void takesAKeyOf255Characters() throws Exception {
        String longest = "~".repeat(255);
        assertThat(api.post(InjectionFixture.MINIMAL, KEY, longest).status()).isEqualTo(202);
        assertThat(api.post(InjectionFixture.MINIMAL, KEY, longest).header("Idempotent-Replayed"))
                .isEqualTo("true");

        Answer inBatch = batch("[" + InjectionFixture.MINIMAL + "]", KEY, longest);
        assertThat(result(inBatch, 0).path("message").path("status").asText()).isEqualTo("queued");
    }

    @Test
    void refusesAKeyThatIsTooLong() throws Exception {
        Answer tooLong = api.post(InjectionFixture.MINIMAL, KEY, "x".repeat(256));

        assertThat(tooLong.status()).isEqualTo(422);
        assertThat(tooLong.code()).isEqualTo("invalid_request");
        assertThat(tooLong.pointer()).isEqualTo(KEY);
        assertThat(tooLong.response().body()).contains("expected 1 to 255 printable ASCII characters");
        assertThat(batch("[" + InjectionFixture.MINIMAL + "]", KEY, "x".repeat(256))
                        .pointer())
                .isEqualTo(KEY);
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void refusesTwoKeysForOneRequest() throws Exception {
        Answer two = api.post(InjectionFixture.MINIMAL, KEY, "a", KEY, "b");

        assertThat(two.pointer()).isEqualTo(KEY);
        assertThat(api.spool.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u00e9", "a\\tb"})
    void refusesAKeyInAnItemThatIsNone(String key) throws Exception {
        String item = InjectionFixture.MINIMAL.replace("}", ",\"idempotency_key\":\"" + key + "\"}");

        Answer answer = api.post("/v1/message/batch", "application/x-ndjson", BodyPublishers.ofString(item));

        assertThat(answer.json()
                        .path("problem")
                        .path("errors")
                        .path(0)
                        .path("pointer")
                        .asText())
                .isEqualTo("/idempotency_key");
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void answersARepeatThatWouldBeRefusedNow() throws Exception {
        Answer first = api.post(EXPIRING, KEY, "k");
        api.now = InjectionFixture.NOW.plus(Duration.ofHours(2));

        Answer again = api.post(EXPIRING, KEY, "k");
        Answer late = api.post(EXPIRING, KEY, "another");

        assertThat(again.status()).isEqualTo(202);
        assertThat(again.response().body()).isEqualTo(first.response().body());
        assertThat(late.status()).isEqualTo(422);
        assertThat(late.pointer()).isEqualTo("/expires_at");
    }

    @Test
    void answersARepeatedItemThatWouldBeRefusedNow() throws Exception {
        String own = EXPIRING.replace("}", ",\"idempotency_key\":\"mine\"}");
        Answer first = batch("[" + EXPIRING + "," + own + "]", KEY, "k");
        api.now = InjectionFixture.NOW.plus(Duration.ofHours(2));

        Answer again = batch("[" + EXPIRING + "," + own + "," + EXPIRING + "]", KEY, "k");

        for (int item = 0; item < 2; item++) {
            assertThat(result(again, item).path("replayed").asBoolean()).isTrue();
            assertThat(result(again, item).path("message"))
                    .isEqualTo(result(first, item).path("message"));
        }
        assertThat(result(again, 2)
                        .path("problem")
                        .path("errors")
                        .path(0)
                        .path("pointer")
                        .asText())
                .isEqualTo("/expires_at");
        assertThat(api.spool.all()).hasSize(2);
    }

    @Test
    void isFreeAgainAfterARequestThatWasRefused() throws Exception {
        Answer refused = api.post(InjectionFixture.MINIMAL.replace("b@y.example", "b"), KEY, "k");
        Answer mended = api.post(InjectionFixture.MINIMAL, KEY, "k");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(mended.status()).isEqualTo(202);
        assertThat(mended.header("Idempotent-Replayed")).isEmpty();
    }

    @Test
    void isNotUsedUpByADryRun() throws Exception {
        String dry = InjectionFixture.MINIMAL.replace("}", ",\"dry_run\":true}");

        assertThat(api.post(dry, KEY, "k").status()).isEqualTo(200);
        assertThat(api.post(InjectionFixture.MINIMAL, KEY, "k").status()).isEqualTo(202);
    }

    @Test
    void goesOnUnderTheSameIdsWhereAnOrderOfManyHadToStop() throws Exception {
        String recipients = IntStream.range(0, 20)
                .mapToObj(i -> "{\"to\":\"r" + i + "@y.example\"}")
                .collect(Collectors.joining(","));
        String order =
                "{\"from\":\"a@x.example\",\"subject\":\"s\",\"text\":\"t\",\"recipients\":[" + recipients + "]}";
        AtomicInteger asked = new AtomicInteger();
        api.spool.answerWith(() -> asked.incrementAndGet() == 5
                ? CompletableFuture.failedFuture(new IllegalStateException("disk"))
                : CompletableFuture.completedFuture(null));

        Answer stopped = api.post(order, KEY, "k");
        List<MessageId> before = ids();
        api.spool.forget();
        Answer mismatch = api.post(order.replace("\"t\"", "\"u\""), KEY, "k");
        Answer again = api.post(order, KEY, "k");

        assertThat(stopped.status()).isEqualTo(503);
        assertThat(before).hasSize(20);
        assertThat(mismatch.code()).isEqualTo("idempotency_mismatch");
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.json().path("recipients")).hasSize(20);
        assertThat(ids()).hasSameElementsAs(before);
    }

    private List<MessageId> ids() {
        return api.spool.all().stream().map(Spool.Message::id).toList();
    }
}
