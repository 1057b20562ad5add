package io.postrider.cli.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SinkTest {

    @TempDir
    Path directory;

    @Test
    void takesMailAndCountsItByDomain() throws IOException {
        try (Sink sink = Sink.start(SinkSettings.onLoopback());
                Conversation client = Conversation.greeted(sink.port())) {
            assertThat(client.ask("RCPT TO:<a@One.test>")).startsWith("250 ");
            assertThat(client.ask("RCPT TO:<b@two.test>")).startsWith("250 ");
            assertThat(client.ask("DATA")).startsWith("354 ");
            assertThat(client.ask("Subject: x\r\n\r\nbody\r\n.")).startsWith("250 ");
            assertThat(client.ask("QUIT")).startsWith("221 ");

            assertThat(sink.counts().messages()).isEqualTo(1);
            assertThat(sink.counts().recipients()).isEqualTo(2);
            assertThat(sink.counts().domain("one.test")).isEqualTo(new SinkCounts.Domain(1, 0, 0));
            assertThat(sink.counts().domain("two.test")).isEqualTo(new SinkCounts.Domain(1, 0, 0));
        }
    }

    @Test
    void namesTheAddressThatAnotherListensAt() throws IOException {
        try (Sink first = Sink.start(SinkSettings.onLoopback())) {
            SinkSettings same = new SinkSettings(
                    new InetSocketAddress("127.0.0.1", first.port()),
                    "sink.test",
                    SinkSettings.onLoopback().script(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

            assertThatThrownBy(() -> Sink.start(same)).hasMessage("127.0.0.1:" + first.port());
        }
    }

    @Test
    void answersAPipelinedGroupInOrder() throws IOException {
        try (Sink sink = Sink.start(SinkSettings.onLoopback());
                Conversation client = new Conversation(sink.port())) {
            client.reply();
            client.send(("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<a@a.test>\r\nDATA\r\n").getBytes(StandardCharsets.UTF_8));

            assertThat(client.reply()).isEqualTo("250 ENHANCEDSTATUSCODES");
            assertThat(client.reply()).isEqualTo("250 2.1.0 OK");
            assertThat(client.reply()).isEqualTo("250 2.1.5 OK");
            assertThat(client.reply()).startsWith("354 ");
        }
    }

    @Test
    void defersTheFirstAttemptWhenItGreylists() throws IOException {
        SinkScript script = SinkScript.parse("a.test RCPT greylist 0s");
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withScript(script));
                Conversation client = Conversation.greeted(sink.port())) {
            assertThat(client.ask("RCPT TO:<a@a.test>")).startsWith("451 4.7.1");
            assertThat(client.ask("RCPT TO:<a@a.test>")).startsWith("250 ");
            assertThat(client.ask("RCPT TO:<b@a.test>")).startsWith("451 4.7.1");

            assertThat(sink.counts().domain("a.test").deferred()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "DOT"})
    void hangsUpAtTheStageOfTheScript(String stage) throws IOException {
        SinkScript script = SinkScript.parse("* " + stage + " drop");
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withScript(script));
                Conversation client = new Conversation(sink.port())) {
            client.send(("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<a@a.test>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            int replies = 0;
            while (!replyOrEnd(client).isEmpty()) {
                replies++;
            }

            // One reply for each stage before it; at BODY and DOT the 354 has been given.
            assertThat(replies).isEqualTo(Math.min(Stage.valueOf(stage).ordinal(), 5));
            assertThat(sink.counts().messages()).isZero();
        }
    }

    @Test
    void keepsTheMessageAndHangsUp() throws IOException {
        SinkScript script = SinkScript.parse("* DOT keep-and-drop");
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withScript(script));
                Conversation client = Conversation.greeted(sink.port())) {
            client.ask("RCPT TO:<a@a.test>");
            client.ask("DATA");

            assertThat(client.ask("Subject: x\r\n\r\n.")).isEmpty();
            assertThat(sink.counts().messages()).isEqualTo(1);
        }
    }

    @Test
    void countsEveryRecipientOfARefusedMessage() throws IOException {
        SinkScript script = SinkScript.parse("bad@ DOT reject 5.6.0 not this");
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withScript(script));
                Conversation client = Conversation.greeted(sink.port())) {
            client.ask("RCPT TO:<good@a.test>");
            client.ask("RCPT TO:<bad@a.test>");
            client.ask("DATA");

            assertThat(client.ask("Subject: x\r\n\r\n.")).isEqualTo("550 5.6.0 not this");
            assertThat(sink.counts().domain("a.test")).isEqualTo(new SinkCounts.Domain(0, 0, 2));
        }
    }

    @Test
    void obeysAnotherScriptFromTheNextCommandOn() throws IOException {
        SinkScript script = SinkScript.parse("* RCPT defer");
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withScript(script));
                Conversation client = Conversation.greeted(sink.port())) {
            assertThat(client.ask("RCPT TO:<a@a.test>")).startsWith("451 ");

            sink.script(SinkScript.friendly());

            assertThat(client.ask("RCPT TO:<a@a.test>")).startsWith("250 ");
        }
    }

    @Test
    void writesDownTheMessageIdOncePerRecipientAndAddsToWhatIsThere() throws IOException {
        Path record = directory.resolve("ids");
        for (String id :
                new String[] {"Message-ID: <1@x>", "message-id:\r\n <2@x>", "X: <3@x>\r\n\r\nMessage-ID: <no>"}) {
            try (Sink sink = Sink.start(SinkSettings.onLoopback().withRecord(record));
                    Conversation client = Conversation.greeted(sink.port())) {
                client.ask("RCPT TO:<a@a.test>");
                client.ask("RCPT TO:<b@a.test>");
                client.ask("DATA");
                client.ask(id + "\r\n\r\nbody\r\n.");
            }
        }

        assertThat(record).hasContent("<1@x>\n<1@x>\n<2@x>\n<2@x>\n-\n-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\r\n",
                "a\r\n",
                "..\r\n",
                "A: b\r\n\r\n.\r\n..\r\n.x\r\n",
                "A: b\r\n\r\na\n.\nb\r\r\n\n\r\n",
                "A: b\r\n\r\n\r\n.\n\r\n.\r.\r\n",
            })
    void keepsTheBytesHoweverTheyArrive(String message) throws IOException {
        byte[] wire = stuffed(message);
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withStore(directory));
                Conversation client = Conversation.greeted(sink.port())) {
            client.ask("RCPT TO:<a@a.test>");
            client.ask("DATA");
            for (byte one : wire) {
                client.send(new byte[] {one});
            }
            client.reply();
            client.ask("MAIL FROM:<>");
            client.ask("RCPT TO:<b@a.test>");
            client.ask("DATA");
            client.send(wire);
            client.reply();
        }

        assertThat(directory.resolve("000001.eml")).hasBinaryContent(message.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(directory.resolve("000002.eml")).hasBinaryContent(message.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(directory.resolve("000001.env")).hasContent("MAIL FROM:<sender@client.test>\nRCPT TO:<a@a.test>\n");
    }

    @Test
    void keepsLongMessagesOfAnyBytes() throws IOException {
        Random random = new Random(7);
        StringBuilder message = new StringBuilder();
        // Few different bytes, so that every part of CRLF.CRLF comes often, and at the edges of buffers too.
        for (int i = 0; i < 300_000; i++) {
            message.append("a.\r\né".charAt(random.nextInt(5)));
        }
        message.append("\r\n");

        try (Sink sink = Sink.start(SinkSettings.onLoopback().withStore(directory));
                Conversation client = Conversation.greeted(sink.port())) {
            client.ask("RCPT TO:<a@a.test>");
            client.ask("DATA");
            client.send(stuffed(message.toString()));
            assertThat(client.reply()).startsWith("250 ");
        }

        byte[] expected = message.toString().getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Files.readAllBytes(directory.resolve("000001.eml"))).isEqualTo(expected);
    }

    private static byte[] stuffed(String message) {
        String lines = message.startsWith(".") ? "." + message : message;
        return (lines.replace("\r\n.", "\r\n..") + ".\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String replyOrEnd(Conversation client) {
        try {
            return client.reply();
        } catch (IOException reset) {
            return "";
        }
    }
}
