package io.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.BackedOff;
import io.postrider.event.QueueEvent.CancelRequested;
import io.postrider.event.QueueEvent.Deferral;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Entry;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.event.QueueEvent.Settlement;
import io.postrider.event.QueueEvent.Suspended;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueStateTest {

    private static final Instant AT = Instant.parse("2030-01-01T00:00:00Z");
    private static final Reply REPLY = Reply.of(250, "2.0.0", "OK");
    private static final Kind[] FINAL = {Kind.DELIVERED, Kind.BOUNCED, Kind.EXPIRED, Kind.CANCELLED};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void eventsInAnyOrderAndTwiceEndTheSame(long seed) {
        Random random = new Random(seed);
        List<QueueEvent> events = life(random, 60);
        QueueState once = new QueueState();
        for (QueueEvent event : events) {
            once.after(event);
            balanced(once);
        }

        List<QueueEvent> mixed = new ArrayList<>(events);
        mixed.addAll(events);
        Collections.shuffle(mixed, random);
        QueueState twice = new QueueState();
        for (QueueEvent event : mixed) {
            twice.after(event);
            balanced(twice);
        }

        assertThat(picture(twice)).as("seed %s", seed).isEqualTo(picture(once));
        assertThat(once.early).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void aSnapshotHoldsAll(long seed) {
        QueueState state = new QueueState();
        life(new Random(seed), 200).forEach(state::after);
        state.after(new Suspended(
                new Selector(Optional.of("a"), Optional.empty(), Optional.empty()), "r", Optional.of(AT), AT));
        state.after(new BackedOff(3, AT.plusSeconds(60), "451", AT));
        state.after(new CancelRequested(4, Selector.ALL, "r", AT));

        QueueState restored = QueueSnapshot.of(state).toState();

        assertThat(picture(restored)).isEqualTo(picture(state));
        assertThat(restored.suspensions).isEqualTo(state.suspensions);
        assertThat(restored.backoff).isEqualTo(state.backoff);
        assertThat(restored.cancels).isEqualTo(state.cancels);
        assertThat(restored.sequenceNr).isEqualTo(state.sequenceNr);
        assertThat(restored.nextCancel).isEqualTo(5);
    }

    @Test
    void readsTheGoldenSnapshot() throws IOException {
        QueueState state = new QueueState();
        life(new Random(5), 8).forEach(state::after);
        state.after(new BackedOff(3, AT.plusSeconds(60), "451", AT));
        byte[] written = QueueSnapshot.of(state).bytes();

        try (InputStream file = getClass().getResourceAsStream("/golden/queue/snapshot.v1.hex")) {
            assertThat(file)
                    .as("its bytes would be %s", HexFormat.of().formatHex(written))
                    .isNotNull();
            String golden = new String(file.readAllBytes(), StandardCharsets.US_ASCII).strip();
            assertThat(HexFormat.of().formatHex(written)).isEqualTo(golden);
            assertThat(picture(new QueueSnapshot(HexFormat.of().parseHex(golden)).toState()))
                    .isEqualTo(picture(state));
        }
    }

    @Test
    void refusesASnapshotOfAnotherVersion() {
        byte[] bytes = QueueSnapshot.of(new QueueState()).bytes();
        bytes[0] = 3;

        assertThatThrownBy(() -> new QueueSnapshot(bytes).toState()).hasMessageContaining("version 3");
    }

    @Test
    void anAcceptanceAfterItsOwnSettlementChangesNothing() {
        QueueState state = new QueueState();
        state.after(accepted(1, 2, AT));
        state.after(settled(1, 1, Kind.DELIVERED, 0, 1));

        state.after(accepted(1, 2, AT));

        assertThat(state.isEmpty()).isTrue();
        assertThat(state.books.totals()).isEqualTo(new QueueView.Totals(2, 2, 0, 0, 0));
    }

    @Test
    void forgetsASettledMessageWhenItIsRecorded() {
        QueueState state = new QueueState();
        state.after(accepted(1, 1, AT));
        state.after(settled(1, 1, Kind.DELIVERED, 0));
        state.recorded(1);
        assertThat(state.knows(id(1))).isTrue();

        state.recorded(2);

        assertThat(state.knows(id(1))).isFalse();
    }

    @Test
    void keepsMoreThanSixtyFourRecipients() {
        QueueState state = new QueueState();
        state.after(accepted(1, 300, AT));
        state.after(settled(1, 1, Kind.DELIVERED, 299, 64, 63, 0));

        QueueState restored = QueueSnapshot.of(state).toState();

        assertThat(restored.openCount(0)).isEqualTo(296);
        assertThat(restored.openPositions(0)).doesNotContain(0, 63, 64, 299).contains(1, 62, 65, 298);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void theShelfBehavesLikeASortedMap(long seed) {
        Random random = new Random(seed);
        QueueState state = new QueueState();
        Map<Integer, Long> due = new TreeMap<>();
        long now = AT.toEpochMilli();
        for (int step = 0; step < 20_000; step++) {
            int message = random.nextInt(step < 10_000 ? 9_000 : 50);
            long then = now + random.nextInt(100_000);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    state.after(accepted(message + step * 10_000, 1, Instant.ofEpochMilli(then)));
                    due.put(message + step * 10_000, then);
                }
                case 2 -> {
                    if (!due.isEmpty()) {
                        int known = due.keySet().iterator().next();
                        state.after(settled(known, 1, Kind.DELIVERED, 0));
                        due.remove(known);
                    }
                }
                default -> {
                    now += random.nextInt(20);
                    long until = now;
                    state.shelf.wake(now);
                    int ready = (int)
                            due.values().stream().filter(at -> at <= until).count();
                    assertThat(state.shelf.ready())
                            .as("seed %s step %s", seed, step)
                            .isEqualTo(ready);
                }
            }
            if (step % 100 == 0) {
                long until = now;
                long next = due.values().stream()
                        .mapToLong(at -> at)
                        .filter(at -> at > until)
                        .min()
                        .orElse(Long.MAX_VALUE);
                state.shelf.wake(now);
                assertThat(state.shelf.nextDue())
                        .as("seed %s step %s", seed, step)
                        .isEqualTo(next);
                assertThat(state.entries.size()).isEqualTo(due.size());
            }
        }
        due.keySet().forEach(known -> assertThat(state.entries.find(id(known))).isNotNegative());
    }

    @Test
    void aMillionMessagesTakeAtMostSixtyFourBytesEach() {
        QueueState state = new QueueState();
        System.gc();
        long before = used();
        for (int i = 0; i < 400_000; i += 1000) {
            List<Entry> entries = new ArrayList<>();
            for (int k = 0; k < 1000; k++) {
                entries.add(new Entry(id(i + k), 1, AT.plusSeconds(i), AT.plusSeconds(432_000), 1, 4096));
            }
            state.after(new Accepted(entries, List.of(), AT));
        }
        System.gc();
        long bytes = (used() - before) / state.entries.size();

        assertThat(bytes).isLessThanOrEqualTo(66);
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void balanced(QueueState state) {
        long open = 0;
        for (int slot = 0; slot < state.entries.size(); slot++) {
            open += state.openCount(slot);
        }
        assertThat(state.books.open()).isEqualTo(open);
    }

    /** All that events say, in an order of its own. */
    private static List<String> picture(QueueState state) {
        List<String> lines = new ArrayList<>();
        for (int slot = 0; slot < state.entries.size(); slot++) {
            lines.add(state.entries.id(slot) + " due " + state.entries.due(slot) + " expiry "
                    + state.entries.expirySeconds(slot) + " attempts " + state.entries.attempts(slot) + " lane "
                    + state.entries.lane(slot) + " open " + Arrays.toString(state.openPositions(slot)));
        }
        state.settled.keySet().forEach(id -> lines.add(id + " settled"));
        lines.sort(null);
        lines.add(state.books.totals().toString());
        return lines;
    }

    /** Whole lives of some messages, in the order in which they would happen. */
    private static List<QueueEvent> life(Random random, int messages) {
        List<QueueEvent> events = new ArrayList<>();
        List<Integer> living = new ArrayList<>();
        Map<Integer, List<Integer>> open = new TreeMap<>();
        Map<Integer, Integer> attempts = new TreeMap<>();
        Map<Integer, Instant> dues = new TreeMap<>();
        Instant now = AT;
        for (int i = 0; i < messages * 4; i++) {
            now = now.plusSeconds(1);
            if (i % 4 == 0) {
                int message = i / 4;
                int recipients = random.nextInt(10) == 0 ? 70 : 1 + random.nextInt(4);
                events.add(accepted(message, recipients, now));
                living.add(message);
                List<Integer> positions = new ArrayList<>();
                for (int p = 0; p < recipients; p++) {
                    positions.add(p);
                }
                open.put(message, positions);
                attempts.put(message, 0);
                dues.put(message, now);
                continue;
            }
            if (living.isEmpty()) {
                continue;
            }
            int message = living.get(random.nextInt(living.size()));
            int attempt = attempts.merge(message, 1, Integer::sum);
            List<Integer> positions = open.get(message);
            Collections.shuffle(positions, random);
            int count = random.nextInt(positions.size() + 1);
            List<Result> results = new ArrayList<>();
            for (int p = 0; p < count; p++) {
                results.add(new Result(positions.remove(0), FINAL[random.nextInt(FINAL.length)], REPLY, false));
            }
            if (!results.isEmpty()) {
                events.add(new Settled(List.of(new Settlement(id(message), attempt, Optional.empty(), results)), now));
            }
            if (positions.isEmpty()) {
                living.remove(Integer.valueOf(message));
            } else {
                Instant due = now.plusSeconds(300L * attempt);
                events.add(new Deferred(
                        List.of(new Deferral(id(message), attempt, due, Optional.empty(), List.of())), now));
            }
        }
        return events;
    }

    private static MessageId id(int number) {
        return new MessageId(0x0180_0000_0000_7000L, 0x8000_0000_0000_0000L | number * 0x9E37_79B9L);
    }

    private static Accepted accepted(int message, int recipients, Instant due) {
        return new Accepted(
                List.of(new Entry(id(message), recipients, due, AT.plusSeconds(432_000), 1, 100)),
                List.of(new Lane(1, "t", "c", "", "default", false)),
                due);
    }

    private static Settled settled(int message, int attempt, Kind kind, int... positions) {
        List<Result> results = new ArrayList<>();
        for (int position : positions) {
            results.add(new Result(position, kind, REPLY, false));
        }
        return new Settled(List.of(new Settlement(id(message), attempt, Optional.empty(), results)), AT);
    }
}
