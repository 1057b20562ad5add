package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.queue.HandedOver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutboxesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Domain A = Domain.of("a.test");
    private static final Domain B = Domain.of("b.test");
    private static final Domain C = Domain.of("c.test");

    private final Outboxes outboxes = new Outboxes(new HandOverSettings(3, 2, 1_000, 500, Duration.ofSeconds(10)));

    @Test
    void offersABatchPerDomainAndOneOfferADomainAtATime() {
        fill(A, 1, 5);

        Outboxes.Offer first = outboxes.next(NOW).orElseThrow();

        assertThat(ids(first)).containsExactly(id(1), id(2), id(3));
        assertThat(outboxes.next(NOW)).isEmpty();
    }

    @Test
    void offersTheRestAfterTheAnswer() {
        fill(A, 1, 5);
        Outboxes.Offer first = outboxes.next(NOW).orElseThrow();

        outboxes.acknowledged(A, ids(first));

        assertThat(ids(outboxes.next(NOW).orElseThrow())).containsExactly(id(4), id(5));
        assertThat(outboxes.messages()).isEqualTo(2);
    }

    @Test
    void keepsTheNumberOfUnansweredOffersBounded() {
        fill(A, 1, 1);
        fill(B, 2, 2);
        fill(C, 3, 3);

        outboxes.next(NOW).orElseThrow();
        outboxes.next(NOW).orElseThrow();

        assertThat(outboxes.next(NOW)).isEmpty();
        outboxes.acknowledged(A, List.of(id(1)));
        assertThat(outboxes.next(NOW).map(Outboxes.Offer::domain)).contains(C);
    }

    @Test
    void offersAgainAsARepeatWhatAnAnswerLeavesOut() {
        fill(A, 1, 3);
        outboxes.next(NOW).orElseThrow();

        outboxes.acknowledged(A, List.of(id(1), id(3)));

        Outboxes.Offer again = outboxes.next(NOW).orElseThrow();
        assertThat(ids(again)).containsExactly(id(2));
        assertThat(again.repeated()).isTrue();
    }

    @Test
    void ignoresAnAnswerThatCameTwice() {
        fill(A, 1, 4);
        Outboxes.Offer first = outboxes.next(NOW).orElseThrow();
        outboxes.acknowledged(A, ids(first));
        outboxes.next(NOW).orElseThrow();

        outboxes.acknowledged(A, ids(first));

        assertThat(outboxes.messages()).isEqualTo(1);
        assertThat(outboxes.next(NOW)).isEmpty();
    }

    @Test
    void repeatsAnOverdueOfferOncePerInterval() {
        fill(A, 1, 1);
        outboxes.next(NOW).orElseThrow();
        Duration after = Duration.ofSeconds(10);

        assertThat(outboxes.overdue(NOW.plusSeconds(9), after)).isEmpty();
        List<Outboxes.Offer> overdue = outboxes.overdue(NOW.plusSeconds(10), after);
        assertThat(overdue).hasSize(1);
        assertThat(overdue.get(0).repeated()).isTrue();
        assertThat(outboxes.overdue(NOW.plusSeconds(11), after)).isEmpty();
    }

    @Test
    void marksABatchAsRepeatedOnlyWhenOneOfItsMessagesIs() {
        fill(A, 1, 1);
        outboxes.add(B, message(2), true);

        assertThat(outboxes.next(NOW).orElseThrow().repeated()).isFalse();
        assertThat(outboxes.next(NOW).orElseThrow().repeated()).isTrue();
    }

    private void fill(Domain domain, int from, int to) {
        IntStream.rangeClosed(from, to).forEach(n -> outboxes.add(domain, message(n), false));
    }

    private static List<MessageId> ids(Outboxes.Offer offer) {
        return offer.messages().stream().map(HandedOver::id).toList();
    }

    private static MessageId id(int n) {
        return new MessageId(n, n);
    }

    private static HandedOver message(int n) {
        return new HandedOver(id(n), 1, Optional.empty(), NOW.plusSeconds(60), "", "", "", "default", 100, false);
    }
}
