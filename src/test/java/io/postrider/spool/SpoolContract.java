package io.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.spool.Spool.Counts;
import io.postrider.spool.Spool.Message;
import io.postrider.spool.Spool.Page;
import io.postrider.spool.Spool.Stored;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every spool does. */
abstract class SpoolContract {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Domain FIRST = Domain.of("first.example");
    static final Domain SECOND = Domain.of("second.example");

    final MessageIds ids = new MessageIds(InstantSource.fixed(NOW));

    abstract Spool spool();

    /** Releases, and returns when that is visible. */
    abstract void release(List<ReferenceRelease> releases);

    /** Forgets what is only in memory, as a restart does; nothing where memory is all there is. */
    abstract void forget();

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    Message message(byte[] body, Domain... domains) {
        MessageId id = ids.next();
        List<Reference> references = new ArrayList<>();
        for (Domain domain : domains) {
            references.add(reference(id, domain, body.length, domains.length, 2));
        }
        return new Message(id, body, references);
    }

    static Reference reference(MessageId id, Domain domain, long size, int domains, int recipients) {
        List<Recipient> to = new ArrayList<>();
        for (int i = 0; i < recipients; i++) {
            to.add(Recipient.of(i, Mailbox.of("user" + i + "@" + domain)));
        }
        return new Reference(
                id,
                domain,
                Mailbox.of("sender@origin.example"),
                to,
                Labels.NONE,
                Optional.empty(),
                NOW.plusSeconds(3600),
                "",
                "relay-in",
                "session-1",
                size,
                Reference.Needs.NOTHING,
                "",
                "",
                domains);
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Message accepted(Message message) {
        get(spool().accept(message));
        return message;
    }

    private static ReferenceRelease release(Message message, Domain domain) {
        return new ReferenceRelease(domain, message.id(), message.references().size());
    }

    @Test
    void givesBackWhatItAccepted() {
        Message message = accepted(message(text("Subject: hello\r\n\r\nbody\r\n"), FIRST));

        for (int round = 0; round < 2; round++) {
            Stored stored = get(spool().load(FIRST, List.of(message.id()))).get(message.id());
            assertThat(stored.reference()).isEqualTo(message.references().get(0));
            assertThat(stored.body().sizeBytes()).isEqualTo(message.body().length);
            assertThat(stored.body().chunks()).isEqualTo(1);
            assertThat(stored.body().first()).isEqualTo(message.body());
            assertThat(get(stored.body().chunk(0))).isEqualTo(message.body());
            forget();
        }
    }

    @Test
    void keepsAnEmptyBody() {
        Message message = accepted(message(new byte[0], FIRST));
        forget();

        Stored stored = get(spool().load(FIRST, List.of(message.id()))).get(message.id());

        assertThat(stored.body().chunks()).isEqualTo(1);
        assertThat(stored.body().first()).isEmpty();
    }

    @Test
    void cutsALargeBodyIntoChunks() {
        byte[] body = new byte[2 * Body.CHUNK_BYTES + 17];
        new Random(7).nextBytes(body);
        Message message = accepted(message(body, FIRST));

        Body stored = get(spool().load(FIRST, List.of(message.id())))
                .get(message.id())
                .body();

        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < stored.chunks(); i++) {
            byte[] chunk = get(stored.chunk(i));
            assertThat(chunk.length).isLessThanOrEqualTo(Body.CHUNK_BYTES);
            joined.writeBytes(chunk);
        }
        assertThat(stored.chunks()).isEqualTo(3);
        assertThat(stored.sizeBytes()).isEqualTo(body.length);
        assertThat(joined.toByteArray()).isEqualTo(body);
    }

    @Test
    void leavesOutWhatIsMissing() {
        Message message = accepted(message(text("a"), FIRST));
        MessageId unknown = ids.next();
        List<MessageId> both = List.of(message.id(), unknown);

        assertThat(get(spool().load(FIRST, both))).containsOnlyKeys(message.id());
        assertThat(get(spool().references(FIRST, both))).containsOnlyKeys(message.id());
        assertThat(get(spool().load(SECOND, both))).isEmpty();
        assertThat(get(spool().references(unknown))).isEmpty();
    }

    @Test
    void marksWhatItAcceptedUntilItIsHandedOver() {
        Message message = accepted(message(text("a"), FIRST, SECOND));

        spool().handedOver(FIRST, List.of(message.id()));
        spool().handedOver(FIRST, List.of(message.id()));

        assertThat(get(spool().stillMarked(FIRST, List.of(message.id())))).isEmpty();
        assertThat(get(spool().stillMarked(SECOND, List.of(message.id())))).containsExactly(message.id());
        assertThat(get(spool().toHandOver(Optional.empty(), 10)).references())
                .containsExactly(message.references().get(1));
        assertThat(get(spool().counts())).isEqualTo(new Counts(4, 2));
    }

    @Test
    void pagesThroughWhatIsToHandOverInTheOrderOfItsMessages() {
        List<Reference> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.addAll(accepted(message(text("a"), FIRST, SECOND)).references());
        }
        forget();

        List<Reference> seen = new ArrayList<>();
        Optional<Spool.Cursor> next = Optional.empty();
        do {
            Page page = get(spool().toHandOver(next, 3));
            seen.addAll(page.references());
            next = page.next();
        } while (next.isPresent());

        assertThat(seen).containsExactlyElementsOf(all);
    }

    @Test
    void remembersMarksAndCountsOverARestart() {
        Message open = accepted(message(text("a"), FIRST));
        Message handedOver = accepted(message(text("b"), FIRST));
        spool().handedOver(FIRST, List.of(handedOver.id()));

        forget();

        assertThat(get(spool().stillMarked(FIRST, List.of(open.id(), handedOver.id()))))
                .containsExactly(open.id());
        assertThat(get(spool().counts())).isEqualTo(new Counts(4, 2));
    }

    @Test
    void keepsTheBodyUntilTheLastReferenceIsReleased() {
        Message message = accepted(message(text("a"), FIRST, SECOND));

        release(List.of(release(message, FIRST)));
        forget();
        assertThat(get(spool().load(FIRST, List.of(message.id())))).isEmpty();
        assertThat(get(spool().load(SECOND, List.of(message.id())))).containsOnlyKeys(message.id());
        assertThat(get(spool().references(message.id())))
                .containsExactly(message.references().get(1));

        release(List.of(release(message, SECOND)));
        assertThat(get(spool().load(SECOND, List.of(message.id())))).isEmpty();
        assertThat(get(spool().references(message.id()))).isEmpty();
        assertThat(get(spool().counts())).isEqualTo(new Counts(0, 0));
        assertThat(bodyRows()).isZero();
    }

    @Test
    void releasesAllReferencesOfAMessageAtOnce() {
        Message message = accepted(message(new byte[Body.CHUNK_BYTES + 1], FIRST, SECOND));
        forget();

        release(List.of(release(message, FIRST), release(message, SECOND)));

        assertThat(get(spool().counts())).isEqualTo(new Counts(0, 0));
        assertThat(bodyRows()).isZero();
    }

    @Test
    void countsARepeatedReleaseOnce() {
        Message other = accepted(message(text("b"), FIRST));
        Message message = accepted(message(text("a"), FIRST));

        release(List.of(release(message, FIRST), release(message, FIRST)));
        release(List.of(release(message, FIRST)));

        assertThat(get(spool().counts())).isEqualTo(new Counts(2, 2));
        assertThat(get(spool().toHandOver(Optional.empty(), 10)).references()).isEqualTo(other.references());
    }

    @Test
    void answersForManyMessagesAtOnce() {
        List<MessageId> wanted = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            wanted.add(accepted(message(text("body " + i), FIRST)).id());
            if (i == 25) {
                forget();
            }
        }

        Map<MessageId, Stored> found = get(spool().load(FIRST, wanted));

        assertThat(found).containsOnlyKeys(wanted);
        assertThat(found.get(wanted.get(3)).body().first()).isEqualTo(text("body 3"));
        assertThat(found.get(wanted.get(40)).body().first()).isEqualTo(text("body 40"));
    }

    /** How many rows of bodies are there. */
    abstract long bodyRows();

    @Test
    void takesTheReportOfOneCauseOnce() {
        Message message = message(new byte[] {1}, FIRST);
        get(spool().accept(message));
        Spool.Cause cause = new Spool.Cause(new Spool.Cursor(message.id(), FIRST), 0);
        Message report = message(new byte[] {2}, SECOND);

        assertThat(get(spool().acceptOnce(report, cause))).isTrue();
        assertThat(get(spool().acceptOnce(report, cause))).isFalse();
        assertThat(get(spool().counts())).isEqualTo(new Counts(4, 4));

        forget();
        assertThat(get(spool().acceptOnce(report, cause))).isFalse();
    }

    @Test
    void remembersAReportThatIsLongDeliveredUntilItsCauseIsReleased() {
        Message message = message(new byte[] {1}, FIRST);
        get(spool().accept(message));
        Spool.Cause cause = new Spool.Cause(new Spool.Cursor(message.id(), FIRST), 0);
        Message report = message(new byte[] {2}, SECOND);
        get(spool().acceptOnce(report, cause));
        release(List.of(new ReferenceRelease(SECOND, report.id(), 1)));

        assertThat(get(spool().acceptOnce(report, cause))).isFalse();
        forget();
        assertThat(get(spool().acceptOnce(report, cause))).isFalse();
        assertThat(get(spool().references(report.id()))).isEmpty();

        release(List.of(new ReferenceRelease(FIRST, message.id(), 1)));
        assertThat(get(spool().acceptOnce(report, cause))).isTrue();
    }

    @Test
    void tellsCausesApart() {
        Message message = message(new byte[] {1}, FIRST, SECOND);
        get(spool().accept(message));

        for (Spool.Cause cause : List.of(
                new Spool.Cause(new Spool.Cursor(message.id(), FIRST), 0),
                new Spool.Cause(new Spool.Cursor(message.id(), FIRST), 1),
                new Spool.Cause(new Spool.Cursor(message.id(), SECOND), 0))) {
            assertThat(get(spool().acceptOnce(message(new byte[] {2}, FIRST), cause)))
                    .isTrue();
        }
    }
}
