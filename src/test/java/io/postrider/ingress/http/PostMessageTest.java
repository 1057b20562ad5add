package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.ingress.http.InjectionFixture.Answer;
import io.postrider.mail.MessageId;
import io.postrider.mail.SubmissionId;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostMessageTest {

    private final InjectionFixture api =
            new InjectionFixture("http { max-recipients = 10, max-body-size = 64 KiB, max-message-size = 32 KiB }");

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void takesTheFewFieldsThatAreNeeded() throws Exception {
        Answer answer = api.post(InjectionFixture.MINIMAL);
        Spool.Message message = api.spool.taken();
        String id = message.id().toString();

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Location")).isEqualTo("/v1/message/" + id);
        assertThat(answer.response().body())
                .isEqualTo("{\"id\":\"" + id + "\",\"status\":\"queued\",\"recipients\":[{\"id\":\"" + id
                        + ".0\",\"message_id\":\"" + id
                        + "\",\"email\":\"b@y.example\",\"status\":\"queued\"}],\"rejected\":[]}");
        Reference reference = message.references().get(0);
        assertThat(reference.sender().address()).isEqualTo("a@x.example");
        assertThat(reference.listener()).isEqualTo("http");
        assertThat(reference.owner()).isEmpty();
        assertThat(reference.recipients().get(0).notifyOn()).isEqualTo("OFF");
        assertThat(reference.sizeBytes()).isEqualTo(message.body().length);
        assertThat(new String(message.body(), StandardCharsets.US_ASCII))
                .startsWith("Received: from [127.0.0.1] ([127.0.0.1])\r\n\tby relay.example (Postrider) with HTTP id "
                        + id + "\r\n\tfor <b@y.example>;")
                .contains("\r\nFrom: a@x.example\r\n", "\r\nTo: b@y.example\r\n", "\r\nSubject: s\r\n")
                .contains(
                        "\r\nMessage-ID: <" + id + "@relay.example>\r\n",
                        "\r\nDate: Tue, 3 Feb 2026 04:05:06 +0000\r\n");
        assertThat(api.handOver.offered).hasSize(1);
    }

    @Test
    void answersOnlyAfterTheSpoolHasTheMessage() throws Exception {
        CompletableFuture<Void> safe = new CompletableFuture<>();
        api.spool.answerWith(() -> safe);

        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return api.post(InjectionFixture.MINIMAL);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        api.spool.taken();

        assertThat(answer).isNotDone();
        safe.complete(null);
        assertThat(answer.join().status()).isEqualTo(202);
    }

    @Test
    void takesEveryField() throws Exception {
        Answer answer = api.post(
                """
                {"from": "Ann <a@x.example>", "to": [{"email": "b@y.example", "name": "Bö"}, "c@Z.example"],
                 "cc": "d@y.example", "bcc": ["secret@y.example", "b@y.example"], "reply_to": "r@x.example",
                 "subject": "s", "text": "t", "html": "<p>t", "headers": {"X-My": "v"},
                 "attachments": [{"filename": "f.bin", "content_type": "application/pdf", "content": "AAEC\\/w=="}],
                 "envelope_from": "bounce@x.example", "tenant": "acme", "campaign": "c", "class": "k", "pool": "bulk",
                 "tags": ["t1", "t2"], "metadata": {"m": "1"}, "send_at": "2026-02-04T00:00:00+01:00",
                 "expires_at": "2026-02-05T00:00:00Z", "reports": true}""");
        Spool.Message message = api.spool.taken();
        Reference reference = message.references().get(0);

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(202);
        assertThat(answer.json().path("recipients").findValuesAsText("email"))
                .containsExactly("b@y.example", "c@Z.example", "d@y.example", "secret@y.example");
        assertThat(reference.sender().address()).isEqualTo("bounce@x.example");
        assertThat(reference.labels().tenant()).isEqualTo("acme");
        assertThat(reference.labels().campaign()).isEqualTo("c");
        assertThat(reference.labels().mailClass()).isEqualTo("k");
        assertThat(reference.labels().pool()).isEqualTo("bulk");
        assertThat(reference.labels().tags()).containsExactly("t1", "t2");
        assertThat(reference.labels().metadata()).isEqualTo(Map.of("m", "1"));
        assertThat(reference.notBefore()).contains(Instant.parse("2026-02-03T23:00:00Z"));
        assertThat(reference.expiresAt()).isEqualTo(Instant.parse("2026-02-05T00:00:00Z"));
        assertThat(reference.recipients().get(0).notifyOn()).isEmpty();
        assertThat(new String(message.body(), StandardCharsets.UTF_8))
                .contains("\r\nFrom: Ann <a@x.example>\r\n", "\r\nCc: d@y.example\r\n", "\r\nX-My: v\r\n", "AAEC/w==")
                .doesNotContain("secret", "Bcc");
    }

    @Test
    void makesAMessageForEachPersonalRecipientWithIdsThatTheSubmissionTells() throws Exception {
        Answer answer = api.post(
                """
                {"from": "a@x.example", "subject": "s", "text": "t", "metadata": {"m": "1", "n": "1"}, "recipients": [
                 {"to": "b@y.example", "name": "B", "metadata": {"n": "2"}}, {"to": "nobody"}, {"to": {"email": "c@y.example"}}]}""");
        SubmissionId submission = SubmissionId.maybe(
                        MessageId.parse(answer.json().path("id").asText()).orElseThrow())
                .orElseThrow();

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(202);
        assertThat(submission.messages()).isEqualTo(2);
        assertThat(answer.json().path("recipients").findValuesAsText("message_id"))
                .containsExactly(
                        submission.message(0).toString(), submission.message(1).toString());
        assertThat(answer.json().path("rejected").findValuesAsText("email")).containsExactly("nobody");
        List<Spool.Message> messages = api.spool.all();
        assertThat(messages)
                .extracting(Spool.Message::id)
                .containsExactly(submission.message(0), submission.message(1));
        assertThat(messages.get(0).references().get(0).labels().metadata()).isEqualTo(Map.of("m", "1", "n", "2"));
        assertThat(new String(messages.get(0).body(), StandardCharsets.US_ASCII))
                .contains("\r\nTo: B <b@y.example>\r\n");
        assertThat(new String(messages.get(1).body(), StandardCharsets.US_ASCII))
                .contains("\r\nTo: c@y.example\r\n");
    }

    @Test
    void rejectsWhomItCannotReachAndTakesTheOthers() throws Exception {
        Answer answer = api.post(
                "{\"from\":\"a@x.example\",\"to\":[\"b@y.example\",\"no address\"],\"subject\":\"s\",\"text\":\"t\"}");

        JsonNode rejected = answer.json().path("rejected").path(0);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(rejected.path("email").asText()).isEqualTo("no address");
        assertThat(rejected.path("code").asText()).isEqualTo("invalid_address");
        assertThat(api.rejections).hasSize(1);
        assertThat(api.message()).doesNotContain("no address");
    }

    @Test
    void refusesTheRequestWhenEveryRecipientIsRejected() throws Exception {
        Answer answer = api.post("{\"from\":\"a@x.example\",\"to\":[\"x\",\"<@>\"],\"text\":\"t\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.code()).isEqualTo("all_recipients_rejected");
        assertThat(answer.json().path("rejected")).hasSize(2);
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void checksEverythingAndStoresNothingInADryRun() throws Exception {
        Answer good = api.post(InjectionFixture.MINIMAL.replace("}", ",\"dry_run\":true}"));
        Answer bad =
                api.post(InjectionFixture.MINIMAL.replace("}", ",\"dry_run\":true,\"headers\":{\"Received\":\"x\"}}"));

        assertThat(good.status()).isEqualTo(200);
        assertThat(good.response().body())
                .isEqualTo(
                        "{\"status\":\"checked\",\"recipients\":[{\"email\":\"b@y.example\",\"status\":\"checked\"}],"
                                + "\"rejected\":[]}");
        assertThat(bad.status()).isEqualTo(422);
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void writesInternationalDomainsAsALabelsInTheEnvelope() throws Exception {
        api.post("{\"from\":\"a@bücher.example\",\"to\":\"b@例え.example\",\"text\":\"t\"}");
        Reference ascii = api.spool.taken().references().get(0);
        api.post("{\"from\":\"a@x.example\",\"to\":\"用户@y.example\",\"text\":\"t\"}");
        Reference utf8 = api.spool.taken().references().get(0);

        assertThat(ascii.sender().address()).isEqualTo("a@xn--bcher-kva.example");
        assertThat(ascii.recipients().get(0).mailbox().address()).isEqualTo("b@xn--r8jz45g.example");
        assertThat(ascii.needs()).isEqualTo(Reference.Needs.NOTHING);
        assertThat(utf8.needs().smtpUtf8()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'from':'a@x.example','to':'b@y.example','colour':1}|/colour",
                "{'to':'b@y.example'}|/from",
                "{'from':'a@x.example'}|/to",
                "{'from':'nobody','to':'b@y.example'}|/from",
                "{'from':{'email':'a@x.example','nick':'x'},'to':'b@y.example'}|/from/nick",
                "{'from':'a@x.example','to':'b@y.example','recipients':[{'to':'c@y.example'}]}|/recipients",
                "{'from':'a@x.example','to':[1]}|/to/0",
                "{'from':'a@x.example','to':['1@y','2@y','3@y','4@y','5@y','6@y','7@y','8@y','9@y','10@y','11@y']}|/to",
                "{'from':'a@x.example','to':'b@y.example','subject':'a\\r\\nBcc: c@z.example'}|/subject",
                "{'from':'a\\r\\nBcc: c@z.example','to':'b@y.example'}|/from",
                "{'from':{'email':'a@x.example','name':'n\\nX: y'},'to':'b@y.example'}|/from/name",
                "{'from':'a@x.example','to':'b@y.example\\r\\nDATA'}|/to",
                "{'from':'a@x.example','to':'b@y.example','cc':{'email':'c@y.example\\u0000'}}|/cc/email",
                "{'from':'a@x.example','to':'b@y.example','reply_to':'x\\ny'}|/reply_to",
                "{'from':'a@x.example','to':'b@y.example','envelope_from':'x@y.example\\r\\n'}|/envelope_from",
                "{'from':'a@x.example','to':'b@y.example','headers':{'X-A':'1\\r\\n2'}}|/headers/X-A",
                "{'from':'a@x.example','to':'b@y.example','headers':{'X-A\\r\\nB':'1'}}|/headers",
                "{'from':'a@x.example','to':'b@y.example','headers':{'To':'c@z.example'}}|/headers/To",
                "{'from':'a@x.example','to':'b@y.example','headers':{'X-Postrider-Tenant':'c'}}|/headers/X-Postrider-Tenant",
                "{'from':'a@x.example','to':'b@y.example','tenant':'a\\nb'}|/tenant",
                "{'from':'a@x.example','to':'b@y.example','tags':['a\\rb']}|/tags/0",
                "{'from':'a@x.example','to':'b@y.example','metadata':{'k':'a\\nb'}}|/metadata/k",
                "{'from':'a@x.example','to':'b@y.example','attachments':[{'filename':'a\\r\\nb','content':''}]}|/attachments/0/filename",
                "{'from':'a@x.example','to':'b@y.example','attachments':[{'content_type':'a/b\\r\\nX: y','content':''}]}|/attachments/0/content_type",
                "{'from':'a@x.example','to':'b@y.example','attachments':[{'content_id':'a\\nb','content':''}]}|/attachments/0/content_id",
                "{'from':'a@x.example','to':'b@y.example','attachments':[{'filename':'a'}]}|/attachments/0/content",
                "{'from':'a@x.example','to':'b@y.example','attachments':[{'content':'!!'}]}|/attachments/0/content",
                "{'from':'a@x.example','to':'b@y.example','pool':'other'}|/pool",
                "{'from':'a@x.example','to':'b@y.example','send_at':'tomorrow'}|/send_at",
                "{'from':'a@x.example','to':'b@y.example','send_at':'2027-01-01T00:00:00Z'}|/send_at",
                "{'from':'a@x.example','to':'b@y.example','expires_at':'2026-01-01T00:00:00Z'}|/expires_at",
                "{'from':'a@x.example','to':'b@y.example','expires_at':'2026-02-04T00:00:00Z','send_at':'2026-02-05T00:00:00Z'}|/expires_at",
                "{'from':'a@x.example','to':'b@y.example','dry_run':1}|/dry_run",
                "{'from':'a@x.example','to':'b@y.example','template_dialect':'perl'}|/template_dialect",
                "{'from':'a@x.example','to':'b@y.example','idempotency_key':'k'}|/idempotency_key",
                "[]|''",
            })
    void namesTheFieldThatIsWrong(String json, String pointer) throws Exception {
        Answer answer = api.post(json.replace('\'', '"'));

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(422);
        assertThat(answer.code()).isEqualTo("invalid_request");
        assertThat(answer.pointer()).isEqualTo(pointer);
        assertThat(api.spool.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "nonsense",
                "{\"from\":\"a@x.example\",\"from\":\"b@x.example\"}",
                "{} {}",
                "{\"recipients\":[{\"to\":\"b@y\",\"substitutions\":{\"a\":1"
                        + "00000000000000000000000000000000000000000000"
                        + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000}}]}",
            })
    void refusesWhatIsNoJson(String body) throws Exception {
        Answer answer = api.post(body);

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("malformed_json");
    }

    @Test
    void refusesJsonThatIsNestedTooDeeply() throws Exception {
        assertThat(api.post("[".repeat(10_000)).status()).isEqualTo(400);
        assertThat(api.post("{\"recipients\":[{\"substitutions\":" + "{\"a\":".repeat(1000))
                        .code())
                .isEqualTo("malformed_json");
    }

    @Test
    void namesAllFaultsAtOnceUpToABound() throws Exception {
        Answer answer = api.post("{\"a\":1,\"b\":2,\"from\":3}");

        assertThat(answer.json().path("errors").findValuesAsText("pointer"))
                .containsExactly("/a", "/b", "/from", "/from", "/to");
    }

    @Test
    void refusesOtherTypesAndCompressedBodies() throws Exception {
        Answer type = api.post("/v1/message", "text/plain", BodyPublishers.ofString("x"));
        Answer encoding = api.post(InjectionFixture.MINIMAL, "Content-Encoding", "gzip");

        assertThat(type.status()).isEqualTo(415);
        assertThat(type.code()).isEqualTo("unsupported_media_type");
        assertThat(encoding.status()).isEqualTo(415);
        assertThat(encoding.code()).isEqualTo("unsupported_encoding");
    }

    @Test
    void refusesBodiesAndMessagesThatAreTooLarge() throws Exception {
        String text = InjectionFixture.MINIMAL.replace("\"t\"", "\"" + "x".repeat(40_000) + "\"");

        Answer message = api.post(text);
        Answer announced = api.post(" ".repeat(65_537));
        Answer chunked = api.post(
                "/v1/message",
                "application/json",
                BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(new byte[100_000])));

        for (Answer answer : List.of(message, announced, chunked)) {
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.code()).isEqualTo("body_too_large");
        }
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void answers503WithRetryAfterWhileTooMuchWaits() throws Exception {
        api.handOver.congested = true;
        Answer congested = api.post(InjectionFixture.MINIMAL);
        api.handOver.congested = false;
        api.spool.answerWith(() -> CompletableFuture.failedFuture(new IllegalStateException("disk")));
        Answer failed = api.post(InjectionFixture.MINIMAL);

        for (Answer answer : List.of(congested, failed)) {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("overloaded");
            assertThat(answer.header("Retry-After")).isEqualTo("5");
        }
    }

    @Test
    void doesOnceWhatIsAskedTwiceUnderOneKey() throws Exception {
        Answer first = api.post(InjectionFixture.MINIMAL, "Idempotency-Key", "k");
        Answer again = api.post(InjectionFixture.MINIMAL, "Idempotency-Key", "k");
        Answer other = api.post(InjectionFixture.MINIMAL.replace("\"s\"", "\"u\""), "Idempotency-Key", "k");
        Answer noKey = api.post(InjectionFixture.MINIMAL, "Idempotency-Key", "x".repeat(256));

        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.response().body()).isEqualTo(first.response().body());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("idempotency_mismatch");
        assertThat(noKey.pointer()).isEqualTo("Idempotency-Key");
        assertThat(api.spool.all()).hasSize(1);
    }

    @Test
    void answers409WhileTheFirstRequestOfAKeyIsWorkedOn() throws Exception {
        CompletableFuture<Void> safe = new CompletableFuture<>();
        api.spool.answerWith(() -> safe);
        CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> {
            try {
                return api.post(InjectionFixture.MINIMAL, "Idempotency-Key", "k");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        api.spool.taken();

        Answer second = api.post(InjectionFixture.MINIMAL, "Idempotency-Key", "k");

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.code()).isEqualTo("idempotency_in_flight");
        safe.complete(null);
        assertThat(first.join().status()).isEqualTo(202);
    }
}
