package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Domain;
import io.postrider.mail.Identity;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageIds;
import io.postrider.mail.Reply;
import io.postrider.mail.TlsWish;
import io.postrider.signing.Signing;
import io.postrider.signing.SigningFailed;
import io.postrider.smtp.Dsn;
import io.postrider.smtp.ReceivedMessage;
import io.postrider.spool.Labels;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import io.postrider.store.Overloaded;
import io.postrider.store.StoreFailed;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntakeTest {

    private static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");
    private static final IntakeSettings SETTINGS =
            new IntakeSettings("relay.example", Duration.ofDays(5), 2048, Duration.ofDays(90), 4096, 10);

    private final FakeSpool spool = new FakeSpool();
    private final FakeHandOver handOver = new FakeHandOver();
    private final InstantSource clock = InstantSource.fixed(NOW);
    private final Intake intake = new Intake(
            SETTINGS,
            new MessageIds(clock),
            spool,
            handOver,
            "bulk default"::contains,
            IdempotencyFixture.with(spool, clock),
            clock);

    private final List<String> asked = new ArrayList<>();

    @AfterEach
    void close() {
        intake.close();
    }

    @Test
    void answersOnlyAfterTheSpoolHasTheMessage() throws Exception {
        CompletableFuture<Void> safe = new CompletableFuture<>();
        spool.answerWith(() -> safe);

        CompletableFuture<Reply> reply = intake.accept(submission("A: b\r\n\r\n", "b@y"))
                .thenApply(SmtpVerdicts::reply)
                .toCompletableFuture();
        Spool.Message message = spool.taken();

        assertThat(reply).isNotDone();
        assertThat(handOver.offered).isEmpty();
        safe.complete(null);
        assertThat(reply.join().toString()).isEqualTo("250 2.0.0 queued as " + message.id());
        assertThat(handOver.offered).isEqualTo(message.references());
    }

    @Test
    void makesAReferencePerDomainWithPlacesInTheWholeEnvelope() throws Exception {
        accept(submission("A: b\r\n\r\n", "b@y", "c@[192.0.2.1]", "d@Y"));
        Spool.Message message = spool.taken();

        assertThat(message.references())
                .extracting(Reference::domain)
                .containsExactly(Domain.of("y"), Domain.of("[192.0.2.1]"));
        assertThat(message.references().get(0).recipients())
                .extracting(recipient -> recipient.index() + " " + recipient.mailbox())
                .containsExactly("0 b@y", "2 d@Y");
        assertThat(message.references().get(1).recipients())
                .extracting(recipient -> recipient.index() + " " + recipient.mailbox())
                .containsExactly("1 c@[192.0.2.1]");
        for (Reference reference : message.references()) {
            assertThat(reference.domains()).isEqualTo(2);
            assertThat(reference.message()).isEqualTo(message.id());
            assertThat(reference.sizeBytes()).isEqualTo(message.body().length);
            assertThat(reference.expiresAt()).isEqualTo(NOW.plus(Duration.ofDays(5)));
            assertThat(reference.notBefore()).isEmpty();
            assertThat(reference.labels()).isEqualTo(Labels.NONE);
            assertThat(reference.listener()).isEqualTo("in");
            assertThat(reference.sessionId()).isEqualTo("s1");
            assertThat(reference.sender()).isEqualTo(Mailbox.of("a@x"));
        }
    }

    @Test
    void followsTheInstructionsInTheHeaderAndTakesThemOut() throws Exception {
        accept(submission(
                "X-Postrider-Tenant: acme\r\nX-Postrider-Campaign: spring sale\r\nX-Postrider-Class: bulk\r\n"
                        + "X-Postrider-Pool: bulk\r\nX-Postrider-Tags: a, b,a,,\r\n c\r\nX-Postrider-Tags: d\r\n"
                        + "X-Postrider-Send-At: 2026-02-04T00:00:00+01:00\r\nX-Postrider-Expires-At: 1770300000\r\n"
                        + "X-Postrider-Unknown: x\r\nSubject: s\r\n\r\nb\r\n",
                "b@y"));
        Spool.Message message = spool.taken();
        Reference reference = message.references().get(0);

        assertThat(reference.labels())
                .isEqualTo(new Labels(
                        "acme", "spring sale", "bulk", "bulk", List.of("a", "b", "c", "d"), java.util.Map.of()));
        assertThat(reference.notBefore()).contains(Instant.parse("2026-02-03T23:00:00Z"));
        assertThat(reference.expiresAt()).isEqualTo(Instant.ofEpochSecond(1_770_300_000));
        assertThat(new String(message.body(), StandardCharsets.US_ASCII))
                .doesNotContain("X-Postrider")
                .endsWith(">\r\nSubject: s\r\n\r\nb\r\n");
    }

    @Test
    void countsTheTimeToGiveUpFromWhenAMessageMayBeSent() throws Exception {
        accept(submission("X-Postrider-Send-At: 2026-02-10T00:00:00Z\r\n\r\n", "b@y"));
        accept(submission("X-Postrider-Send-At: 2026-01-01T00:00:00Z\r\n\r\n", "b@y"));

        assertThat(spool.taken().references().get(0).expiresAt()).isEqualTo(Instant.parse("2026-02-15T00:00:00Z"));
        Reference past = spool.taken().references().get(0);
        assertThat(past.notBefore()).isEmpty();
        assertThat(past.expiresAt()).isEqualTo(NOW.plus(Duration.ofDays(5)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Pool: other|Pool: expected the name of a pool in postrider.egress.pools",
                "Tenant:|Tenant: expected 1 to 128 printable characters",
                "Tenant: a\\r\\nX-Postrider-Tenant: b|Tenant: expected once, but it is given twice",
                "Send-At: 2026-01-01T00:00:00Z\\r\\nX-Postrider-Send-At: 2026-02-10T00:00:00Z|Send-At: expected once, but it is given twice",
                "Send-At: tomorrow|Send-At: expected a time such as 2026-02-03T04:05:06Z, or seconds since 1970",
                "Send-At: 2026-13-01T00:00:00Z|Send-At: expected a time such as 2026-02-03T04:05:06Z, or seconds since 1970",
                "Send-At: 999999999999|Send-At: expected a time before 2026-05-04T04:05:06Z (postrider.smtp.longest-hold)",
                "Expires-At: 2026-02-03T04:05:06Z|Expires-At: expected a time in the future",
                "Expires-At: 1|Expires-At: expected a time in the future",
                "Send-At: 1770300000\\r\\nX-Postrider-Expires-At: 1770200000|Expires-At: expected a time after X-Postrider-Send-At",
                "Idempotency-Key:|Idempotency-Key: expected 1 to 255 printable ASCII characters",
                "Idempotency-Key: a\\r\\nX-Postrider-Idempotency-Key: a|Idempotency-Key: expected once, but it is given twice",
                "Tags: 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21|Tags: expected at most 20 tags",
            })
    void refusesInstructionsThatItCannotFollow(String field, String expected) {
        String header = field.replace("\\r\\n", "\r\n");

        Reply reply = accept(submission("X-Postrider-" + header + "\r\n\r\n", "b@y"));

        assertThat(reply.toString()).isEqualTo("550 5.6.0 X-Postrider-" + expected);
        assertThat(spool.all()).isEmpty();
    }

    @Test
    void refusesLongWordsAndTags() {
        assertThat(accept(submission("X-Postrider-Tenant: " + "x".repeat(129) + "\r\n\r\n", "b@y"))
                        .code())
                .isEqualTo(550);
        assertThat(accept(submission("X-Postrider-Tags: " + "x".repeat(65) + "\r\n\r\n", "b@y"))
                        .code())
                .isEqualTo(550);
        assertThat(accept(submission("X-Postrider-Tenant: " + "x".repeat(128) + "\r\n\r\n", "b@y"))
                        .code())
                .isEqualTo(250);
        assertThat(accept(submission("X-Postrider-Tags: " + "x".repeat(64) + "\r\n\r\n", "b@y"))
                        .code())
                .isEqualTo(250);
    }

    @Test
    void refusesALoop() {
        assertThat(accept(submission("Received: x\r\n".repeat(10) + "\r\n", "b@y"))
                        .code())
                .isEqualTo(250);
        assertThat(accept(submission("Received: x\r\n".repeat(11) + "\r\n", "b@y"))
                        .toString())
                .isEqualTo("554 5.4.6 Too many hops: the message is in a loop");
    }

    @Test
    void refusesAHeaderWithoutEnd() {
        assertThat(accept(submission("A: " + "x".repeat(3000) + "\r\n\r\n", "b@y"))
                        .toString())
                .isEqualTo("552 5.3.4 The header is larger than 2048 bytes");
    }

    @Test
    void worksOnLargeMessagesElsewhere() throws Exception {
        String body = "A: b\r\n\r\n" + "x".repeat(10_000) + "\r\n";
        List<String> threads = new java.util.concurrent.CopyOnWriteArrayList<>();
        spool.answerWith(() -> {
            threads.add(Thread.currentThread().getName());
            return CompletableFuture.completedFuture(null);
        });

        assertThat(accept(submission(body, "b@y")).code()).isEqualTo(250);
        assertThat(accept(submission("A: b\r\n\r\n", "b@y")).code()).isEqualTo(250);

        assertThat(threads)
                .containsExactly("intake-large", Thread.currentThread().getName());
        assertThat(new String(spool.taken().body(), StandardCharsets.US_ASCII)).endsWith(body);
    }

    @Test
    void refusesForNowWhileTheQueuesAreCongested() {
        handOver.congested = true;

        assertThat(accept(submission("A: b\r\n\r\n", "b@y")).toString()).startsWith("452 4.3.1 ");
        assertThat(spool.all()).isEmpty();
    }

    @Test
    void survivesABugOfTheSpool() {
        spool.answerWith(() -> {
            throw new IllegalStateException("bug");
        });

        assertThat(accept(submission("A: b\r\n\r\n", "b@y")).code()).isEqualTo(451);
        assertThat(handOver.offered).isEmpty();
    }

    private static final String KEYED = "X-Postrider-Idempotency-Key: k 1\r\nA: b\r\n\r\nbody\r\n";

    @Test
    void takesAMessageWithAKeyOnceAndAnswersTheSameEachTime() throws Exception {
        Reply first = accept(submission(KEYED, "b@y", "c@z"));
        Reply second = accept(submission(KEYED, "b@y", "c@z"));

        assertThat(first.toString())
                .isEqualTo("250 2.0.0 queued as " + spool.taken().id());
        assertThat(second).isEqualTo(first);
        assertThat(spool.all()).isEmpty();
        assertThat(handOver.offered).hasSize(2);
    }

    @Test
    void tellsARepeatFromAnAcceptance() {
        assertThat(intake.accept(submission(KEYED, "b@y")).toCompletableFuture().join())
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(intake.accept(submission(KEYED, "b@y")).toCompletableFuture().join())
                .isInstanceOf(Verdict.Repeated.class);
    }

    @Test
    void refusesAnotherMessageOrEnvelopeUnderTheSameKey() {
        accept(submission(KEYED, "b@y"));

        for (Submission other : List.of(
                submission(KEYED, "c@y"), submission(KEYED, "b@y", "c@y"), submission(KEYED + "more\r\n", "b@y"))) {
            assertThat(accept(other).toString())
                    .isEqualTo("550 5.6.0 The idempotency key was used for another message or envelope");
        }
    }

    @Test
    void tellsTheSecondOfTwoAtOnceToComeAgain() throws Exception {
        CompletableFuture<Void> safe = new CompletableFuture<>();
        spool.answerWith(() -> safe);
        CompletableFuture<Verdict> first =
                intake.accept(submission(KEYED, "b@y")).toCompletableFuture();

        assertThat(accept(submission(KEYED, "b@y")).toString()).startsWith("451 4.5.0 ");

        safe.complete(null);
        assertThat(accept(submission(KEYED, "b@y"))).isEqualTo(SmtpVerdicts.reply(first.join()));
    }

    @Test
    void freesTheKeyOfARefusedMessage() {
        String wrong = "X-Postrider-Send-At: tomorrow\r\n" + KEYED;
        assertThat(accept(submission(wrong, "b@y")).code()).isEqualTo(550);

        assertThat(accept(submission(KEYED, "b@y")).code()).isEqualTo(250);
    }

    @Test
    void triesAMessageThatTheSpoolFailedOnUnderTheSameId() throws Exception {
        spool.answerWith(() -> CompletableFuture.failedFuture(new StoreFailed("broken")));
        assertThat(accept(submission(KEYED, "b@y")).code()).isEqualTo(451);
        spool.answerWith(() -> CompletableFuture.completedFuture(null));

        Reply reply = accept(submission(KEYED, "b@y"));

        assertThat(spool.taken().id()).isEqualTo(spool.taken().id());
        assertThat(reply.code()).isEqualTo(250);
    }

    @Test
    void knowsTheKeyOfALargeMessageToo() throws Exception {
        String body = KEYED + "x".repeat(10_000) + "\r\n";

        Reply first = accept(submission(body, "b@y"));
        Reply second = accept(submission(body, "b@y"));

        assertThat(first.toString())
                .isEqualTo("250 2.0.0 queued as " + spool.taken().id());
        assertThat(second).isEqualTo(first);
    }

    private Intake signing(Function<byte[], CompletionStage<byte[]>> sign) {
        Signing signing = new Signing() {
            @Override
            public boolean isOff() {
                return false;
            }

            @Override
            public CompletionStage<byte[]> sign(byte[] message, String tenant, Predicate<Domain> mayUse, Instant at) {
                asked.add(tenant + " " + mayUse.test(Domain.of("own.example")) + mayUse.test(Domain.of("x.example")));
                return sign.apply(message);
            }
        };
        return new Intake(
                SETTINGS,
                new MessageIds(clock),
                spool,
                handOver,
                "bulk"::equals,
                IdempotencyFixture.with(spool, clock),
                signing,
                (origin, domain) -> domain.name().equals("own.example"),
                clock);
    }

    @Test
    void storesWhatWasSignedLast() throws Exception {
        Intake signs = signing(message -> CompletableFuture.completedStage(
                ("DKIM-Signature: x\r\n" + new String(message, StandardCharsets.ISO_8859_1))
                        .getBytes(StandardCharsets.ISO_8859_1)));

        signs.accept(submission("X-Postrider-Tenant: acme\r\nA: b\r\n\r\nbody\r\n", "b@y"))
                .toCompletableFuture()
                .join();
        Spool.Message message = spool.taken();
        signs.close();

        String stored = new String(message.body(), StandardCharsets.ISO_8859_1);
        assertThat(stored).startsWith("DKIM-Signature: x\r\nReceived: ").doesNotContain("X-Postrider");
        assertThat(message.references().get(0).sizeBytes()).isEqualTo(stored.length());
        assertThat(asked).containsExactly("acme truefalse");
    }

    @Test
    void refusesForNowWhatCannotBeSignedAndNeverStoresItUnsigned() {
        Intake signs = signing(
                message -> CompletableFuture.failedStage(new SigningFailed(new IllegalStateException("no key"))));
        Intake busy = signing(message -> CompletableFuture.failedStage(new Overloaded("too much waits")));

        assertThat(SmtpVerdicts.reply(signs.accept(submission("A: b\r\n\r\n", "b@y"))
                                .toCompletableFuture()
                                .join())
                        .toString())
                .isEqualTo("451 4.7.5 The message could not be signed, try again later");
        assertThat(SmtpVerdicts.reply(busy.accept(submission("A: b\r\n\r\n", "b@y"))
                                .toCompletableFuture()
                                .join())
                        .code())
                .isEqualTo(452);
        assertThat(spool.all()).isEmpty();
        signs.close();
        busy.close();
    }

    @Test
    void signsNothingThatIsOnlyChecked() {
        Intake signs = signing(message -> CompletableFuture.failedStage(new IllegalStateException("signed")));

        assertThat(signs.check(submission("A: b\r\n\r\n", "b@y"))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Verdict.Accepted.class);
        signs.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "false | A: b | USUAL",
                "false | TLS-Required: No | OPTIONAL",
                "false | tls-required:\\ no | OPTIONAL",
                "false | TLS-Required: Yes | USUAL",
                "false | TLS-Required: No; maybe | USUAL",
                "false | TLS-Required: No\\TLS-Required: No | USUAL",
                "false | X-TLS-Required: No | USUAL",
                "true | A: b | REQUIRED",
                "true | TLS-Required: No | REQUIRED",
                "false | X-Postrider-Require-TLS: on | REQUIRED",
                "false | X-Postrider-Require-TLS: on\\TLS-Required: No | REQUIRED",
                "true | X-Postrider-Require-TLS: off | REQUIRED",
            })
    void knowsWhatAMessageWantsOfTls(boolean requireTls, String header, TlsWish expected) throws Exception {
        String message = header.replace("\\", "\r\n") + "\r\n\r\nTLS-Required: No\r\n";

        assertThat(accept(submission(requireTls, message, "b@y", "c@z")).code()).isEqualTo(250);

        assertThat(spool.taken().references())
                .extracting(reference -> reference.needs().tls())
                .containsExactly(expected, expected);
    }

    @Test
    void refusesAWishForTlsThatItCannotRead() {
        assertThat(accept(submission("X-Postrider-Require-TLS: perhaps\r\n\r\n", "b@y"))
                        .toString())
                .isEqualTo("550 5.6.0 X-Postrider-Require-Tls: expected on or off");
    }

    private Reply accept(Submission submission) {
        return intake.accept(submission)
                .thenApply(SmtpVerdicts::reply)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private static Submission submission(String message, String... recipients) {
        return submission(false, message, recipients);
    }

    private static Submission submission(boolean requireTls, String message, String... recipients) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        ReceivedMessage received = new ReceivedMessage(
                Identity.HOST,
                "client",
                ReceivedMessage.Protocol.ESMTP,
                Optional.empty(),
                Mailbox.of("a@x"),
                java.util.stream.Stream.of(recipients).map(Mailbox::of).toList(),
                bytes,
                bytes.length,
                false,
                false,
                Dsn.NONE,
                requireTls);
        return Submission.overSmtp("in", 10, "s1", InetAddress.getLoopbackAddress(), received);
    }
}
