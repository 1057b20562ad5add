package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.event.QueueEvent.Ending;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.mail.Reply;
import io.postrider.mail.TlsWish;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.queue.LateMessage;
import io.postrider.queue.OwedReport;
import io.postrider.queue.ReportSettings;
import io.postrider.signing.Signing;
import io.postrider.spool.Labels;
import io.postrider.spool.MemorySpool;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.ReferenceRelease;
import io.postrider.spool.Spool;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SenderReportsTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Domain THERE = Domain.of("there.example");
    private static final Reply NO_USER = Reply.of(550, "5.1.1", "No such user");
    private static final Via VIA = new Via("site", "mx.there.example", "192.0.2.1", "default", Via.Tls.NONE);

    private final MemorySpool spool = new MemorySpool();
    private final MessageIds ids = new MessageIds(InstantSource.fixed(NOW));
    private final List<Reference> offered = new ArrayList<>();
    private final Meters meters = new Meters(new MetricsSettings(0));
    private long nanos = 1;

    private final HandOver handOver = new HandOver() {
        @Override
        public void offer(List<Reference> references) {
            offered.addAll(references);
        }

        @Override
        public boolean isCongested() {
            return true;
        }
    };
    private SenderReports reports = reports(10);

    @Test
    void queuesAReportFromNobodyToTheSender() {
        MessageId id = accepted("a@here.example", "", "", 10, "");

        assertThat(report(bounced(id, 0))).containsExactly(new Report(id, List.of(0), Ending.QUEUED));

        Reference reference = offered.get(0);
        assertThat(offered).hasSize(1);
        assertThat(reference.sender().isNullSender()).isTrue();
        assertThat(reference.domain()).isEqualTo(Domain.of("here.example"));
        assertThat(reference.recipients()).containsExactly(Recipient.of(0, Mailbox.of("a@here.example")));
        assertThat(reference.labels().mailClass()).isEqualTo("report");
        assertThat(reference.labels().tenant()).isEqualTo("acme");
        assertThat(reference.labels().metadata()).isEqualTo(Map.of("report-about", id.toString()));
        assertThat(reference.needs()).isEqualTo(Reference.Needs.NOTHING);
        assertThat(body(reference))
                .startsWith("From: Mail Delivery System <MAILER-DAEMON@relay.example>\r\nTo: <a@here.example>\r\n")
                .contains("Content-Type: message/rfc822", "Final-Recipient: rfc822; u0@there.example");
        assertThat(meters.expose()).contains("postrider_accepted_total 1", "postrider_reports_total 1");
    }

    @Test
    void makesNoReportASecondTimeNotEvenAfterItsDelivery() {
        MessageId id = accepted("a@here.example", "", "", 10, "");
        report(bounced(id, 0));
        spool.release(List.of(
                new ReferenceRelease(Domain.of("here.example"), offered.get(0).message(), 1)));

        assertThat(reports(10)
                        .report(THERE, List.of(bounced(id, 0)))
                        .toCompletableFuture()
                        .join())
                .containsExactly(new Report(id, List.of(0), Ending.QUEUED));

        assertThat(offered).hasSize(1);
        assertThat(spool.bodies()).isEqualTo(1);
    }

    @Test
    void waivesWhatNobodyWantsToHear() {
        MessageId nobody = accepted("", "", "", 10, "");
        MessageId never = accepted("a@here.example", "NEVER", "", 10, "");
        MessageId success = accepted("a@here.example", "SUCCESS,DELAY", "", 10, "");
        MessageId off = accepted("a@here.example", "OFF", "", 10, "");
        MessageId gone = ids.next();

        assertThat(report(
                        bounced(nobody, 0), bounced(never, 0), bounced(success, 0), bounced(off, 0), bounced(gone, 0)))
                .extracting(Report::ending)
                .containsOnly(Ending.WAIVED)
                .hasSize(5);

        assertThat(offered).isEmpty();
    }

    @Test
    void tellsOfWhatWasPassedOnWhenAskedTo() {
        MessageId id = accepted("a@here.example", "SUCCESS", "", 10, "");
        Result delivered = new Result(0, Kind.DELIVERED, Reply.of(250, "2.0.0", "OK"), false, true);

        report(new OwedReport(id, Optional.of(VIA), List.of(delivered), NOW));

        assertThat(body(offered.get(0))).contains("Action: relayed", "Status: 2.0.0", "text/rfc822-headers");
    }

    @Test
    void returnsTheHeaderAloneOfWhatIsLargeOrWhenAskedTo() {
        MessageId large = accepted("a@here.example", "", "", 60_000, "");
        MessageId headers = accepted("a@here.example", "", "HDRS", 10, "");
        MessageId whole = accepted("a@here.example", "", "FULL", 40_000, "");

        report(bounced(large, 0), bounced(headers, 0), bounced(whole, 0));

        assertThat(body(offered.get(0)))
                .contains("text/rfc822-headers", "Subject: hi")
                .doesNotContain("xxxx");
        assertThat(body(offered.get(1)))
                .contains("text/rfc822-headers", "Subject: hi")
                .doesNotContain("xxxx");
        assertThat(body(offered.get(2))).contains("message/rfc822", "xxxx");
    }

    @Test
    void needsEightBitWhereItReturnsIt() {
        report(bounced(accepted("a@here.example", "", "", 10, "K\u00f6rper"), 0));

        assertThat(offered.get(0).needs()).isEqualTo(new Reference.Needs(true, false));
    }

    /** RFC 8689 §5: "If both RET=FULL and REQUIRETLS are present, the RET=FULL MUST be disregarded." */
    @Test
    void protectsAReportAsTheMessageThatItIsAboutAndReturnsItsHeaderAlone() {
        MessageId id = accepted("a@here.example", "", "FULL", 10, "", TlsWish.REQUIRED);

        report(bounced(id, 0));
        late(id);
        report(bounced(accepted("a@here.example", "", "FULL", 10, "", TlsWish.OPTIONAL), 0));

        assertThat(offered)
                .extracting(reference -> reference.needs().tls())
                .containsExactly(TlsWish.REQUIRED, TlsWish.REQUIRED, TlsWish.OPTIONAL);
        assertThat(body(offered.get(0)))
                .contains("text/rfc822-headers", "Subject: hi")
                .doesNotContain("xxxx", "TLS-Required");
        assertThat(body(offered.get(2))).contains("xxxx", "\r\nTLS-Required: No\r\n");
    }

    @Test
    void stopsAtTheSendersShareForAnHour() {
        reports = reports(2);
        for (int i = 0; i < 3; i++) {
            report(bounced(accepted("A@here.example", "", "", 10, ""), 0));
        }
        assertThat(report(bounced(accepted("a@here.example", "", "", 10, ""), 0))
                        .get(0)
                        .ending())
                .isEqualTo(Ending.SUPPRESSED);
        assertThat(report(bounced(accepted("b@here.example", "", "", 10, ""), 0))
                        .get(0)
                        .ending())
                .isEqualTo(Ending.QUEUED);
        assertThat(meters.expose()).contains("postrider_reports_suppressed_total 2");

        nanos += Duration.ofHours(1).toNanos();

        assertThat(report(bounced(accepted("a@here.example", "", "", 10, ""), 0))
                        .get(0)
                        .ending())
                .isEqualTo(Ending.QUEUED);
    }

    @Test
    void tellsOnceOfMailThatIsLateAndStillOfItsFailure() {
        MessageId id = accepted("a@here.example", "", "", 10, "");

        assertThat(late(id)).containsExactly(id);
        assertThat(late(id)).containsExactly(id);
        assertThat(offered).hasSize(1);
        assertThat(body(offered.get(0)))
                .contains("Subject: Your message is delayed", "Action: delayed", "Status: 4.7.1", "text/rfc822-headers")
                .contains("The last answer was: 451 4.7.1 Later", "Will-Retry-Until: Fri, 4 Jan 2030 00:00:00 +0000");

        assertThat(report(bounced(id, 0)).get(0).ending()).isEqualTo(Ending.QUEUED);
        assertThat(offered).hasSize(2);
    }

    @Test
    void tellsOfLateMailOnlyWhoWantsToHear() {
        MessageId nobody = accepted("", "", "", 10, "");
        MessageId failures = accepted("a@here.example", "SUCCESS,FAILURE", "", 10, "");
        MessageId off = accepted("a@here.example", "OFF", "", 10, "");
        MessageId gone = ids.next();
        assertThat(late(nobody, failures, off, gone)).containsExactly(nobody, failures, off, gone);
        assertThat(offered).isEmpty();

        late(accepted("a@here.example", "DELAY", "", 10, ""));

        assertThat(offered).hasSize(1);
    }

    @Test
    void asksForLateMailAgainWhenTheSpoolCouldNotTakeTheReport() {
        MessageId id = accepted("a@here.example", "", "", 10, "");
        spool.failWith(new IllegalStateException("full"));

        assertThat(late(id)).isEmpty();
    }

    private List<MessageId> late(MessageId... messages) {
        List<LateMessage> late = new ArrayList<>();
        for (MessageId message : messages) {
            Reply last = Reply.of(451, "4.7.1", "Later");
            late.add(new LateMessage(message, List.of(0), last, NOW.plus(Duration.ofDays(3)), NOW));
        }
        return reports.late(THERE, late).toCompletableFuture().join();
    }

    @Test
    void takesNothingOfAShareForWhatWasNotMade() {
        reports = reports(1);
        MessageId id = accepted("a@here.example", "", "", 10, "");
        spool.failWith(new IllegalStateException("full"));
        report(bounced(id, 0));
        spool.mend();

        assertThat(report(bounced(id, 0)).get(0).ending()).isEqualTo(Ending.QUEUED);
        assertThat(report(bounced(accepted("a@here.example", "", "", 10, ""), 0))
                        .get(0)
                        .ending())
                .isEqualTo(Ending.SUPPRESSED);
    }

    @Test
    void leavesOutOfTheAnswerWhatTheSpoolCouldNotTake() {
        MessageId id = accepted("a@here.example", "", "", 10, "");
        spool.failWith(new IllegalStateException("full"));
        assertThat(report(bounced(id, 0))).isEmpty();

        spool.mend();
        assertThat(report(bounced(id, 0))).hasSize(1);
    }

    private SenderReports reports(int perSender) {
        return new SenderReports(
                new ReportSettings("", perSender, 100, 10, 100, 50 << 10, Duration.ofHours(4)),
                "relay.example",
                Duration.ofDays(5),
                spool,
                CompletableFuture.completedFuture(handOver),
                new ReportShares(perSender, 100, () -> nanos),
                Signing.NONE,
                meters);
    }

    private List<Report> report(OwedReport... owed) {
        return reports.report(THERE, List.of(owed)).toCompletableFuture().join();
    }

    private static OwedReport bounced(MessageId id, int position) {
        return new OwedReport(
                id, Optional.of(VIA), List.of(new Result(position, Kind.BOUNCED, NO_USER, false, true)), NOW);
    }

    private String body(Reference reference) {
        byte[] first = spool.load(reference.domain(), List.of(reference.message()))
                .toCompletableFuture()
                .join()
                .get(reference.message())
                .body()
                .first();
        return new String(first, StandardCharsets.UTF_8);
    }

    private MessageId accepted(String sender, String notifyOn, String ret, int size, String text) {
        return accepted(sender, notifyOn, ret, size, text, TlsWish.USUAL);
    }

    private MessageId accepted(String sender, String notifyOn, String ret, int size, String text, TlsWish tls) {
        MessageId id = ids.next();
        byte[] body = ("Subject: hi\r\nX-Long: 1\r\n 2\r\n\r\n" + text + "x".repeat(size) + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        Reference reference = new Reference(
                id,
                THERE,
                sender.isEmpty() ? Mailbox.NULL_SENDER : Mailbox.of(sender),
                List.of(new Recipient(0, Mailbox.of("u0@there.example"), notifyOn, "")),
                new Labels("acme", "", "bulk", "default", List.of(), Map.of()),
                Optional.empty(),
                NOW.plusSeconds(9),
                "",
                "in",
                "s",
                body.length,
                Reference.Needs.NOTHING.with(tls),
                "",
                ret,
                1);
        spool.accept(new Spool.Message(id, body, List.of(reference)));
        return id;
    }
}
