package io.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyParserTest {

    @Test
    void readsAReply() {
        assertThat(parse("250 2.1.0 OK\r\n")).containsExactly(complete(Reply.of(250, "2.1.0", "OK")));
    }

    @Test
    void takesWhatMayBeMissing() {
        assertThat(parse("250\r\n250 \r\n354 go\n"))
                .containsExactly(
                        complete(Reply.of(250, "", "")),
                        complete(Reply.of(250, "", "")),
                        complete(Reply.of(354, "", "go")));
    }

    @Test
    void anEnhancedCodeOfAnotherClassIsText() {
        assertThat(parse("550 4.1.1 odd\r\n")).containsExactly(complete(Reply.of(550, "", "4.1.1 odd")));
    }

    @Test
    void joinsLinesAndKeepsTheFirstEnhancedCode() {
        Reply reply = ((Parsed.Complete) parse("550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 user\r\n")
                        .getFirst())
                .reply();

        assertThat(reply.enhanced()).map(Object::toString).contains("5.1.1");
        assertThat(reply.lines()).containsExactly("no", "such", "user");
    }

    @Test
    void readsTheSameHoweverTheBytesAreCut() {
        String text = "220 hi\r\n250-mx\r\n250-SIZE 10\n250 PIPELINING\r\n550 5.1.1 n\u00f6\r\n";
        List<Parsed> whole = parse(text);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Random random = new Random(4);
        for (int round = 0; round < 200; round++) {
            ReplyParser parser = new ReplyParser();
            List<Parsed> cut = new ArrayList<>();
            for (int from = 0; from < bytes.length; ) {
                int count = Math.min(bytes.length - from, 1 + random.nextInt(9));
                drain(parser, ByteBuffer.wrap(bytes, from, count), cut);
                from += count;
            }
            assertThat(cut).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello\r\n",
                "\r\n",
                "25\r\n",
                "199 too low\r\n",
                "600 too high\r\n",
                "250_OK\r\n",
                "250-a\r\n251 b\r\n",
                "2x0 OK\r\n"
            })
    void whatIsNoReplyIsMalformedAndNothingIsReadAfterIt(String text) {
        List<Parsed> parsed = parse(text + "250 OK\r\n");

        assertThat(parsed).hasSize(1).first().isInstanceOf(Parsed.Malformed.class);
    }

    @Test
    void endlessLinesAndRepliesAreMalformed() {
        assertThat(parse("250 " + "x".repeat(5000))).first().isInstanceOf(Parsed.Malformed.class);
        assertThat(parse("250-x\r\n".repeat(500))).first().isInstanceOf(Parsed.Malformed.class);
    }

    @Test
    void controlsAreNotPassedOn() {
        assertThat(parse("250 a\u0000b\u001bc\rd\r\n")).containsExactly(complete(Reply.of(250, "", "a?b?c?d")));
    }

    private static Parsed complete(Reply reply) {
        return new Parsed.Complete(reply);
    }

    private static List<Parsed> parse(String text) {
        List<Parsed> all = new ArrayList<>();
        drain(new ReplyParser(), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), all);
        return all;
    }

    private static void drain(ReplyParser parser, ByteBuffer bytes, List<Parsed> into) {
        Optional<Parsed> next = parser.next(bytes);
        while (next.isPresent()) {
            into.add(next.get());
            next = parser.next(bytes);
        }
    }
}
