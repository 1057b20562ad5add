package io.postrider.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.bounce.DeliveryReport.Action;
import io.postrider.bounce.DeliveryReport.Ending;
import io.postrider.bounce.DeliveryReport.Returned;
import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Reports are read back by Python's email package, which knows nothing of ours. */
class ReportMessageTest {

    private static final Instant AT = Instant.parse("2030-01-01T00:05:00Z");
    private static final MessageId ABOUT = new MessageId((AT.toEpochMilli() - 300_000) << 16 | 0x7001L, Long.MIN_VALUE);
    private static final Reply NO_USER = new Reply(
            550, io.postrider.mail.EnhancedCode.parse("5.1.1"), List.of("No such user here,", "w\u00f6rtlich \u0007"));
    private static final String MESSAGE = "From: a@example.org\r\nSubject: hello\r\n\r\nbody\r\n";

    private static final String READ =
            """
            import sys, email, email.policy
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            def show(*words): print('|'.join(str(word) for word in words))
            show('type', m.get_content_type(), m.get_param('report-type'))
            show('head', m['From'], m['To'], m['Subject'], m['Auto-Submitted'], m['Date'], m['Message-ID'])
            parts = list(m.iter_parts())
            show('parts', *[p.get_content_type() for p in parts])
            show('defects', sum(len(p.defects) for p in m.walk()))
            show('words', parts[0].get_content().replace('\\n', ' '))
            for block in parts[1].get_payload():
                for name, value in block.items():
                    show('field', name, ' '.join(str(value).split()))
            third = parts[2].get_payload()
            show('third', third[0]['Subject'] if isinstance(third, list) else ' '.join(third.split()))
            show('bodies', third[0].get_payload(decode=True) if isinstance(third, list) else '')
            """;

    @Test
    void isReadByOthersAsMeant() throws Exception {
        String read = read(ReportMessage.of(report(failed(NO_USER), whole(MESSAGE))));

        assertThat(read)
                .contains("type|multipart/report|delivery-status")
                .contains("head|Mail Delivery System <MAILER-DAEMON@relay.example>|a@example.org|"
                        + "Your message could not be delivered|auto-replied|Tue, 01 Jan 2030 00:05:00 +0000|")
                .contains("parts|text/plain|message/delivery-status|message/rfc822")
                .contains("defects|0")
                .contains("There is no such mailbox.")
                .contains("mx.example.net said: 550 5.1.1 No such user here, w\u00f6rtlich ?")
                .contains("field|Reporting-MTA|dns; relay.example")
                .contains("field|Original-Envelope-Id|a+b")
                .contains("field|Arrival-Date|Tue, 1 Jan 2030 00:00:00 +0000")
                .contains("field|Original-Recipient|rfc822; User+tag@example.net")
                .contains("field|Final-Recipient|rfc822; user@example.net")
                .contains("field|Action|failed")
                .contains("field|Status|5.1.1")
                .contains("field|Remote-MTA|dns; mx.example.net")
                .contains("field|Diagnostic-Code|smtp; 550 5.1.1 No such user here, w?rtlich ?")
                .contains("field|Last-Attempt-Date|Tue, 1 Jan 2030 00:05:00 +0000")
                .contains("third|hello")
                .contains("bodies|b'body\\r\\n'");
    }

    @Test
    void givesTheSameBytesForTheSameFacts() {
        assertThat(ReportMessage.of(report(failed(NO_USER), whole(MESSAGE))))
                .isEqualTo(ReportMessage.of(report(failed(NO_USER), whole(MESSAGE))));
    }

    @Test
    void isAsciiUnlessWhatItReturnsIsNot() throws Exception {
        byte[] plain = ReportMessage.of(report(failed(NO_USER), whole(MESSAGE)));
        byte[] eight = ReportMessage.of(report(failed(NO_USER), whole(MESSAGE.replace("body", "k\u00f6rper"))));

        assertThat(new String(plain, StandardCharsets.ISO_8859_1)).matches("\\p{ASCII}*");
        assertThat(new String(eight, StandardCharsets.UTF_8))
                .contains("Content-Transfer-Encoding: 8bit", "k\u00f6rper");
        assertThat(read(eight)).contains("bodies|b'k\\xc3\\xb6rper\\r\\n'").contains("defects|0");
    }

    @Test
    void writesAddressesOutsideAsciiSoThatAnyServerTakesThem() throws Exception {
        Ending ending = new Ending(
                Mailbox.of("j\u00fcrgen@b\u00fccher.example"), "", Action.FAILED, NO_USER, "", true, Optional.empty());

        byte[] bytes = ReportMessage.of(report(ending, new Returned(header("Subject: \u00fc\r\n\r\n"), false, true)));

        assertThat(read(bytes))
                .contains("field|Final-Recipient|utf-8; j\\x{FC}rgen@b\\x{FC}cher.example")
                .contains("field|Status|5.4.7")
                .contains("field|Diagnostic-Code|x-postrider; 550 5.1.1")
                .contains("<j\u00fcrgen@b\u00fccher.example>")
                .contains("parts|text/plain|message/delivery-status|message/global-headers");
    }

    @Test
    void tellsWhatWasPassedOnAndWhatIsLate() throws Exception {
        Ending relayed = new Ending(
                Mailbox.of("u@example.net"),
                "",
                Action.RELAYED,
                Reply.of(250, "2.0.0", "OK"),
                "mx.example.net",
                false,
                Optional.empty());
        Ending delayed = new Ending(
                Mailbox.of("v@example.net"),
                "",
                Action.DELAYED,
                new Reply(451, Optional.empty(), List.of("later")),
                "mx.example.net",
                false,
                Optional.of(AT.plusSeconds(86_400)));

        assertThat(read(ReportMessage.of(report(relayed, new Returned(header(MESSAGE), false, false)))))
                .contains("Your message was passed on", "field|Action|relayed", "field|Status|2.0.0")
                .contains("third|From: a@example.org Subject: hello");
        assertThat(read(ReportMessage.of(report(delayed, new Returned(header(MESSAGE), false, false)))))
                .contains("Your message is delayed", "field|Action|delayed", "field|Status|4.0.0")
                .contains("field|Will-Retry-Until|Wed, 2 Jan 2030 00:05:00 +0000");
    }

    @Test
    void keepsEveryLineShort() {
        Reply endless = Reply.of(550, "5.7.1", "word ".repeat(5000) + "x".repeat(5000));

        String text =
                new String(ReportMessage.of(report(failed(endless), whole(MESSAGE))), StandardCharsets.ISO_8859_1);

        assertThat(text.split("\r\n", -1)).allMatch(line -> line.length() <= 998);
        assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
    }

    @Test
    void namesTheReportAfterItsCause() {
        MessageId id = ReportId.of(ABOUT, Domain.of("example.net"), 0, AT);

        assertThat(id).isEqualTo(ReportId.of(ABOUT, Domain.of("example.net"), 0, AT));
        assertThat(id.acceptedAt()).isEqualTo(AT);
        assertThat(id.toString().charAt(14)).isEqualTo('7');
        assertThat(List.of(
                        ReportId.of(ABOUT, Domain.of("example.net"), 1, AT),
                        ReportId.of(ABOUT, Domain.of("example.com"), 0, AT)))
                .doesNotContain(id);
    }

    private static DeliveryReport report(Ending ending, Returned returned) {
        return new DeliveryReport(
                ReportId.of(ABOUT, Domain.of("example.net"), 0, AT),
                "relay.example",
                "MAILER-DAEMON@relay.example",
                Mailbox.of("a@example.org"),
                ABOUT,
                "a+2Bb",
                AT,
                List.of(ending),
                returned,
                false);
    }

    private static Ending failed(Reply reply) {
        return new Ending(
                Mailbox.of("user@example.net"),
                "rfc822;User+2Btag@example.net",
                Action.FAILED,
                reply,
                "mx.example.net",
                false,
                Optional.empty());
    }

    private static Returned whole(String message) {
        return new Returned(message.getBytes(StandardCharsets.UTF_8), true, false);
    }

    private static byte[] header(String header) {
        return header.substring(0, header.indexOf("\r\n\r\n") + 2).getBytes(StandardCharsets.UTF_8);
    }

    private static String read(byte[] report) throws Exception {
        Process python = new ProcessBuilder("python3", "-X", "utf8", "-c", READ)
                .redirectErrorStream(true)
                .start();
        python.getOutputStream().write(report);
        python.getOutputStream().close();
        String read = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(python.exitValue()).as(read).isZero();
        return read;
    }
}
