package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
                .via(new Lines(10, 20))
                .runWith(Sink.seq(), kit.system())
                .toCompletableFuture()
                .join();

        assertThat(lines).hasSize(1).allMatch(Lines.Line::tooLong);
        assertThat(read.get()).isEqualTo(9);
    }

    private static List<String> lines(String text, int size, long patience) {
        List<ByteString> chunks = new ArrayList<>();
        for (int at = 0; at < text.length(); at += size) {
            chunks.add(ByteString.fromString(text.substring(at, Math.min(text.length(), at + size))));
        }
        return Source.from(chunks)
                .via(new Lines(10, patience))
                .map(line -> line.index() + " "
                        + (line.tooLong() ? "too long" : new String(line.bytes(), StandardCharsets.US_ASCII)))
                .runWith(Sink.seq(), kit.system())
                .toCompletableFuture()
                .join();
    }
}
