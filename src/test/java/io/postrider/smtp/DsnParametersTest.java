package io.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What senders ask of reports (RFC 3461), on its way in. */
class DsnParametersTest {

    private static final ServerTerms SILENT = new ServerTerms(
            "relay.example", AddressSyntax.LENIENT, BareNewline.NORMALISE, 1000, 3, 0, 512, 20, 100, false);

    @Test
    void keepsTheWishesWithTheMessageAndEachRecipient() {
        ServerTranscript transcript = ServerTranscript.of("EHLO c\r\nMAIL FROM:<a@x> RET=hdrs SIZE=9 ENVID=q+2Bw\r\n"
                + "RCPT TO:<b@x> NOTIFY=failure,SUCCESS ORCPT=rfc822;B+2Btag@x\r\nRCPT TO:<c@x>\r\n"
                + "RCPT TO:<d@x> NOTIFY=NEVER\r\nDATA\r\nhello\r\n.\r\n");

        assertThat(transcript.messages.get(0).dsn())
                .isEqualTo(new Dsn(
                        "HDRS",
                        "q+2Bw",
                        List.of(
                                new Dsn.Wish("SUCCESS,FAILURE", "rfc822;B+2Btag@x"),
                                Dsn.Wish.NONE,
                                new Dsn.Wish("NEVER", ""))));
    }

    @Test
    void asksForNothingUnlessTheClientDoes() {
        ServerTranscript transcript =
                ServerTranscript.of("EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nhello\r\n.\r\n");

        assertThat(transcript.messages.get(0).dsn()).isEqualTo(Dsn.NONE);
    }

    @Test
    void wantsNoReportsOfOursWhereTheyAreOff() {
        ServerTranscript transcript = new ServerTranscript(SILENT, true)
                .whole("EHLO c\r\nMAIL FROM:<a@x> RET=FULL\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x> NOTIFY=SUCCESS\r\n"
                        + "RCPT TO:<b@x>\r\nDATA\r\nhello\r\n.\r\n");

        assertThat(transcript.replies()).doesNotContain("DSN").contains("555 5.5.4 Parameter not known");
        assertThat(transcript.messages.get(0).dsn()).isEqualTo(Dsn.silence(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RET",
                "RET=",
                "RET=BODY",
                "RET=FULL RET=FULL",
                "ENVID",
                "ENVID=",
                "ENVID=a=b",
                "ENVID=a+2b",
                "ENVID=a+",
                "ENVID=a+0A",
                "ENVID=+E4",
                "ENVID=1 ENVID=1"
            })
    void refusesNonsenseAtMail(String parameters) {
        ServerTranscript transcript = ServerTranscript.of("EHLO c\r\nMAIL FROM:<a@x> " + parameters + "\r\n");

        assertThat(transcript.lastReply()).startsWith("501 5.5.4 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOTIFY", "NOTIFY=", "NOTIFY=NEVER,FAILURE", "NOTIFY=FAILURE,FAILURE", "NOTIFY=FAILURE,",
                        "NOTIFY=,DELAY",
                "NOTIFY=ALWAYS", "NOTIFY=DELAY NOTIFY=DELAY", "ORCPT", "ORCPT=b@x", "ORCPT=;b@x", "ORCPT=rfc822;",
                "ORCPT=rfc822;b+2x", "ORCPT=rf c822;b", "ORCPT=rfc822;b=c@x", "ORCPT=rfc822;b@x ORCPT=rfc822;b@x"
            })
    void refusesNonsenseAtRcpt(String parameters) {
        ServerTranscript transcript =
                ServerTranscript.of("EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x> " + parameters + "\r\n");

        assertThat(transcript.lastReply()).containsAnyOf("501 5.5.4 ", "555 5.5.4 ");
        assertThat(transcript.replies()).doesNotContain("Recipient OK");
    }

    @ParameterizedTest
    @CsvSource({"ENVID=,100,250", "ENVID=,101,501"})
    void boundsTheEnvelopeId(String name, int length, String code) {
        ServerTranscript transcript =
                ServerTranscript.of("EHLO c\r\nMAIL FROM:<a@x> " + name + "x".repeat(length) + "\r\n");

        assertThat(transcript.lastReply()).startsWith(code);
    }

    @Test
    void takesAddressesOfRfc6533() {
        ServerTranscript transcript = ServerTranscript.of("EHLO c\r\nMAIL FROM:<a@x> SMTPUTF8\r\n"
                + "RCPT TO:<b@x> ORCPT=utf-8;\\x{E4}b@x\r\nDATA\r\nhello\r\n.\r\n");

        assertThat(transcript.messages.get(0).dsn().recipient(0).originalRecipient())
                .isEqualTo("utf-8;\\x{E4}b@x");
    }
}
