package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.Configuration;
import io.postrider.FreePort;
import io.postrider.cli.ask.AdminClient;
import io.postrider.cli.demo.StartedNode;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that others wrote talk to a node, and servers that others wrote take mail from it, byte for byte. */
class RealProgramsTest {

    private static final String HEADER =
            "From: <sender@client.test>\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <%s@client.test>\r\n";

    /** Reads host, port, recipient and a file with a message from its arguments. */
    private static final String SMTPLIB =
            """
            import smtplib, sys
            with open(sys.argv[4], "rb") as f: message = f.read()
            with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), timeout=60) as s:
                s.ehlo()
                s.sendmail("sender@client.test", [sys.argv[3]], message, mail_options=["BODY=8BITMIME"])
            """;

    @TempDir
    Path directory;

    private Sink sink;
    private Optional<StartedNode> node = Optional.empty();
    private final Map<String, String> routes = new LinkedHashMap<>();

    @BeforeEach
    void openTheDirectory() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        sink = Sink.start(SinkSettings.onLoopback().withStore(directory.resolve("received")));
        routes.put("sink.test", sink.address());
    }

    @AfterEach
    void stop() throws Exception {
        if (node.isPresent()) {
            node.get().stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
        sink.close();
    }

    @Test
    void deliversTheBytesThatSmtplibInjected() throws Exception {
        start();

        for (byte[] message : messages().values()) {
            sendBySmtplib("user@sink.test", message);
        }

        Programs.waitUntil(
                "all messages at the sink",
                () -> sink.recipients() == messages().size());
        List<String> received = new ArrayList<>();
        for (Path file : Programs.files(directory.resolve("received"))) {
            if (file.toString().endsWith(".eml")) {
                received.add(text(Files.readAllBytes(file)));
            }
        }
        assertEachCame(messages().values(), received, "\r\n");
    }

    @Test
    void deliversAnEmptyMessage() throws Exception {
        start();

        sendBySmtplib("user@sink.test", new byte[0]);

        Programs.waitUntil("the message at the sink", () -> sink.recipients() == 1);
        String received = Files.readString(directory.resolve("received/000001.eml"));
        assertThat(received).startsWith("Received: ").contains("\r\nDate: ", "\r\nMessage-ID: ");
    }

    @Test
    void takesMailFromSwaks() throws Exception {
        start();
        byte[] message = bytes(HEADER.formatted("swaks") + "\r\nHello\r\n.dot\r\n");
        Path file = Files.write(directory.resolve("message"), message);

        Programs.run(List.of(
                Programs.path("swaks"),
                "--server",
                "127.0.0.1",
                "--port",
                port(),
                "--from",
                "a@client.test",
                "--to",
                "b@sink.test,c@sink.test",
                "--data",
                "@" + file));

        Programs.waitUntil("both recipients at the sink", () -> sink.recipients() == 2);
        assertThat(Files.readString(directory.resolve("received/000001.eml")))
                .contains(HEADER.formatted("swaks"))
                .contains("\r\nHello\r\n.dot\r\n");
    }

    @Test
    void takesMailFromSmtpSource() throws Exception {
        start();

        Programs.run(List.of(
                Programs.path("smtp-source"),
                "-4",
                "-s",
                "5",
                "-m",
                "200",
                "-l",
                "4096",
                "-d",
                "-t",
                "user@sink.test",
                "127.0.0.1:" + port()));

        Programs.waitUntil("all messages at the sink", () -> sink.recipients() == 200);
        assertThat(sink.counts().messages()).isEqualTo(200);
    }

    @Test
    void deliversToSmtpSink() throws Exception {
        int port = FreePort.find();
        Path dumps = Files.createDirectory(directory.resolve("dumps"));
        Files.setPosixFilePermissions(dumps, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> command = new ArrayList<>(List.of(Programs.path("smtp-sink"), "-d", dumps + "/m."));
        if (Programs.areWeRoot()) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.addAll(List.of("127.0.0.1:" + port, "100"));
        Process smtpSink = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("smtp-sink.out").toFile())
                .start();
        try {
            Programs.waitForListener(port);
            routes.put("smtpsink.test", "127.0.0.1:" + port);
            start();

            for (byte[] message : messages().values()) {
                sendBySmtplib("user@smtpsink.test", message);
            }

            waitUntilNothingIsQueued(messages().size());
            // A dump ends with an empty line of its own.
            List<String> received = read(Programs.files(dumps)).stream()
                    .map(dump -> dump.substring(0, dump.length() - 1))
                    .toList();
            assertEachCame(messages().values(), received, "\n");
        } finally {
            smtpSink.destroy();
            smtpSink.waitFor();
        }
    }

    @Test
    void deliversToPostfix() throws Exception {
        try (PrivatePostfix postfix = PrivatePostfix.start(directory.resolve("postfix"))) {
            routes.put("postfix.test", "127.0.0.1:" + postfix.port());
            start();

            for (byte[] message : messages().values()) {
                sendBySmtplib("user@postfix.test", message);
            }

            Programs.waitUntil(
                    "all messages in the mailbox",
                    () -> postfix.delivered().size() == messages().size());
            assertEachCame(messages().values(), read(postfix.delivered()), "\n");
        }
    }

    private void start() throws Exception {
        StringBuilder lines = new StringBuilder();
        routes.forEach((domain, target) -> lines.append('"' + domain + "\" = \"" + target + "\"\n"));
        Path file = Files.writeString(
                directory.resolve("postrider.conf"),
                """
                postrider {
                  node.hostname = "relay.test"
                  data-dir = "%s"
                  smtp.listeners = [{ name = "in", bind = "127.0.0.1:0" }]
                  http.bind = "127.0.0.1:0"
                  metrics.bind = "127.0.0.1:0"
                  admin.bind = "127.0.0.1:0"
                  retry.first = 1s
                  egress.routes { %s }
                }
                """
                        .formatted(directory.resolve("data"), lines));
        node = Optional.of(RunningNode.start(Configuration.load(Optional.of(file), Map.of())));
    }

    private String port() {
        return Integer.toString(node.orElseThrow().smtp().getPort());
    }

    private void sendBySmtplib(String recipient, byte[] message) throws IOException, InterruptedException {
        Path file = Files.write(directory.resolve("message"), message);
        Programs.run(List.of(Programs.path("python3"), "-c", SMTPLIB, "127.0.0.1", port(), recipient, file.toString()));
    }

    private void waitUntilNothingIsQueued(int delivered) {
        AdminClient admin = new AdminClient(
                URI.create("http://127.0.0.1:" + node.orElseThrow().admin().getPort()));
        Programs.waitUntil("the end of all messages", () -> {
            try {
                return admin.get("/v1/totals").path("delivered").asLong() == delivered;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (InterruptedException ended) {
                throw new IllegalStateException(ended);
            }
        });
    }

    /** By their name; each has a Date and a Message-ID, so that only Received is put before it. */
    private static Map<String, byte[]> messages() {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        StringBuilder eightBit = new StringBuilder("\r\nGrüße \u00a0\u00ff\r\n");
        for (int i = 0x80; i <= 0xff; i++) {
            eightBit.append((char) i);
        }
        put(messages, "eight-bit", eightBit + "\r\n");
        put(messages, "long-line", "\r\n" + "long ".repeat(4000) + "\r\n");
        put(messages, "dots", "\r\n.\r\n..\r\n.x\r\n...\r\nx.\r\n.\r\n");
        put(messages, "no-body", "");
        put(messages, "large", "\r\n" + ("x".repeat(76) + "\r\n").repeat(20 * 1024 * 1024 / 78));
        return messages;
    }

    private static void put(Map<String, byte[]> messages, String name, String rest) {
        messages.put(name, bytes(HEADER.formatted(name) + rest));
    }

    /** Each message once, and before it nothing but header fields that servers add. */
    private static void assertEachCame(Iterable<byte[]> sent, List<String> received, String lineEnd) {
        for (byte[] message : sent) {
            String text = text(message).replace("\r\n", lineEnd);
            List<String> same =
                    received.stream().filter(one -> one.endsWith(text)).toList();
            String name = text.substring(0, Math.min(120, text.length()));
            assertThat(same).as(name).hasSize(1);
            String before = same.get(0).substring(0, same.get(0).length() - text.length());
            assertThat(before.split(lineEnd, -1))
                    .as(name)
                    .anyMatch(line -> line.contains("by relay.test"))
                    .allMatch(line -> line.isEmpty() || " \tRXD".indexOf(line.charAt(0)) >= 0);
        }
    }

    private static List<String> read(List<Path> files) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Path file : files) {
            texts.add(text(Files.readAllBytes(file)));
        }
        return texts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
