package io.postrider.record;

import static io.postrider.record.RecordFixture.DOMAIN;
import static io.postrider.record.RecordFixture.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Recovered;
import io.postrider.mail.MessageId;
import io.postrider.record.Scribe.Piece;
import io.postrider.record.Scribe.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScribeTest {

    private final RecordFixture at = new RecordFixture();

    @AfterEach
    void close() {
        at.close();
    }

    @Test
    void writesALineAndARowForEachStepOfAMessage() {
        MessageId id = at.accepted(1);
        at.record(1, at.acceptedEvent(id, 1));
        at.clock.pass(Duration.ofMillis(1500));
        at.record(2, at.deferred(id, 0), at.settled(id, Kind.DELIVERED, 0));

        List<JsonNode> lines = at.lines();
        assertThat(lines)
                .extracting(line -> line.path("type").asText())
                .containsExactly("accepted", "deferred", "delivered");
        assertThat(lines.get(0).toString())
                .isEqualTo("{\"v\":1,\"type\":\"accepted\",\"at\":\"2026-05-17T10:00:00.250Z\",\"event_id\":\"" + QUEUE
                        + "/1/0\",\"message_id\":\"" + id + "\",\"recipient_id\":\"" + id
                        + ".0\",\"sender\":\"sender@example.org\",\"recipient\":\"user0@example.com\",\"size\":5,"
                        + "\"pool\":\"default\",\"tenant\":\"acme\",\"campaign\":\"spring\",\"class\":\"bulk\","
                        + "\"tags\":[\"a\",\"b\"],\"metadata\":{\"order\":\"17\\\"\"},\"listener\":\"relay-in\","
                        + "\"session_id\":\"s-1\",\"domain\":\"example.com\",\"node\":\"relay-1\"}");
        assertThat(lines.get(1).path("retry_at").asText()).isEqualTo("2026-05-17T10:05:01.750Z");
        assertThat(lines.get(1).path("ambiguous").asBoolean()).isTrue();
        assertThat(lines.get(2).path("queued_seconds").asText()).isEqualTo("1.5");
        assertThat(lines.get(2).path("reply").toString())
                .isEqualTo("{\"code\":250,\"enhanced\":\"2.0.0\",\"text\":\"queued as 7F3A\"}");
        assertThat(lines.get(2).path("mx").asText()).isEqualTo("mx1.example.net");
        assertThat(lines.get(2).path("tls").toString())
                .isEqualTo("{\"version\":\"TLSv1.3\",\"cipher\":\"TLS_AES_256_GCM_SHA384\",\"policy\":\"verify\","
                        + "\"peer\":\"mx1.example.net\"}");

        List<HistoryEntry> history =
                at.history().message(id, 100).toCompletableFuture().join();
        assertThat(history)
                .extracting(HistoryEntry::type)
                .containsExactly(RecordType.ACCEPTED, RecordType.DEFERRED, RecordType.DELIVERED);
        assertThat(history).extracting(HistoryEntry::eventId).containsExactlyElementsOf(at.eventIds());
        assertThat(history.get(0).envelope().orElseThrow().recipient()).isEqualTo("user0@example.com");
        assertThat(history.get(2).reply()).contains(RecordFixture.OK);
        assertThat(history.get(2).tls()).isEqualTo(RecordFixture.VIA.tls());
        assertThat(history.get(1).retryAt()).contains(at.clock.instant().plusSeconds(300));
    }

    @Test
    void releasesAReferenceWithItsOnlyRecipient() {
        MessageId id = at.accepted(1);

        Written first = at.record(1, at.acceptedEvent(id, 1));
        Written second = at.record(2, at.settled(id, Kind.BOUNCED, 0));

        assertThat(first).isEqualTo(new Written(1, List.of()));
        assertThat(second).isEqualTo(new Written(2, List.of(id)));
        assertThat(at.spoolHas(id)).isFalse();
    }

    @Test
    void releasesAReferenceOnlyWhenAllItsRecipientsAreSettledAlsoOverARestart() {
        MessageId id = at.accepted(3);
        at.record(1, at.acceptedEvent(id, 3));

        assertThat(at.record(2, at.settled(id, Kind.DELIVERED, 0)).released()).isEmpty();
        at.restart();
        assertThat(at.record(3, at.settled(id, Kind.BOUNCED, 2)).released()).isEmpty();
        assertThat(at.spoolHas(id)).isTrue();
        assertThat(at.record(4, at.settled(id, Kind.CANCELLED, 1)).released()).containsExactly(id);

        assertThat(at.spoolHas(id)).isFalse();
        assertThat(at.rows.settled(DOMAIN, id)).isEmpty();
        assertThat(at.totals()).isEqualTo(new Totals(3, 1, 1, 0, 1, 3));
    }

    @Test
    void keepsAReferenceUntilTheReportAboutItIsOwedNoMore() {
        MessageId id = at.accepted(1);
        at.record(1, at.acceptedEvent(id, 1));

        assertThat(at.record(2, at.settledToReport(id, Kind.BOUNCED, 0)).released())
                .isEmpty();
        at.restart();
        assertThat(at.spoolHas(id)).isTrue();
        assertThat(at.totals()).isEqualTo(new Totals(1, 0, 1, 0, 0, 0));

        assertThat(at.record(3, at.reported(id, 0)).released()).containsExactly(id);
        assertThat(at.spoolHas(id)).isFalse();
        assertThat(at.totals()).isEqualTo(new Totals(1, 0, 1, 0, 0, 1));
        assertThat(at.lines()).hasSize(2);
    }

    @Test
    void keepsAReferenceOfSeveralRecipientsUntilNothingIsOwedForAnyOfThem() {
        MessageId id = at.accepted(3);
        at.record(1, at.acceptedEvent(id, 3), at.settledToReport(id, Kind.BOUNCED, 0, 1));

        assertThat(at.record(3, at.reported(id, 0, 1)).released()).isEmpty();
        at.restart();
        assertThat(at.record(4, at.settledToReport(id, Kind.EXPIRED, 2)).released())
                .isEmpty();
        assertThat(at.record(5, at.reported(id, 2)).released()).containsExactly(id);

        assertThat(at.rows.settled(DOMAIN, id)).isEmpty();
        assertThat(at.totals()).isEqualTo(new Totals(3, 0, 2, 1, 0, 3));
    }

    @Test
    void releasesWhenOneBatchHoldsTheReportAsWell() {
        MessageId id = at.accepted(2);

        Written written = at.record(
                1,
                at.acceptedEvent(id, 2),
                at.settledToReport(id, Kind.BOUNCED, 1),
                at.settled(id, Kind.DELIVERED, 0),
                at.reported(id, 1));

        assertThat(written.released()).containsExactly(id);
        assertThat(at.rows.settled(DOMAIN, id)).isEmpty();
    }

    @Test
    void releasesWhenOneBatchSettlesTheRecipientsInSeveralEvents() {
        MessageId id = at.accepted(2);

        Written written = at.record(
                1, at.acceptedEvent(id, 2), at.settled(id, Kind.DELIVERED, 1), at.settled(id, Kind.DELIVERED, 0));

        assertThat(written.released()).containsExactly(id);
        assertThat(at.rows.settled(DOMAIN, id)).isEmpty();
    }

    @Test
    void recordsARepeatedEventNoSecondTimeAndSaysWhatItHadReleased() {
        MessageId done = at.accepted(1);
        MessageId open = at.accepted(2);
        at.record(1, at.acceptedEvent(done, 1), at.acceptedEvent(open, 2));
        at.record(3, at.settled(done, Kind.DELIVERED, 0), at.settled(open, Kind.DELIVERED, 0));
        Totals before = at.totals();
        int lines = at.lines().size();

        at.restart();
        Written repeated = at.record(3, at.settled(done, Kind.DELIVERED, 0), at.settled(open, Kind.DELIVERED, 0));

        assertThat(repeated).isEqualTo(new Written(4, List.of(done)));
        assertThat(at.totals()).isEqualTo(before);
        assertThat(at.lines()).hasSize(lines);
    }

    @Test
    void recordsTheNewPartOfWhatIsRepeatedInPart() {
        MessageId id = at.accepted(1);
        at.record(1, at.acceptedEvent(id, 1));

        Written written = at.record(1, at.acceptedEvent(id, 1), at.settled(id, Kind.DELIVERED, 0));

        assertThat(written).isEqualTo(new Written(2, List.of(id)));
        assertThat(at.eventIds()).containsExactly(QUEUE + "/1/0", QUEUE + "/2/0");
    }

    @Test
    void readsAGapFromTheJournal() {
        MessageId id = at.accepted(1);
        at.journal.persist(QUEUE, at.acceptedEvent(id, 1), at.deferred(id, 0), at.settled(id, Kind.EXPIRED, 0));

        Written written = at.record(3, at.settled(id, Kind.EXPIRED, 0));

        assertThat(written).isEqualTo(new Written(3, List.of(id)));
        assertThat(at.eventIds()).containsExactly(QUEUE + "/1/0", QUEUE + "/2/0", QUEUE + "/3/0");
    }

    @Test
    void answersAQuestionWithoutEventsAfterReadingTheJournalUpToIt() {
        MessageId id = at.accepted(1);
        at.journal.persist(QUEUE, at.acceptedEvent(id, 1), at.settled(id, Kind.DELIVERED, 0));

        assertThat(at.record(3)).isEqualTo(new Written(2, List.of(id)));
        assertThat(at.record(3)).isEqualTo(new Written(2, List.of()));
    }

    @Test
    void readsALongGapInPages() {
        List<MessageId> ids = new ArrayList<>();
        for (int i = 0; i < 450; i++) {
            MessageId id = at.accepted(1);
            ids.add(id);
            at.journal.persist(QUEUE, at.acceptedEvent(id, 1), at.settled(id, Kind.DELIVERED, 0));
        }

        Written written = at.record(901, new Recovered(at.clock.instant()));

        assertThat(written).isEqualTo(new Written(901, ids));
        assertThat(at.totals()).isEqualTo(new Totals(450, 450, 0, 0, 0, 450));
        assertThat(at.journal.reads).isBetween(5, 6);
    }

    @Test
    void repeatsLinesWithTheSameIdsWhenItDiesBetweenLogAndRows() {
        MessageId id = at.accepted(1);
        Scribe dying = at.scribe(new DyingRows(at.rows));
        Piece piece = new Piece(QUEUE, DOMAIN, 1, List.of(at.acceptedEvent(id, 1), at.settled(id, Kind.DELIVERED, 0)));

        assertThatThrownBy(() -> dying.record(List.of(piece))).hasMessage("killed");
        at.restart();
        Written written = at.scribe.record(List.of(piece)).get(QUEUE);

        assertThat(written).isEqualTo(new Written(2, List.of(id)));
        assertThat(at.eventIds()).containsExactly(QUEUE + "/1/0", QUEUE + "/2/0", QUEUE + "/1/0", QUEUE + "/2/0");
        assertThat(at.totals()).isEqualTo(new Totals(1, 1, 0, 0, 0, 1));
        assertThat(at.history().message(id, 9).toCompletableFuture().join()).hasSize(2);
    }

    @Test
    void countsWhatWaitsForTheHandOverAsAcceptedAndQueued() {
        at.accepted(2);
        MessageId handedOver = at.accepted(3);
        at.record(1, at.acceptedEvent(handedOver, 3), at.settled(handedOver, Kind.DELIVERED, 0, 1));

        Totals totals = at.totals();

        assertThat(totals.accepted()).isEqualTo(5);
        assertThat(totals.delivered()).isEqualTo(2);
        assertThat(totals.queued()).isEqualTo(3);
        at.restart();
        assertThat(at.totals()).isEqualTo(totals);
    }

    @Test
    void recordsWhatLostItsReferenceAndKeepsTheBooksBalanced() {
        MessageId lost = at.ids.next();

        at.record(1, at.acceptedEvent(lost, 2), at.settled(lost, Kind.BOUNCED, 0, 1));

        assertThat(at.lines()).hasSize(4).allMatch(line -> !line.has("recipient"));
        assertThat(at.totals()).isEqualTo(new Totals(2, 0, 2, 0, 0, 2));
        assertThat(at.history().message(lost, 9).toCompletableFuture().join()).hasSize(4);
    }

    @Test
    void goesOnBehindEventsThatTheJournalHasLost() {
        at.journal.persist(QUEUE, new Recovered(at.clock.instant()), new Recovered(at.clock.instant()));
        at.journal.trim(QUEUE, 2);

        assertThat(at.record(3, new Recovered(at.clock.instant())).upToSequenceNr())
                .isEqualTo(3);
    }

    @Test
    void forgetsTheHistoryOfMessagesAcceptedBeforeATime() {
        MessageId old = at.accepted(1);
        at.clock.pass(Duration.ofHours(1));
        MessageId young = at.accepted(1);
        at.record(1, at.acceptedEvent(old, 1), at.acceptedEvent(young, 1));

        at.rows.expireHistory(at.clock.instant());
        at.record(3, at.deferred(young, 0)); // ordered behind the deletion

        assertThat(at.history().message(old, 9).toCompletableFuture().join()).isEmpty();
        assertThat(at.history().message(young, 9).toCompletableFuture().join()).hasSize(2);
    }

    @Test
    void catchesUpWithWhatQueuesLeftWhenTheProcessDied() {
        MessageId id = at.accepted(1);
        at.journal.persist(QUEUE, at.acceptedEvent(id, 1), at.settled(id, Kind.DELIVERED, 0));
        at.journal.persist("queue|other.example", new Recovered(at.clock.instant()));

        assertThat(at.desk().catchUp()).isFalse();

        assertThat(at.scribe.watermark(QUEUE)).isEqualTo(2);
        assertThat(at.scribe.watermark("queue|other.example")).isEqualTo(1);
        assertThat(at.spoolHas(id)).isFalse();
    }

    @Test
    void showsWhatItRecordedInTheMetrics() {
        MessageId id = at.accepted(2);
        at.record(1, at.acceptedEvent(id, 2), at.deferred(id, 0, 1), at.settled(id, Kind.DELIVERED, 0, 1));

        assertThat(at.meters.expose())
                .contains("postrider_delivered_total 2.0", "postrider_deferred_total 2.0")
                .contains("postrider_delivery_time_seconds_count 2");
    }

    @Test
    void catchUpGivesNothingTwice() {
        MessageId id = at.accepted(1);
        at.journal.persist(QUEUE, at.acceptedEvent(id, 1));
        at.scribe.catchUp(QUEUE, DOMAIN, 1, new LinkedHashMap<>());
        at.scribe.catchUp(QUEUE, DOMAIN, 1, new LinkedHashMap<>());

        assertThat(at.lines()).hasSize(1);
    }
}
