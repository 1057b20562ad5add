package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.ingress.ReceiveBudget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Cutting a stream into lines, wherever its chunks end. */
class LinesTest {

    private static final ActorTestKit kit = ActorTestKit.create();

    @AfterAll
    static void close() {
        kit.shutdownTestKit();
    }

    @Test
    void cutsTheSameLinesOutOfChunksOfAnySize() {
        String text = "one\n\n  \r\ntwo\nlonger than that\n\nthree\r\nlast";

        for (int size = 1; size <= text.length(); size++) {
            assertThat(lines(text, size, 1000)).containsExactly("0 one", "1 two", "2 too long", "3 three\r", "4 last");
        }
    }

    @Test
    void endsWithTheStream() {
        assertThat(lines("", 1, 9)).isEmpty();
        assertThat(lines("\n\n", 1, 9)).isEmpty();
        assertThat(lines("a\n", 1, 9)).containsExactly("0 a");
        assertThat(lines("longer than that", 3, 1000)).containsExactly("0 too long");
    }

    @Test
    void readsNoFurtherThanALineThatHasNoEnd() {
        AtomicInteger read = new AtomicInteger();

        List<Lines.Line> lines = Source.repeat(ByteString.fromString("xxxx"))
                .map(chunk -> {
                    read.incrementAndGet();
                    return chunk;
                })
                .via(new Lines(new ReceiveBudget(100), 10, 20))
                .runWith(Sink.seq(), kit.system())
                .toCompletableFuture()
                .join();

        assertThat(lines).hasSize(1).allMatch(line -> line.refused().isPresent());
        assertThat(read.get()).isEqualTo(9);
    }

    @Test
    void holdsNoMoreOfALineThanThereIsRoomFor() {
        ReceiveBudget budget = new ReceiveBudget(8);

        List<String> lines = Source.from(List.of("abcdef", "ghi", "jkl\nmno", "p\nqrs", "tuvw", "\nx"))
                .map(ByteString::fromString)
                .via(new Lines(budget, 100, 1000))
                .map(LinesTest::told)
                .runWith(Sink.seq(), kit.system())
                .toCompletableFuture()
                .join();

        assertThat(lines).containsExactly("0 no room", "1 mnop", "2 qrstuvw", "3 x");
        assertThat(budget.left()).isEqualTo(8);
    }

    @Test
    void givesBackWhatItHeldWhenTheStreamBreaksOff() {
        ReceiveBudget budget = new ReceiveBudget(8);

        Source.single(ByteString.fromString("abcdef"))
                .concat(Source.failed(new java.io.IOException("reset")))
                .via(new Lines(budget, 100, 1000))
                .runWith(Sink.seq(), kit.system())
                .exceptionally(failure -> List.of())
                .toCompletableFuture()
                .join();

        await(() -> budget.left() == 8);
    }

    private static void await(BooleanSupplier condition) {
        kit.createTestProbe().awaitAssert(() -> {
            assertThat(condition.getAsBoolean()).isTrue();
            return true;
        });
    }

    private static List<String> lines(String text, int size, long patience) {
        List<ByteString> chunks = new ArrayList<>();
        for (int at = 0; at < text.length(); at += size) {
            chunks.add(ByteString.fromString(text.substring(at, Math.min(text.length(), at + size))));
        }
        ReceiveBudget budget = new ReceiveBudget(100);
        List<String> lines = Source.from(chunks)
                .via(new Lines(budget, 10, patience))
                .map(LinesTest::told)
                .runWith(Sink.seq(), kit.system())
                .toCompletableFuture()
                .join();
        assertThat(budget.left()).isEqualTo(100);
        return lines;
    }

    private static String told(Lines.Line line) {
        String text = line.refused()
                .map(why -> why.status() == 413 ? "too long" : "no room")
                .orElseGet(() -> new String(line.bytes(), StandardCharsets.US_ASCII));
        return line.index() + " " + text;
    }
}
