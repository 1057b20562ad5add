package io.postrider.record;

import static io.postrider.record.RecordFixture.DOMAIN;
import static io.postrider.record.RecordFixture.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.record.RecorderProtocol.Persisted;
import io.postrider.record.RecorderProtocol.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecorderTest {

    private final ActorTestKit kit = ActorTestKit.create();
    private final RecordFixture at = new RecordFixture();
    private final RecordLag lag = new RecordLag(3);
    private final TestProbe<Recorded> queue = kit.createTestProbe(Recorded.class);

    @AfterEach
    void close() {
        kit.shutdownTestKit();
        at.close();
    }

    private ActorRef<Recorder.Command> recorder() {
        HistorySettings settings = new HistorySettings(
                Duration.ofDays(14), Duration.ofHours(1), 1 << 18, Duration.ofMillis(20), lagBound(), 1000, 100);
        return kit.spawn(Recorder.create(settings, at.desk(), lag, Executors.newSingleThreadExecutor(Thread::new)));
    }

    private static int lagBound() {
        return 3;
    }

    private Persisted persisted(long first, QueueEvent... events) {
        return new Persisted(QUEUE, DOMAIN, first, List.of(events), queue.getRef());
    }

    @Test
    void tellsTheQueueWhenItsEventsAreRecorded() {
        MessageId id = at.accepted(1);
        ActorRef<Recorder.Command> recorder = recorder();

        recorder.tell(persisted(1, at.acceptedEvent(id, 1), at.settled(id, Kind.DELIVERED, 0)));

        assertThat(queue.receiveMessage()).isEqualTo(new Recorded(QUEUE, 2, List.of(id)));
        assertThat(lag.isCongested()).isFalse();
    }

    @Test
    void recordsAtTheStartWhatTheLastProcessLeft() {
        MessageId id = at.accepted(1);
        at.journal.persist(QUEUE, at.acceptedEvent(id, 1), at.settled(id, Kind.DELIVERED, 0));

        ActorRef<Recorder.Command> recorder = recorder();
        TestProbe<Done> flushed = kit.createTestProbe(Done.class);
        recorder.tell(new Recorder.Flush(flushed.getRef()));
        flushed.receiveMessage();

        assertThat(at.totals().delivered()).isEqualTo(1);
    }

    @Test
    void readsFromTheJournalWhatIsTooMuchToKeep() {
        ActorRef<Recorder.Command> recorder = recorder();
        for (int i = 0; i < 20; i++) {
            MessageId id = at.accepted(1);
            long first = at.journal.persist(QUEUE, at.acceptedEvent(id, 1));
            recorder.tell(persisted(first, at.acceptedEvent(id, 1)));
        }

        queue.fishForMessage(
                Duration.ofSeconds(10),
                recorded -> recorded.upToSequenceNr() == 20
                        ? org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes.complete()
                        : org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes.continueAndIgnore());
        assertThat(at.eventIds()).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void writesLinesOfRefusedMailBesides() {
        Rejection refused = new Rejection(
                "s-9/1",
                at.clock.instant(),
                "a@example.org",
                "b@example.com",
                0,
                Reply.of(550, "5.7.1", "no"),
                "in",
                "s-9");
        assertThat(at.rejections.offer(refused)).isTrue();
        assertThat(at.rejections.offer(refused)).isTrue();
        assertThat(at.rejections.offer(refused)).isFalse();

        ActorRef<Recorder.Command> recorder = recorder();
        recorder.tell(persisted(1, at.acceptedEvent(at.accepted(1), 1)));
        queue.receiveMessage();

        assertThat(at.lines()).extracting(line -> line.path("type").asText()).contains("rejected", "accepted");
    }
}
