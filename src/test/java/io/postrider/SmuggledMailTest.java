package io.postrider;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.ingress.SmtpClient;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A second message hidden in the first, behind an end of data that only some servers take for one: a node takes it for
 * text, and what it sends on has no such end in it for anybody, by whichever door it came.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SmuggledMailTest {

    private static final String HIDDEN =
            "MAIL FROM:<evil@bank.test>\r\nRCPT TO:<victim@there.test>\r\nDATA\r\nSubject: hidden\r\n\r\nevil\r\n";

    /** However a server might read ends of lines, this is one. */
    private static final Pattern ANY_NEWLINE = Pattern.compile("\r\n|\r|\n");

    @TempDir
    static Path directory;

    private static Receiver receiver;
    private static HttpNode node;

    @BeforeAll
    static void start() throws Exception {
        receiver = new Receiver();
        node = new HttpNode(directory, Map.of("postrider.egress.routes", "{ \"*\" = \"" + receiver.address() + "\" }"));
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
        receiver.close();
        assertThat(receiver.commands).noneMatch(command -> command.contains("evil") || command.contains("victim"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n.\n",
                "\n.\r\n",
                "\r.\r",
                "\r.\r\n",
                "\r\n.\n",
                "\r\n.\r",
                "\r\n.\r\r\n",
                "\r\r\n.\r\r\n",
                "\n\r.\n\r",
                "\r\0\n.\r\0\n",
                "\r\n.\0\r\n",
                "\r\n.\r\0\n",
                "\r\0.\r\0",
                "\n\n.\n\n",
                "\r\n. \r\n",
                "\u0085.\u0085",
                "\u000b.\u000b",
            })
    void isTextAndNothingElse(String falseEnd) throws Exception {
        String data = "Subject: outer\r\n\r\nbefore" + falseEnd + HIDDEN;

        for (int pieces : new int[] {1, 2, 3, data.length()}) {
            assertHarmless(bySmtp(data, pieces));
        }
        assertHarmless(byChunks(data));
        assertHarmless(byHttp(data));
    }

    /** What is really dot-stuffed arrives as it was meant. */
    @ParameterizedTest
    @ValueSource(strings = {"\r\n..\r\n"})
    void aStuffedDotIsALineWithADot(String stuffed) throws Exception {
        String wire = bySmtp("Subject: outer\r\n\r\nbefore" + stuffed + HIDDEN, 1);

        assertThat(wire).contains("before\r\n..\r\nMAIL FROM:<evil@bank.test>");
        assertHarmless(wire);
    }

    /** What the next server reads from DATA on up to the end, in the words of RFC 5321. */
    private static void assertHarmless(String wire) {
        assertThat(wire).endsWith("\r\n.\r\n").contains("Subject: outer\r\n", "MAIL FROM:<evil@bank.test>");
        assertThat(wire.replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
        String text = wire.substring(0, wire.length() - 3);
        assertThat(ANY_NEWLINE.split(text, -1)).doesNotContain(".");
    }

    private static String bySmtp(String data, int pieces) throws Exception {
        try (SmtpClient client = outer()) {
            assertThat(client.ask("DATA")).startsWith("354 ");
            String all = data + ".\r\n";
            int size = Math.max(1, all.length() / pieces);
            for (int at = 0; at < all.length(); at += size) {
                client.send(all.substring(at, Math.min(all.length(), at + size)));
            }
            assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
            assertThat(client.ask("NOOP")).isEqualTo("250 2.0.0 OK");
        }
        return receiver.next();
    }

    private static String byChunks(String data) throws Exception {
        int half = data.indexOf("before") + "before".length() + 1;
        try (SmtpClient client = outer()) {
            client.send("BDAT " + half + "\r\n" + data.substring(0, half));
            assertThat(client.reply()).startsWith("250 ");
            client.send("BDAT " + (data.length() - half) + " LAST\r\n" + data.substring(half));
            assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
            assertThat(client.ask("NOOP")).isEqualTo("250 2.0.0 OK");
        }
        return receiver.next();
    }

    private static String byHttp(String data) throws Exception {
        assertThat(node.post(
                                "/v1/message",
                                data.getBytes(ISO_8859_1),
                                "Content-Type",
                                "message/rfc822",
                                "X-Envelope-From",
                                "ann@example.org",
                                "X-Envelope-To",
                                "bob@there.test")
                        .statusCode())
                .isEqualTo(202);
        return receiver.next();
    }

    private static SmtpClient outer() throws IOException {
        SmtpClient client = new SmtpClient(node.smtpPort(0)).hello();
        assertThat(client.ask("MAIL FROM:<ann@example.org> BODY=8BITMIME")).startsWith("250 ");
        assertThat(client.ask("RCPT TO:<bob@there.test>")).startsWith("250 ");
        return client;
    }

    /** A server that keeps what comes byte for byte. */
    private static final class Receiver implements AutoCloseable {

        private final ServerSocket listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final List<String> commands = new CopyOnWriteArrayList<>();

        Receiver() throws IOException {
            Thread.ofVirtual().start(this::accept);
        }

        String address() {
            return "127.0.0.1:" + listening.getLocalPort();
        }

        String next() throws InterruptedException {
            String message = messages.poll(30, TimeUnit.SECONDS);
            assertThat(message).as("a message within 30 seconds").isNotNull();
            return message;
        }

        private void accept() {
            while (!listening.isClosed()) {
                try {
                    Socket socket = listening.accept();
                    Thread.ofVirtual().start(() -> converse(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void converse(Socket socket) {
            try (socket) {
                InputStream in = new BufferedInputStream(socket.getInputStream());
                say(socket, "220 mx.test ESMTP");
                while (true) {
                    String line = upTo(in, "\r\n");
                    commands.add(line);
                    if (line.startsWith("EHLO")) {
                        say(socket, "250-mx.test\r\n250 8BITMIME");
                    } else if (line.startsWith("DATA")) {
                        say(socket, "354 go on");
                        messages.add(upTo(in, "\r\n.\r\n"));
                        say(socket, "250 taken");
                    } else {
                        say(socket, "250 OK");
                    }
                }
            } catch (IOException gone) {
                // The node has hung up.
            }
        }

        private static void say(Socket socket, String reply) throws IOException {
            socket.getOutputStream().write((reply + "\r\n").getBytes(ISO_8859_1));
        }

        private static String upTo(InputStream in, String end) throws IOException {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            while (true) {
                int b = in.read();
                if (b < 0) {
                    throw new IOException("closed");
                }
                read.write(b);
                if (b == '\n' && read.toString(ISO_8859_1).endsWith(end)) {
                    return read.toString(ISO_8859_1);
                }
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
