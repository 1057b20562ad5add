package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.event.QueueEvent.Via;
import io.postrider.ingress.Idempotency.Ended;
import io.postrider.ingress.Idempotency.Turn;
import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.record.HistoryEntry;
import io.postrider.record.HistoryReader;
import io.postrider.record.RecordType;
import io.postrider.spool.Fingerprint;
import io.postrider.spool.IdempotencySettings;
import io.postrider.spool.Labels;
import io.postrider.spool.MemoryReservations;
import io.postrider.spool.MemorySpool;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.ReferenceRelease;
import io.postrider.spool.Reservation.Answer;
import io.postrider.spool.Spool;
import io.postrider.store.Writes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class IdempotencyTest {

    private static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final Domain DOMAIN = Domain.of("y");
    private static final Fingerprint PAYLOAD = Fingerprint.of("payload");

    private final MemoryReservations reservations = new MemoryReservations(Duration.ofHours(24));
    private final MemorySpool spool = new MemorySpool();
    private final Set<MessageId> settled = new HashSet<>();
    private final List<MessageId> accepted = new ArrayList<>();
    private final MessageIds ids = new MessageIds(CLOCK);

    /** This process; another one shares with it what is on the disk. */
    private Idempotency process = process(1000);

    private Idempotency process(int maxAnswer) {
        HistoryReader history = (message, limit) ->
                CompletableFuture.completedFuture(settled.contains(message) ? List.of(entry(message)) : List.of());
        IdempotencySettings settings = new IdempotencySettings(Duration.ofHours(24), 1000, 1_000_000, maxAnswer);
        return new Idempotency(reservations, spool, history, ids, settings, CLOCK, Runnable::run);
    }

    /** Answers as text: what the work does is given, all else is named. */
    private record Try(Function<Turn, CompletionStage<Ended<String>>> todo) implements Idempotency.Work<String> {
        @Override
        public CompletionStage<Ended<String>> run(Turn turn) {
            return todo.apply(turn);
        }

        @Override
        public String replayed(Answer answer) {
            return "replayed " + answer.code() + " " + new String(answer.text(), StandardCharsets.UTF_8);
        }

        @Override
        public String inFlight() {
            return "in flight";
        }

        @Override
        public String otherPayload() {
            return "other payload";
        }
    }

    private CompletableFuture<String> once(Function<Turn, CompletionStage<Ended<String>>> todo) {
        return process.once("owner", "key", PAYLOAD, new Try(todo)).toCompletableFuture();
    }

    /** Accepts so many messages and answers with their ids. */
    private Function<Turn, CompletionStage<Ended<String>>> accepting(int messages) {
        return turn -> {
            CompletionStage<Void> done = CompletableFuture.completedStage(null);
            StringBuilder answer = new StringBuilder(turn.id().toString());
            for (int i = 0; i < messages; i++) {
                MessageId id = turn.id().part(i);
                done = done.thenCompose(before -> turn.wasAccepted(id)).thenCompose(was -> accept(id, was));
                answer.append(' ').append(id);
            }
            return done.thenApply(all -> accepted(answer.toString()));
        };
    }

    private CompletionStage<Void> accept(MessageId id, boolean wasAccepted) {
        if (wasAccepted) {
            return CompletableFuture.completedStage(null);
        }
        Reference reference = new Reference(
                id,
                DOMAIN,
                Mailbox.NULL_SENDER,
                List.of(Recipient.of(0, Mailbox.of("b@y"))),
                Labels.NONE,
                Optional.empty(),
                NOW,
                "",
                "",
                "",
                0,
                Reference.Needs.NOTHING,
                "",
                "",
                1);
        return spool.accept(new Spool.Message(id, new byte[0], List.of(reference)))
                .thenAccept(done -> accepted.add(id));
    }

    private static Ended<String> accepted(String answer) {
        return new Ended.Accepted<>("202 " + answer, new Answer(202, answer.getBytes(StandardCharsets.UTF_8)));
    }

    private static HistoryEntry entry(MessageId message) {
        return new HistoryEntry(
                "e",
                RecordType.ACCEPTED,
                NOW,
                message,
                0,
                DOMAIN,
                Optional.empty(),
                0,
                Optional.empty(),
                "",
                "",
                "",
                "",
                Via.Tls.NONE,
                Optional.empty(),
                false);
    }

    /** Delivered, recorded and gone from the spool. */
    private void settle(MessageId message) {
        settled.add(message);
        spool.release(new Writes(), List.of(new ReferenceRelease(DOMAIN, message, 1)));
    }

    @Test
    void givesTheFirstAnswerOnceMoreWithoutDoingTheWork() {
        String first = once(accepting(1)).join();

        String second = once(turn -> {
                    throw new AssertionError("expected no work");
                })
                .join();

        assertThat(accepted).hasSize(1);
        assertThat(second).isEqualTo("replayed " + first);
    }

    @Test
    void replaysAfterARestart() {
        String first = once(accepting(1)).join();
        process = process(1000);

        assertThat(once(accepting(1)).join()).isEqualTo("replayed " + first);
        assertThat(accepted).hasSize(1);
    }

    @Test
    void tellsWhoComesWhileTheWorkIsGoingOn() {
        CompletableFuture<Ended<String>> working = new CompletableFuture<>();
        CompletableFuture<String> first = once(turn -> working);

        assertThat(once(accepting(1)).join()).isEqualTo("in flight");
        assertThat(process.once("owner", "key", Fingerprint.of("b"), new Try(accepting(1)))
                        .toCompletableFuture()
                        .join())
                .isEqualTo("other payload");

        working.complete(accepted("x"));
        assertThat(first.join()).isEqualTo("202 x");
        assertThat(once(accepting(1)).join()).isEqualTo("replayed 202 x");
    }

    @Test
    void takesNoOtherPayloadUnderAUsedKey() {
        once(accepting(1)).join();

        assertThat(process.once("owner", "key", Fingerprint.of("b"), new Try(accepting(1)))
                        .toCompletableFuture()
                        .join())
                .isEqualTo("other payload");
        assertThat(accepted).hasSize(1);
    }

    @Test
    void keepsTheKeysOfOwnersApart() {
        once(accepting(1)).join();

        process.once("owner2", "key", Fingerprint.of("b"), new Try(accepting(1)))
                .toCompletableFuture()
                .join();
        process.once("owner", "key2", Fingerprint.of("b"), new Try(accepting(1)))
                .toCompletableFuture()
                .join();

        assertThat(accepted).hasSize(3);
    }

    @Test
    void freesTheKeyOfWhatWasRefused() {
        assertThat(once(turn -> CompletableFuture.completedStage(new Ended.Refused<>("no")))
                        .join())
                .isEqualTo("no");

        assertThat(reservations.size()).isZero();
        assertThat(once(accepting(1)).join()).startsWith("202 ");
    }

    @Test
    void goesOnUnderTheSameIdWhenItDiedBeforeTheAcceptance() {
        List<MessageId> offered = new ArrayList<>();
        CompletableFuture<String> first = once(turn -> {
            offered.add(turn.id());
            return new CompletableFuture<>();
        });
        process = process(1000);

        String answer = once(accepting(1)).join();

        assertThat(first).isNotDone();
        assertThat(accepted).isEqualTo(offered);
        assertThat(answer).startsWith("202 " + offered.get(0));
        assertThat(once(accepting(1)).join()).isEqualTo("replayed " + answer);
    }

    @Test
    void acceptsNothingTwiceWhenItDiedBeforeTheAnswerWasKept() {
        reservations.dieBeforeConfirm();
        CompletableFuture<String> first = once(accepting(1));
        process = process(1000);

        String answer = once(accepting(1)).join();

        assertThat(first).isNotDone();
        assertThat(accepted).hasSize(1);
        assertThat(answer).startsWith("202 " + accepted.get(0));
    }

    @Test
    void acceptsNothingTwiceWhenTheMessageIsDeliveredAndGoneAlready() {
        reservations.dieBeforeConfirm();
        once(accepting(1));
        settle(accepted.get(0));
        process = process(1000);

        String answer = once(accepting(1)).join();

        assertThat(accepted).hasSize(1);
        assertThat(answer).startsWith("202 " + accepted.get(0));
    }

    @Test
    void completesASubmissionOfManyMessagesThatDiedInTheMiddle() {
        once(turn -> accepting(3).apply(turn).thenCompose(dead -> new CompletableFuture<>()));
        settle(accepted.get(1));
        process = process(1000);

        String answer = once(accepting(7)).join();

        assertThat(accepted).hasSize(7).doesNotHaveDuplicates();
        assertThat(answer.split(" "))
                .containsSubsequence(accepted.stream().map(MessageId::toString).toArray(String[]::new));
    }

    @Test
    void keepsTheIdOfWhatFailedForTheNextTry() {
        List<MessageId> tried = new ArrayList<>();
        CompletableFuture<String> failed = once(turn -> {
            tried.add(turn.id());
            throw new IllegalStateException("broken");
        });
        assertThatThrownBy(failed::join).isInstanceOf(CompletionException.class);
        once(turn -> {
                    tried.add(turn.id());
                    assertThat(turn.isRepeat()).isTrue();
                    return CompletableFuture.completedStage(new Ended.Unknown<>("later"));
                })
                .join();

        once(accepting(1)).join();

        tried.addAll(accepted);
        assertThat(tried).hasSize(3);
        assertThat(new HashSet<>(tried)).hasSize(1);
    }

    @Test
    void keepsTheKeyWhenARepeatIsRefusedForTheFirstTryMayHaveAccepted() {
        once(turn -> CompletableFuture.completedStage(new Ended.Unknown<>("later")))
                .join();

        once(turn -> CompletableFuture.completedStage(new Ended.Refused<>("no")))
                .join();

        assertThat(reservations.size()).isOne();
    }

    @Test
    void makesAnAnswerThatIsTooLongToKeepAnew() {
        process = process(10);
        String first = once(accepting(2)).join();

        String second = once(accepting(2)).join();

        assertThat(second).isEqualTo(first);
        assertThat(accepted).hasSize(2);
    }

    @Test
    void knowsWhatCanBeAKey() {
        assertThat(Idempotency.isKey("a b~!\"")).isTrue();
        assertThat(Idempotency.isKey("x".repeat(255))).isTrue();
        assertThat(Idempotency.isKey("x".repeat(256))).isFalse();
        assertThat(Idempotency.isKey("")).isFalse();
        assertThat(Idempotency.isKey("a\tb")).isFalse();
        assertThat(Idempotency.isKey("é")).isFalse();
    }
}
