package io.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.Outcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientSessionTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final ClientTimeouts TIMEOUTS =
            new ClientTimeouts(MINUTE, MINUTE, MINUTE, MINUTE, MINUTE, MINUTE, MINUTE, MINUTE, MINUTE, MINUTE);
    private static final String PIPELINING = "250-mx|250-PIPELINING|250-SIZE|250 8BITMIME";
    private static final String LOCK_STEP = "250-mx|250-SIZE|250 8BITMIME";

    private final ReplyParser parser = new ReplyParser();
    private ClientSession session = session(false, 100);
    private final StringBuilder wire = new StringBuilder();
    private final List<Step> steps = new ArrayList<>();
    private long messages;

    /** Replies parted by commas, in the order MAIL, RCPT, DATA, dot; what becomes of the one recipient. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "250,250,354,250; delivered; open",
                "250,251 forwarded,354,250; delivered; open",
                "451 x; deferred; open",
                "550 x; bounced; open",
                "354 x; deferred; closed",
                "503 x; deferred; closed",
                "421 x; deferred; closed",
                "nonsense; deferred; closed",
                "250,450 x; deferred; open",
                "250,452 4.5.3 x; deferred; open",
                "250,552 x; deferred; open",
                "250,552 5.2.2 full; deferred; open",
                "250,550 x; bounced; open",
                "250,354 x; deferred; closed",
                "250,503 x; deferred; closed",
                "250,421 x; deferred; closed",
                "250,250,451 x; deferred; open",
                "250,250,554 x; bounced; open",
                "250,250,250 x; deferred; closed",
                "250,250,503 x; deferred; closed",
                "250,250,421 x; deferred; closed",
                "250,250,354,451 x; deferred; open",
                "250,250,354,554 x; bounced; open",
                "250,250,354,354 x; ambiguous; closed",
                "250,250,354,503 x; ambiguous; closed",
                "250,250,354,421 x; deferred; closed",
                "250,250,354,nonsense; ambiguous; closed",
                "lost; deferred; closed",
                "250,lost; deferred; closed",
                "250,250,lost; deferred; closed",
                "250,250,354,lost; ambiguous; closed",
                "slow; deferred; closed",
                "250,slow; deferred; closed",
                "250,250,354,slow; ambiguous; closed",
            })
    void eachReplyEndsSo(String replies, String outcome, String then) {
        for (String ehlo : List.of(PIPELINING, LOCK_STEP)) {
            restart(false, 100);
            greeted(ehlo);
            Envelope envelope = envelope("a@example.com");
            session.offer(envelope);
            drain();

            for (String reply : replies.split(",")) {
                switch (reply) {
                    case "lost" -> session.lost("gone");
                    case "slow" -> session.timedOut();
                    default -> server(reply);
                }
                drain();
            }
            while (ehlo.equals(PIPELINING) && then.equals("open") && settled().isEmpty()) {
                // The replies to what went along with a command that was refused.
                server("503 refused");
            }

            assertThat(settled()).as(ehlo).hasSize(1);
            assertThat(name(settled().getFirst().outcomes().getFirst())).isEqualTo(outcome);
            assertThat(ended()).isEqualTo(then.equals("closed"));
        }
    }

    @Test
    void sendsATransactionInOneWriteWherePipeliningIsOffered() {
        greeted(PIPELINING);

        session.offer(envelope("a@example.com", "b@example.com"));
        drain();

        assertThat(wire.toString())
                .isEqualTo(
                        """
                MAIL FROM:<s@example.org> SIZE=10|RCPT TO:<a@example.com>|RCPT TO:<b@example.com>|DATA|"""
                                .trim());
    }

    @Test
    void sendsTheNextEnvelopeTogetherWithTheFinalDot() {
        restart(true, 100);
        greeted(PIPELINING);
        session.offer(envelope("a@example.com"));
        session.offer(envelope("b@example.com"));
        drain();
        wire.setLength(0);

        server("250", "250", "354");

        assertThat(wire.toString()).isEqualTo(".|MAIL FROM:<s@example.org> SIZE=10|RCPT TO:<b@example.com>|DATA|");
        server("250 first", "250", "550 5.1.1 no", "354");
        assertThat(wire.toString()).endsWith("DATA|.|");
        server("554 no recipients");
        assertThat(settled())
                .extracting(one -> name(one.outcomes().getFirst()))
                .containsExactly("delivered", "bounced");
        session.offer(envelope("c@example.com"));
        drain();
        assertThat(wire.toString()).doesNotContain("RSET").endsWith("RCPT TO:<c@example.com>|DATA|");
    }

    @Test
    void handsBackTheNextEnvelopeWhenTheServerClosesAfterTheDot() {
        restart(true, 100);
        greeted(PIPELINING);
        Envelope second = envelope("b@example.com");
        session.offer(envelope("a@example.com"));
        session.offer(second);
        drain();
        server("250", "250", "354", "250 taken");

        session.lost("gone");
        drain();

        assertThat(settled()).hasSize(1);
        assertThat(steps).contains(new Step.NotTried(second));
    }

    @Test
    void bothEndWhenTheLinkBreaksBehindTheDot() {
        restart(true, 100);
        greeted(PIPELINING);
        Envelope second = envelope("b@example.com");
        session.offer(envelope("a@example.com"));
        session.offer(second);
        drain();
        server("250", "250", "354");

        session.lost("gone");
        drain();

        assertThat(name(settled().getFirst().outcomes().getFirst())).isEqualTo("ambiguous");
        assertThat(steps).contains(new Step.NotTried(second));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lost", "421 4.4.2 idle"})
    void aReusedConnectionThatClosesBeforeMailIsAnsweredBurnsNoAttempt(String how) {
        greeted(PIPELINING);
        session.offer(envelope("a@example.com"));
        drain();
        server("250", "250", "354", "250 taken");
        Envelope second = envelope("b@example.com");
        session.offer(second);
        drain();

        if (how.equals("lost")) {
            session.lost("gone");
            drain();
        } else {
            server(how);
        }

        assertThat(settled()).hasSize(1);
        assertThat(steps).contains(new Step.NotTried(second));
        assertThat(ended()).isTrue();
    }

    @Test
    void resetsAfterATransactionThatFoundNoRecipient() {
        greeted(PIPELINING);
        session.offer(envelope("a@example.com"));
        drain();
        server("250", "550 no", "554 none");
        wire.setLength(0);

        session.offer(envelope("b@example.com"));
        drain();

        assertThat(wire.toString()).startsWith("RSET|MAIL FROM");
        server("250 reset", "250", "250", "354", "250 ok");
        assertThat(settled()).hasSize(2);
    }

    @Test
    void sendsALoneDotWhenDataIsTakenForNobody() {
        greeted(PIPELINING);
        session.offer(envelope("a@example.com"));
        drain();
        wire.setLength(0);

        server("250", "550 no", "354 go on");

        assertThat(wire.toString()).isEqualTo(".|");
        server("250 thanks");
        assertThat(name(settled().getFirst().outcomes().getFirst())).isEqualTo("bounced");
        assertThat(ended()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {PIPELINING, LOCK_STEP})
    void takesTheRestInANextTransactionWhenTheServerTakesNoMore(String ehlo) {
        greeted(ehlo);
        session.offer(envelope("a@example.com", "b@example.com", "c@example.com"));
        drain();
        if (ehlo.equals(PIPELINING)) {
            server("250", "250", "452 4.5.3 enough", "452 4.5.3 enough", "354", "250 one");
        } else {
            server("250", "250", "452 4.5.3 enough", "354", "250 one");
        }
        assertThat(settled()).isEmpty();

        server("250", "250", "250", "354", "250 two");

        assertThat(settled().getFirst().outcomes())
                .extracting(one -> one.reply().text())
                .containsExactly("one", "two", "two");
        assertThat(session.transactions()).isEqualTo(2);
    }

    @Test
    void keepsToTheRecipientsThatLimitsNames() {
        greeted("250-mx|250-PIPELINING|250 LIMITS RCPTMAX=2 MAILMAX=2");

        session.offer(envelope("a@example.com", "b@example.com", "c@example.com"));
        drain();
        server("250", "250", "250", "354", "250 one", "250", "250", "354", "250 two");

        assertThat(settled().getFirst().outcomes())
                .extracting(one -> one.reply().text())
                .containsExactly("one", "one", "two");
    }

    @Test
    void quitsAfterItsMessages() {
        restart(false, 1);
        greeted(PIPELINING);
        Envelope second = envelope("b@example.com");
        session.offer(envelope("a@example.com"));
        session.offer(second);
        drain();

        server("250", "250", "354", "250 ok");

        assertThat(wire.toString()).endsWith(".|QUIT|");
        assertThat(steps).contains(new Step.NotTried(second));
        server("221 bye");
        assertThat(ended()).isTrue();
    }

    @Test
    void startsNothingWithoutAPermit() {
        greeted(PIPELINING);
        session.setPermits(0);

        session.offer(envelope("a@example.com"));
        drain();

        assertThat(wire.toString()).isEmpty();
        assertThat(session.isStarved()).isTrue();
        session.setPermits(1);
        drain();
        assertThat(wire.toString()).startsWith("MAIL");
    }

    @Test
    void fallsBackToHelo() {
        session = session(false, 100);
        server("220 hi", "502 what?");
        assertThat(wire.toString()).isEqualTo("EHLO me.test|HELO me.test|");
        server("250 hi");
        assertThat(steps).contains(new Step.Ready(Capabilities.NONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"554 no", "421 later", "450 later", "354 what", "nonsense"})
    void aBadGreetingIsTheNextHostsTurn(String greeting) {
        server(greeting);

        assertThat(steps).anyMatch(step -> step instanceof Step.Refused);
        assertThat(ended()).isTrue();
    }

    @Test
    void whatTheServerCannotTakeIsRefusedUnsent() {
        greeted("250-mx|250-PIPELINING|250 SIZE 5");
        session.offer(envelope("a@example.com"));
        session.offer(new Envelope(id(), Mailbox.of("s@example.org"), mailboxes("a@example.com"), 1, true, false));
        session.offer(new Envelope(id(), Mailbox.of("s@example.org"), mailboxes("\u00fc@example.com"), 1, false, true));
        drain();

        assertThat(settled())
                .extracting(one -> one.outcomes()
                        .getFirst()
                        .reply()
                        .enhanced()
                        .map(Object::toString)
                        .orElse(""))
                .containsExactly("5.3.4", "5.6.3", "5.6.7");
        assertThat(wire.toString()).isEmpty();
    }

    @Test
    void aDomainAloneIsWrittenInALabels() {
        greeted(PIPELINING);

        session.offer(new Envelope(
                id(),
                Mailbox.of("s@example.org"),
                mailboxes("a@b\u00fccher.example", "\u00fc@example.com"),
                1,
                false,
                true));
        drain();

        assertThat(wire.toString())
                .contains("RCPT TO:<a@xn--bcher-kva.example>")
                .doesNotContain("SMTPUTF8");
        server("250", "250", "354", "250 ok");
        assertThat(settled().getFirst().outcomes())
                .extracting(ClientSessionTest::name)
                .containsExactly("delivered", "bounced");
    }

    @Test
    void asksForWhatTheMessageNeeds() {
        greeted("250-mx|250-PIPELINING|250-SMTPUTF8|250 8BITMIME");

        session.offer(new Envelope(id(), Mailbox.of("s@example.org"), mailboxes("\u00fc@example.com"), 1, true, true));
        drain();

        assertThat(wire.toString())
                .startsWith("MAIL FROM:<s@example.org> BODY=8BITMIME SMTPUTF8|RCPT TO:<\u00fc@example.com>");
    }

    @Test
    void saysThatTheSiteWantsLess() {
        greeted(PIPELINING);
        session.offer(envelope("a@example.com", "b@example.com"));
        drain();

        server("250", "450 4.7.1 slow", "450 4.7.1 slow", "554 none");

        assertThat(steps).filteredOn(step -> step instanceof Step.SlowDown).hasSize(1);
    }

    /** Whatever comes, however it is cut: each envelope ends exactly once. */
    @Test
    void everyEnvelopeEndsOnceWhateverTheServerSays() {
        String[] words = {
            "250 ok",
            "250 ok",
            "250 ok",
            "354 go",
            "354 go",
            "450 x",
            "452 4.5.3 x",
            "550 5.1.1 x",
            "421 x",
            "503 x",
            "zzz"
        };
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            restart(random.nextBoolean(), 1 + random.nextInt(6));
            greeted(random.nextBoolean() ? PIPELINING : LOCK_STEP);
            List<Envelope> offered = new ArrayList<>();
            for (int round = 0; round < 40; round++) {
                if (random.nextInt(4) == 0) {
                    Envelope envelope = random.nextBoolean()
                            ? envelope("a@example.com")
                            : envelope("a@example.com", "b@example.com", "c@example.com");
                    offered.add(envelope);
                    session.offer(envelope);
                    drain();
                } else {
                    // Errors are rare enough for conversations to get somewhere.
                    server(words[random.nextInt(random.nextInt(8) == 0 ? words.length : 5)]);
                }
            }
            session.lost("gone");
            drain();

            List<MessageId> ends = new ArrayList<>();
            for (Step step : steps) {
                if (step instanceof Step.Settled settled) {
                    assertThat(settled.outcomes()).as("seed " + seed).doesNotContainNull();
                    ends.add(settled.envelope().message());
                } else if (step instanceof Step.NotTried back) {
                    ends.add(back.envelope().message());
                }
            }
            assertThat(ends)
                    .as("seed " + seed)
                    .containsExactlyInAnyOrderElementsOf(
                            offered.stream().map(Envelope::message).toList());
            assertThat(steps)
                    .as("seed " + seed)
                    .filteredOn(step -> step instanceof Step.Ended)
                    .hasSize(1);
        }
    }

    private void restart(boolean pipelineNext, int mostMessages) {
        session = session(pipelineNext, mostMessages);
        steps.clear();
        wire.setLength(0);
    }

    @Test
    void passesOnWhatTheSenderWantsToHearWhereTheServerReports() {
        greeted("250-mx|250-PIPELINING|250 DSN");

        session.offer(withWishes());
        drain();
        server("250", "250", "250", "250", "354", "250");

        assertThat(wire.toString())
                .startsWith("MAIL FROM:<s@example.org> RET=HDRS ENVID=q1|"
                        + "RCPT TO:<a@example.com> NOTIFY=SUCCESS ORCPT=rfc822;a+2Bb@x|RCPT TO:<b@example.com>|"
                        + "RCPT TO:<c@example.com> NOTIFY=NEVER|DATA|");
        assertThat(settled().get(0).outcomes())
                .allMatch(outcome -> outcome instanceof Outcome.Delivered delivered && delivered.reports());
    }

    @Test
    void asksForNothingWhereReportsAreOff() {
        greeted("250-mx|250-PIPELINING|250 DSN");
        Envelope wishes = withWishes();
        Dsn off = Dsn.silence(wishes.recipients().size());

        session.offer(new Envelope(
                wishes.message(), wishes.sender(), wishes.recipients(), wishes.sizeBytes(), false, false, off));
        drain();

        assertThat(wire.toString()).doesNotContain("NOTIFY", "OFF");
    }

    @Test
    void keepsTheWishesForItselfWhereTheServerDoesNotReport() {
        greeted(PIPELINING);

        session.offer(withWishes());
        drain();
        server("250", "250", "250", "250", "354", "250");

        assertThat(wire.toString())
                .startsWith("MAIL FROM:<s@example.org> SIZE=10|RCPT TO:<a@example.com>|RCPT TO:<b@example.com>|");
        assertThat(settled().get(0).outcomes())
                .allMatch(outcome -> outcome instanceof Outcome.Delivered delivered && !delivered.reports());
    }

    private static ClientSession session(boolean pipelineNext, int mostMessages) {
        ClientSession session = new ClientSession(new ClientOptions("me.test", pipelineNext, mostMessages, TIMEOUTS));
        session.setPermits(Integer.MAX_VALUE);
        return session;
    }

    private Envelope withWishes() {
        Dsn dsn = new Dsn(
                "HDRS",
                "q1",
                List.of(new Dsn.Wish("SUCCESS", "rfc822;a+2Bb@x"), Dsn.Wish.NONE, new Dsn.Wish("NEVER", "")));
        return new Envelope(
                id(),
                Mailbox.of("s@example.org"),
                mailboxes("a@example.com", "b@example.com", "c@example.com"),
                10,
                false,
                false,
                dsn);
    }

    private void greeted(String ehlo) {
        server("220 hi", ehlo);
        wire.setLength(0);
        steps.clear();
    }

    private void server(String... replies) {
        for (String reply : replies) {
            String text = reply.length() == 3 ? reply + " " : reply;
            byte[] bytes = (text.replace("|", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8);
            Optional<Parsed> parsed = reply.equals("nonsense") || reply.equals("zzz")
                    ? Optional.of(new Parsed.Malformed("nonsense"))
                    : parser.next(ByteBuffer.wrap(bytes));
            session.on(parsed.orElseThrow());
            drain();
        }
    }

    /** Takes steps as a stage would; a body is its final dot alone. */
    private void drain() {
        Step step = session.nextStep();
        while (step != null) {
            steps.add(step);
            if (step instanceof Step.SendBody) {
                session.output().put(".\r\n");
                session.bodySent();
            }
            step = session.nextStep();
        }
        WireBuffer.Taken taken = session.output().take();
        wire.append(new String(taken.bytes(), 0, taken.length(), StandardCharsets.UTF_8).replace("\r\n", "|"));
    }

    private List<Step.Settled> settled() {
        return steps.stream()
                .filter(step -> step instanceof Step.Settled)
                .map(step -> (Step.Settled) step)
                .toList();
    }

    private boolean ended() {
        return steps.stream().anyMatch(step -> step instanceof Step.Ended);
    }

    private static String name(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered delivered -> "delivered";
            case Outcome.Deferred deferred -> deferred.ambiguous() ? "ambiguous" : "deferred";
            case Outcome.Bounced bounced -> "bounced";
        };
    }

    private MessageId id() {
        return new MessageId(++messages, 1);
    }

    private Envelope envelope(String... recipients) {
        return new Envelope(id(), Mailbox.of("s@example.org"), mailboxes(recipients), 10, false, false);
    }

    private static List<Mailbox> mailboxes(String... recipients) {
        return Arrays.stream(recipients).map(Mailbox::of).toList();
    }
}
