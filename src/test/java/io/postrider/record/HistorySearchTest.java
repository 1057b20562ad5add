package io.postrider.record;

import static io.postrider.record.RecordFixture.DOMAIN;
import static io.postrider.record.RecordFixture.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.mail.MessageId;
import io.postrider.mail.RecipientId;
import io.postrider.record.HistorySearch.Found;
import io.postrider.record.HistorySearch.Hit;
import io.postrider.record.HistorySearch.Wanted;
import io.postrider.record.Scribe.Piece;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistorySearchTest {

    private final RecordFixture at = new RecordFixture();
    private MessageId oldest;
    private MessageId middle;
    private MessageId newest;

    /** Three messages on three days, each to user0 and user1 at example.com. */
    @BeforeEach
    void record() {
        List<QueueEvent> events = new ArrayList<>();
        oldest = at.accepted(2);
        events.add(at.acceptedEvent(oldest, 2));
        events.add(at.settled(oldest, Kind.DELIVERED, 0, 1));
        at.clock.pass(Duration.ofDays(1));
        middle = at.accepted(2, "Other@example.org", "key-7");
        events.add(at.acceptedEvent(middle, 2));
        events.add(at.deferred(middle, 0, 1));
        events.add(at.settled(middle, Kind.BOUNCED, 1));
        at.clock.pass(Duration.ofDays(1));
        newest = at.accepted(2);
        events.add(at.acceptedEvent(newest, 2));
        at.scribe.record(List.of(new Piece(QUEUE, DOMAIN, 1, events)));
    }

    @AfterEach
    void close() {
        at.close();
    }

    @Test
    void findsAllRecipientsNewestMessageFirst() {
        Found found = find(Wanted.ALL, 100);

        assertThat(found.hits())
                .extracting(Hit::id)
                .containsExactly(
                        of(newest, 1), of(newest, 0), of(middle, 1), of(middle, 0), of(oldest, 1), of(oldest, 0));
        assertThat(found.hits())
                .extracting(Hit::status)
                .containsExactly(
                        RecipientStatus.QUEUED,
                        RecipientStatus.QUEUED,
                        RecipientStatus.BOUNCED,
                        RecipientStatus.DEFERRED,
                        RecipientStatus.DELIVERED,
                        RecipientStatus.DELIVERED);
        assertThat(found.next()).isEmpty();
        assertThat(found.hits().get(0).domain()).isEqualTo(DOMAIN);
    }

    @Test
    void findsByRecipientAndSenderWithoutCase() {
        assertThat(ids(wanted(Optional.of("USER0@example.com"), Optional.empty())))
                .containsExactly(of(newest, 0), of(middle, 0), of(oldest, 0));
        assertThat(ids(wanted(Optional.empty(), Optional.of("other@EXAMPLE.org"))))
                .containsExactly(of(middle, 1), of(middle, 0));
        assertThat(ids(wanted(Optional.of("user1@example.com"), Optional.of("other@example.org"))))
                .containsExactly(of(middle, 1));
        assertThat(ids(wanted(Optional.of("nobody@example.com"), Optional.empty())))
                .isEmpty();
    }

    @Test
    void findsByTenantOwnerStatusAndTime() {
        assertThat(ids(with(Optional.of("acme"), Optional.empty(), Optional.empty(), Optional.empty())))
                .hasSize(6);
        assertThat(ids(with(Optional.of("other"), Optional.empty(), Optional.empty(), Optional.empty())))
                .isEmpty();
        assertThat(ids(with(Optional.empty(), Optional.of("key-7"), Optional.empty(), Optional.empty())))
                .containsExactly(of(middle, 1), of(middle, 0));
        assertThat(ids(with(
                        Optional.empty(), Optional.empty(), Optional.of(RecipientStatus.DEFERRED), Optional.empty())))
                .containsExactly(of(middle, 0));
        assertThat(ids(with(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(middle.acceptedAt()))))
                .hasSize(4);
    }

    @Test
    void joinsPagesWithoutGapOrRepeatOnEveryWay() {
        for (Wanted way : List.of(
                Wanted.ALL,
                wanted(Optional.of("user0@example.com"), Optional.empty()),
                wanted(Optional.empty(), Optional.of("sender@example.org")))) {
            List<RecipientId> all = ids(way);
            for (int limit = 1; limit < 4; limit++) {
                assertThat(inPages(way, limit, 20_000)).isEqualTo(all);
            }
        }
    }

    @Test
    void looksAtABoundedNumberOfRowsAndSaysWhereToGoOn() {
        Wanted none = with(Optional.of("nobody"), Optional.empty(), Optional.empty(), Optional.empty());

        Found first = at.search(3).find(none, 100).toCompletableFuture().join();

        assertThat(first.hits()).isEmpty();
        assertThat(first.next()).isPresent();
        assertThat(inPages(Wanted.ALL, 100, 3)).isEqualTo(ids(Wanted.ALL));
    }

    @Test
    void forgetsWithTheHistory() {
        at.rows.expireHistory(at.clock.instant());
        at.record(7, at.deferred(newest, 0, 1)); // ordered behind the deletion

        assertThat(ids(Wanted.ALL)).containsExactly(of(newest, 1), of(newest, 0));
        assertThat(ids(wanted(Optional.of("user0@example.com"), Optional.empty())))
                .containsExactly(of(newest, 0));
    }

    @Test
    void staysAfterARestart() {
        at.restart();

        assertThat(ids(wanted(Optional.of("user0@example.com"), Optional.empty())))
                .hasSize(3);
    }

    /** The hash is in every store there is. */
    @Test
    void hashesAddressesAsEver() {
        assertThat(AddressIndex.hash("User@Example.com")).isEqualTo(AddressIndex.hash("user@example.com"));
        assertThat(AddressIndex.hash("user@example.com")).isEqualTo(-7430650879012976322L);
    }

    private List<RecipientId> inPages(Wanted wanted, int limit, int maxScan) {
        List<RecipientId> all = new ArrayList<>();
        Optional<RecipientId> next = Optional.empty();
        do {
            Wanted page = new Wanted(
                    wanted.recipient(),
                    wanted.sender(),
                    wanted.tenant(),
                    wanted.owner(),
                    wanted.status(),
                    wanted.since(),
                    next);
            Found found =
                    at.search(maxScan).find(page, limit).toCompletableFuture().join();
            assertThat(found.hits()).hasSizeLessThanOrEqualTo(limit);
            found.hits().forEach(hit -> all.add(hit.id()));
            next = found.next();
        } while (next.isPresent());
        return all;
    }

    private List<RecipientId> ids(Wanted wanted) {
        return find(wanted, 100).hits().stream().map(Hit::id).toList();
    }

    private Found find(Wanted wanted, int limit) {
        return at.search(20_000).find(wanted, limit).toCompletableFuture().join();
    }

    private static RecipientId of(MessageId message, int index) {
        return new RecipientId(message, index);
    }

    private static Wanted wanted(Optional<String> recipient, Optional<String> sender) {
        return new Wanted(
                recipient,
                sender,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Wanted with(
            Optional<String> tenant,
            Optional<String> owner,
            Optional<RecipientStatus> status,
            Optional<Instant> since) {
        return new Wanted(Optional.empty(), Optional.empty(), tenant, owner, status, since, Optional.empty());
    }
}
