package io.postrider.record;

import static io.postrider.record.RecordFixture.DOMAIN;
import static io.postrider.record.RecordFixture.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.event.QueueEvent.Kind;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.record.FeedAnswer.Expired;
import io.postrider.record.FeedAnswer.Line;
import io.postrider.record.FeedAnswer.Page;
import io.postrider.record.FeedAnswer.Unknown;
import io.postrider.record.Scribe.Piece;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EventFeedTest {

    private final RecordFixture at = new RecordFixture();

    @AfterEach
    void close() {
        at.close();
    }

    @Test
    void showsTheLinesOfTheLogInTheirOrderWithNumbersFromOne() {
        MessageId id = at.accepted(1);
        at.record(1, at.acceptedEvent(id, 1), at.deferred(id, 0), at.settled(id, Kind.DELIVERED, 0));

        Page page = page(0, 100, FeedFilter.ALL);

        assertThat(page.lines()).extracting(Line::number).containsExactly(1L, 2L, 3L);
        assertThat(texts(page)).containsExactlyElementsOf(logged());
        assertThat(page.next()).isEqualTo(3);
        assertThat(page.more()).isFalse();
    }

    @Test
    void givesPagesThatJoinWithoutGapOrRepeat() {
        List<String> union = new ArrayList<>();
        recordMessages(200);

        for (long after = 0; ; ) {
            Page page = page(after, 7, FeedFilter.ALL);
            union.addAll(texts(page));
            after = page.next();
            if (!page.more()) {
                break;
            }
        }

        assertThat(union).hasSize(400).containsExactlyElementsOf(logged());
    }

    @Test
    void keepsNumbersAndNameOverARestart() {
        recordMessages(3);
        List<String> before = texts(page(0, 100, FeedFilter.ALL));
        String name = at.feed.id();

        at.restart();
        assertThat(at.feed.id()).isEqualTo(name);
        assertThat(at.feed.newest()).isEqualTo(6);
        recordMessages(1, 3);

        assertThat(texts(page(0, 6, FeedFilter.ALL))).isEqualTo(before);
        assertThat(page(6, 9, FeedFilter.ALL).lines()).extracting(Line::number).containsExactly(7L, 8L);
    }

    @Test
    void showsNothingOfABatchThatDiedBetweenLogAndRowsAndShowsItOnceWhenItIsWrittenAgain() {
        MessageId id = at.accepted(1);
        Scribe dying = at.scribe(new DyingRows(at.rows));
        Piece piece = new Piece(QUEUE, DOMAIN, 1, List.of(at.acceptedEvent(id, 1), at.settled(id, Kind.DELIVERED, 0)));

        assertThatThrownBy(() -> dying.record(List.of(piece))).hasMessage("killed");
        assertThat(at.feed.newest()).isZero();
        at.restart();
        assertThat(at.feed.newest()).isZero();
        at.scribe.record(List.of(piece));
        at.scribe.record(List.of(piece));

        assertThat(at.lines()).hasSize(4);
        assertThat(page(0, 9, FeedFilter.ALL).lines()).hasSize(2);
    }

    @Test
    void tellsWhoWaitsWhenThereIsMore() {
        CompletableFuture<Long> news = at.feed.news(0).toCompletableFuture();
        assertThat(news).isNotDone();

        recordMessages(1);

        assertThat(news.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(2);
        assertThat(at.feed.news(1).toCompletableFuture()).isCompletedWithValue(2L);
        assertThat(at.feed.news(2).toCompletableFuture()).isNotDone();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void letsAFollowerNotWaitUntilSomebodyElsesMailIsSynced() {
        try (RecordFixture slow = new RecordFixture(Duration.ofMinutes(1))) {
            CompletableFuture<Long> news = slow.feed.news(0).toCompletableFuture();

            slow.record(1, slow.acceptedEvent(slow.accepted(1), 1));

            assertThat(news.join()).isEqualTo(1L);
        }
    }

    @Test
    void keepsNoEndlessRowOfReadersThatWaitAndAreGone() {
        FeedTail tail = new FeedTail();
        CompletableFuture<Long> first = tail.news(0).toCompletableFuture();

        for (int i = 0; i < FeedTail.MOST_WAITING; i++) {
            tail.news(0);
        }

        assertThat(first.orTimeout(10, TimeUnit.SECONDS).join()).isZero();
        CompletableFuture<Long> last = tail.news(0).toCompletableFuture();
        assertThat(last).isNotDone();
        tail.durable(3);
        assertThat(last.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(3L);
    }

    @Test
    void passesByTypeTenantDomainAndOwner() {
        MessageId id = at.accepted(1);
        at.record(1, at.acceptedEvent(id, 1), at.deferred(id, 0), at.settled(id, Kind.DELIVERED, 0));

        assertThat(numbers(new FeedFilter(
                        Set.of(RecordType.DELIVERED, RecordType.ACCEPTED),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
                .containsExactly(1L, 3L);
        assertThat(numbers(filter(Optional.of("acme"), Optional.empty()))).containsExactly(1L, 2L, 3L);
        assertThat(numbers(filter(Optional.of("other"), Optional.empty()))).isEmpty();
        assertThat(numbers(filter(Optional.empty(), Optional.of("example.com"))))
                .hasSize(3);
        assertThat(numbers(filter(Optional.empty(), Optional.of("example.net"))))
                .isEmpty();
        assertThat(numbers(new FeedFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.of("key-1"))))
                .isEmpty();
    }

    @Test
    void isNotFooledByMetadataThatLooksLikeAField() {
        byte[] line = "{\"v\":1,\"type\":\"accepted\",\"metadata\":{\"tenant\":\"acme\"},\"tags\":[\"tenant\"]}"
                .getBytes(StandardCharsets.UTF_8);

        assertThat(filter(Optional.of("acme"), Optional.empty()).passes(line, 0, line.length))
                .isFalse();
    }

    @Test
    void looksAtABoundedPartOfTheFeedAndSaysWhereToGoOn() {
        recordMessages(300);
        FeedFilter none = filter(Optional.of("nobody"), Optional.empty());

        Page page = page(0, 100, none);

        assertThat(page.lines()).isEmpty();
        assertThat(page.more()).isTrue();
        assertThat(page.next()).isBetween(50L, 400L);
        while (page.more()) {
            page = page(page.next(), 100, none);
        }
        assertThat(page.next()).isEqualTo(600);
    }

    @Test
    void deletesWhatIsTooOldAndSaysWhereTheRestBegins() {
        recordMessages(100);
        at.clock.pass(Duration.ofDays(1));
        recordMessages(100, 3);

        at.rows.expireFeed(at.clock.instant());
        recordMessages(1, 5); // ordered behind the deletion

        long oldest = at.feed.oldest().toCompletableFuture().join();
        assertThat(oldest).isEqualTo(200);
        assertThat(answer(0)).isEqualTo(new Expired(200));
        assertThat(answer(199)).isEqualTo(new Expired(200));
        assertThat(page(200, 1, FeedFilter.ALL).lines().get(0).number()).isEqualTo(201);
    }

    @Test
    void neverForgetsWhereTheNumbersStand() {
        recordMessages(10);
        at.clock.pass(Duration.ofDays(30));

        at.rows.expireFeed(at.clock.instant());
        at.restart();

        assertThat(at.feed.newest()).isEqualTo(20);
    }

    @Test
    void deletesTheOldestWhenAllIsTooMuch() {
        recordMessages(1_500); // some 1.5 MB, of which 1 MiB is kept

        at.rows.expireFeed(RecordFixture.NOW.minus(Duration.ofDays(1)));
        recordMessages(1, 3);

        long oldest = at.feed.oldest().toCompletableFuture().join();
        assertThat(oldest).isBetween(100L, 2_500L);
        assertThat(page(oldest, 1, FeedFilter.ALL).lines()).hasSize(1);
    }

    @Test
    void refusesNumbersThatItNeverGave() {
        recordMessages(1);

        assertThat(answer(3)).isEqualTo(new Unknown(2));
        assertThat(answer(-1)).isEqualTo(new Unknown(2));
        assertThat(answer(2)).isEqualTo(new Page(List.of(), 2, false));
    }

    @Test
    void showsRefusedMailWithTheRest() {
        Rejection refused = new Rejection(
                "s-9/1",
                at.clock.instant(),
                "a@example.org",
                "b@example.com",
                0,
                Reply.of(550, "5.7.1", "no"),
                "in",
                "s-9");
        RecordDesk desk = at.desk();
        at.rejections.offer(refused);
        desk.write(List.of());
        at.rejections.offer(refused);
        MessageId id = at.accepted(1);
        desk.write(List.of(new Piece(QUEUE, DOMAIN, 1, List.of(at.acceptedEvent(id, 1)))));

        assertThat(texts(page(0, 9, FeedFilter.ALL))).hasSize(3).containsExactlyElementsOf(logged());
    }

    @Test
    void readsTheCursorsThatItWrites() {
        assertThat(FeedCursor.parse(new FeedCursor("k3x9", 17).toString())).contains(new FeedCursor("k3x9", 17));
        assertThat(List.of("", "17", "-17", "a-", "a-x", "a-99999999999999999999", "a-1 "))
                .allMatch(text -> FeedCursor.parse(text).isEmpty());
    }

    /** Two lines for each of so many recipients. */
    private void recordMessages(int count) {
        recordMessages(count, 1);
    }

    private void recordMessages(int count, long firstSequenceNr) {
        MessageId id = at.accepted(count);
        Integer[] all = new Integer[count];
        Arrays.setAll(all, i -> i);
        at.record(firstSequenceNr, at.acceptedEvent(id, count), at.settled(id, Kind.DELIVERED, all));
    }

    private static FeedFilter filter(Optional<String> tenant, Optional<String> domain) {
        return new FeedFilter(Set.of(), tenant, domain, Optional.empty());
    }

    private FeedAnswer answer(long after) {
        return at.feed.after(after, 100, FeedFilter.ALL).toCompletableFuture().join();
    }

    private Page page(long after, int limit, FeedFilter filter) {
        return (Page) at.feed.after(after, limit, filter).toCompletableFuture().join();
    }

    private List<Long> numbers(FeedFilter filter) {
        return page(0, 100, filter).lines().stream().map(Line::number).toList();
    }

    private static List<String> texts(Page page) {
        return page.lines().stream()
                .map(line -> new String(line.json(), StandardCharsets.UTF_8))
                .toList();
    }

    private List<String> logged() {
        return at.logged();
    }
}
