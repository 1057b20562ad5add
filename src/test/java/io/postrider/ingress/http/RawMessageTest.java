package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.ingress.http.InjectionFixture.Answer;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RawMessageTest {

    private final InjectionFixture api = new InjectionFixture("");

    @AfterEach
    void close() {
        api.close();
    }

    private Answer raw(String message, String... headers) throws Exception {
        return api.post(
                "/v1/message",
                "message/rfc822",
                BodyPublishers.ofString(message, StandardCharsets.ISO_8859_1),
                headers);
    }

    @Test
    void keepsTheMessageAndPutsItsTraceInFront() throws Exception {
        Answer answer = raw(
                "From: a@x\nBcc: c@y\n secret@y\nX-Postrider-Tenant: acme\nSubject: s\n\nline\rline\r\nend",
                "X-Envelope-From",
                "<bounce@x.example>",
                "X-Envelope-To",
                "b@y.example, \"c,d\"@y.example",
                "X-Envelope-To",
                "Ed <e@z.example>",
                "X-Postrider-Campaign",
                "spring");
        Spool.Message message = api.spool.taken();
        Reference reference = message.references().get(0);

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(202);
        assertThat(answer.json().path("recipients").findValuesAsText("email"))
                .containsExactly("b@y.example", "\"c,d\"@y.example", "e@z.example");
        assertThat(reference.sender().address()).isEqualTo("bounce@x.example");
        assertThat(reference.labels().tenant()).isEqualTo("acme");
        assertThat(reference.labels().campaign()).isEqualTo("spring");
        assertThat(new String(message.body(), StandardCharsets.US_ASCII))
                .startsWith("Received: from [127.0.0.1] ([127.0.0.1])\r\n")
                .contains("with HTTP id ", "Message-ID: <" + message.id() + "@relay.example>\r\n")
                .endsWith(">\r\nFrom: a@x\r\nSubject: s\r\n\r\nline\r\nline\r\nend\r\n")
                .doesNotContain("secret", "Bcc", "X-Postrider", "for <");
    }

    @Test
    void takesTheNullSender() throws Exception {
        raw("A: b\r\n\r\n", "X-Envelope-From", "<>", "X-Envelope-To", "b@y.example");

        assertThat(api.spool.taken().references().get(0).sender().isNullSender())
                .isTrue();
    }

    @Test
    void saysWhatTheNextServerMustOffer() throws Exception {
        raw("A: b\r\n\r\n\u00e9", "X-Envelope-From", "a@x.example", "X-Envelope-To", "b@y.example");
        raw("A: \u00e9\r\n\r\n", "X-Envelope-From", "a@x.example", "X-Envelope-To", "b@y.example");

        assertThat(api.spool.taken().references().get(0).needs()).isEqualTo(new Reference.Needs(true, false));
        assertThat(api.spool.taken().references().get(0).needs()).isEqualTo(new Reference.Needs(true, true));
    }

    @Test
    void namesTheFieldOfTheEnvelopeThatIsMissingOrWrong() throws Exception {
        assertThat(raw("A: b\r\n\r\n", "X-Envelope-To", "b@y.example").pointer())
                .isEqualTo("X-Envelope-From");
        assertThat(raw("A: b\r\n\r\n", "X-Envelope-From", "a@x.example").pointer())
                .isEqualTo("X-Envelope-To");
        assertThat(raw("A: b\r\n\r\n", "X-Envelope-From", "nobody", "X-Envelope-To", "b@y.example")
                        .pointer())
                .isEqualTo("X-Envelope-From");
        assertThat(raw("A: b\r\n\r\n", "X-Envelope-From", "a@x.example", "X-Envelope-To", "nobody")
                        .code())
                .isEqualTo("all_recipients_rejected");
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void refusesLoopsAndLargeHeadersAndInstructionsThatItCannotFollow() throws Exception {
        String[] envelope = {"X-Envelope-From", "a@x.example", "X-Envelope-To", "b@y.example"};

        assertThat(raw("Received: x\r\n".repeat(101) + "\r\n", envelope).status())
                .isEqualTo(422);
        assertThat(raw("A: " + "x".repeat(30_000) + "\r\n\r\n", envelope).status())
                .isEqualTo(413);
        assertThat(raw("X-Postrider-Pool: nowhere\r\n\r\n", envelope).status()).isEqualTo(422);
        assertThat(api.spool.all()).isEmpty();
    }
}
