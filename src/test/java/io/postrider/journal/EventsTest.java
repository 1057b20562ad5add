package io.postrider.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.postrider.journal.EventReader.Head;
import io.postrider.journal.EventReader.Stored;
import io.postrider.store.TemporaryStore;
import io.postrider.store.Writes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.PersistentRepr$;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventsTest {

    private static final ActorSystem SYSTEM = ActorSystem.create("EventsTest", ConfigFactory.load());

    private final TemporaryStore temporary = TemporaryStore.with(StoreExtension.FAMILIES);
    private EventReader reader;

    @BeforeEach
    void open() {
        StoreExtension.of(SYSTEM).use(temporary.store());
        reader = new RocksEventReader(SYSTEM);
    }

    @AfterEach
    void close() {
        temporary.close();
    }

    @AfterAll
    static void terminate() {
        TestKit.shutdownActorSystem(SYSTEM);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private Events events() {
        return StoreExtension.of(SYSTEM).events();
    }

    private void append(String persistenceId, long from, long to) {
        Writes writes = new Writes();
        for (long number = from; number <= to; number++) {
            PersistentRepr event = PersistentRepr$.MODULE$.apply(
                    persistenceId + "/" + number, number, persistenceId, "", false, ActorRef.noSender(), "writer");
            events().append(writes, event);
        }
        get(temporary.store().write(writes));
    }

    private void trim(String persistenceId, long upTo) {
        get(temporary.store().write(events().trim(persistenceId, upTo)));
    }

    private List<Long> numbers(String persistenceId) {
        List<Long> numbers = new ArrayList<>();
        events().replay(persistenceId, 0, Long.MAX_VALUE, Long.MAX_VALUE, event -> numbers.add(event.sequenceNr()));
        return numbers;
    }

    private void restart() {
        StoreExtension.of(SYSTEM).use(temporary.reopen());
    }

    @Test
    void readsEventsFromAnyNumberOn() {
        append("queue|a.example", 1, 5);

        assertThat(get(reader.events("queue|a.example", 3, 2)))
                .containsExactly(
                        new Stored("queue|a.example", 3, "queue|a.example/3"),
                        new Stored("queue|a.example", 4, "queue|a.example/4"));
        assertThat(get(reader.events("queue|a.example", 6, 2))).isEmpty();
        assertThat(get(reader.events("queue|b.example", 0, 2))).isEmpty();
    }

    @Test
    void keepsIdsApartThatBeginAlike() {
        append("a", 1, 2);
        append("a.b", 1, 3);
        append("ab", 1, 1);
        trim("a", 2);

        assertThat(numbers("a")).isEmpty();
        assertThat(numbers("a.b")).containsExactly(1L, 2L, 3L);
        assertThat(numbers("ab")).containsExactly(1L);
    }

    @Test
    void listsTheIdsThatHaveEventsInPages() {
        append("c", 1, 1);
        append("a", 1, 7);
        append("b", 1, 2);
        append("d", 1, 2);
        trim("d", 2);

        assertThat(get(reader.heads(Optional.empty(), 2))).containsExactly(new Head("a", 7), new Head("b", 2));
        assertThat(get(reader.heads(Optional.of("b"), 2))).containsExactly(new Head("c", 1));
        assertThat(get(reader.heads(Optional.of("c"), 2))).isEmpty();
    }

    @Test
    void knowsTheHighestNumberAfterEverythingIsTrimmed() {
        append("a", 1, 5);
        trim("a", Long.MAX_VALUE);
        restart();

        assertThat(numbers("a")).isEmpty();
        assertThat(events().highest("a")).isEqualTo(5);
        append("a", 6, 6);
        assertThat(events().highest("a")).isEqualTo(6);
        assertThat(events().highest("unknown")).isZero();
    }

    @Test
    void doesNotForgetWhenASmallerTrimComesLater() {
        append("a", 1, 10);
        Writes large = events().trim("a", 10);
        Writes small = events().trim("a", 5);
        get(temporary.store().write(large));
        get(temporary.store().write(small));
        trim("a", 3);
        restart();

        assertThat(numbers("a")).isEmpty();
        assertThat(events().highest("a")).isEqualTo(10);
    }

    @Test
    void trimsALongRangeAndLeavesTheRest() {
        append("a", 1, 10_000);
        append("b", 1, 1);

        trim("a", 9_998);

        assertThat(numbers("a")).containsExactly(9_999L, 10_000L);
        assertThat(numbers("b")).containsExactly(1L);
        trim("a", 9_999);
        assertThat(numbers("a")).containsExactly(10_000L);
    }

    @Test
    void trimsThroughTheReaderInItsOwnTime() {
        append("a", 1, 3);

        reader.trim("a", 2);
        reader.trim("a", 2);

        while (numbers("a").size() > 1) {
            Thread.onSpinWait();
        }
        assertThat(numbers("a")).containsExactly(3L);
    }

    @Test
    void stopsLoudlyAtARowItCannotRead() {
        PersistentRepr event = PersistentRepr$.MODULE$.apply("e", 1, "a", "", false, ActorRef.noSender(), "w");
        byte[] row = EventRow.write(event, SerializationExtension.get(SYSTEM));
        row[0] = 9;

        assertThatThrownBy(() -> EventRow.read(Rows.key(Rows.id("a"), 1), row, SerializationExtension.get(SYSTEM)))
                .hasMessageContaining("version 1");
        assertThatThrownBy(() -> Rows.id("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }
}
