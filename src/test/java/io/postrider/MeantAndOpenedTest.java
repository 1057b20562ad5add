package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkSettings;
import io.postrider.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A message with umlauts, emoji, a file with a Japanese name and a picture in its text goes from a program that others
 * wrote through a node to a mail server, and another program opens what came: it says what was meant, byte for byte. Each
 * test needs its program installed, as .ci/run does.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MeantAndOpenedTest {

    private static final String URLLIB =
            """
            import sys, urllib.request
            with open(sys.argv[2], "rb") as file:
                request = urllib.request.Request(sys.argv[1], file.read(), {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                print(answer.status)
            """;

    @TempDir
    Path directory;

    private Path received;
    private Sink sink;
    private ForkedNode node;
    private ObjectNode meant;
    private Path request;

    @BeforeEach
    void start() throws IOException {
        received = directory.resolve("received");
        sink = Sink.start(SinkSettings.onLoopback().withStore(received));
        node = new ForkedNode(directory, "egress.routes { \"*\" = \"" + sink.address() + "\" }");
        meant = message();
        request = Files.writeString(directory.resolve("request.json"), meant.toString());
    }

    @AfterEach
    void stop() throws IOException {
        node.close();
        sink.close();
    }

    @Test
    void curlOverHttp() throws Exception {
        String answer = run(
                program("curl"),
                "-sS",
                "-H",
                "Content-Type: application/json",
                "--data-binary",
                "@" + request,
                node.http("/v1/message").toString());

        assertThat(answer).contains("\"status\":\"queued\"");
        assertThat(opened()).isEqualTo(meant);
    }

    @Test
    void urllibOverHttp() throws Exception {
        String answer =
                run(program("python3"), "-c", URLLIB, node.http("/v1/message").toString(), request.toString());

        assertThat(answer).isEqualTo("202\n");
        assertThat(opened()).isEqualTo(meant);
    }

    @Test
    void nodemailerOverSmtp() throws Exception {
        Path nodemailer = nodemailer();

        String answer = run(
                program("node"),
                nodemailer.resolve("send.js").toString(),
                Integer.toString(node.smtp().getPort()),
                request.toString());

        assertThat(answer).startsWith("250 ");
        assertThat(opened()).isEqualTo(meant);
    }

    @Test
    void aMessageForEachRecipientOverHttp() throws Exception {
        ObjectNode to = (ObjectNode) meant.remove("to");
        meant.put("subject", "Grüße an {{ name }} 🎉")
                .put("html", meant.path("html").asText() + "<p>{{ word }}</p>");
        ObjectNode recipient = meant.putArray("recipients").addObject();
        recipient.set("to", to);
        recipient.putObject("substitutions").put("word", "<東京>");
        Files.writeString(request, meant.toString());

        run(
                program("curl"),
                "-sS",
                "--json",
                "@" + request,
                node.http("/v1/message").toString());

        meant.remove("recipients");
        meant.set("to", to);
        meant.put("subject", "Grüße an Zoë Ångström 🎉");
        meant.put("html", meant.path("html").asText().replace("{{ word }}", "&lt;東京&gt;"));
        assertThat(opened()).isEqualTo(meant);
    }

    private static ObjectNode message() {
        ObjectNode message = Json.object();
        message.putObject("from").put("email", "juergen@client.test").put("name", "Jürgen Müller 📮");
        message.putObject("to").put("email", "zoe@sink.test").put("name", "Zoë Ångström");
        message.put("subject", "Grüße aus Köln – 東京 🎉 und noch ein paar Wörter, damit die Zeile umgebrochen wird");
        message.put(
                "text",
                "Grüße!\n\nEmoji: 😀 👩‍👩‍👧 ✉\n.\n..dot\nFrom here\n" + "eine lange Zeile für alle ".repeat(60)
                        + "\n日本語\n");
        message.put("html", "<p>Grüße 😀</p>\n<img src=\"cid:logo@client.test\" alt=\"größer\">\n");
        attach(message, "請求書　２０２６年２月分（最終版）.pdf", "application/pdf", 10_000);
        attach(message, "größe 😀.png", "image/png", 3_000).put("content_id", "logo@client.test");
        return message;
    }

    private static ObjectNode attach(ObjectNode message, String name, String type, int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        ObjectNode attachment = message.withArray("attachments").addObject();
        attachment.put("filename", name).put("content_type", type);
        return attachment.put("content", Base64.getEncoder().encodeToString(content));
    }

    /** What came to the mail server, as Python's email package reads it; the test's time limit ends a wait in vain. */
    private Object opened() throws Exception {
        Path message = received.resolve("000001.eml");
        while (!Files.exists(message)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        Path script = Path.of(getClass().getResource("/mime/open.py").toURI());
        assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(Files.readString(message)))
                .isTrue();
        String json = run(program("python3"), "-X", "utf8", script.toString(), message.toString());
        return Json.read(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Where nodemailer is installed, in the version of its lock file; once for all runs. */
    private Path nodemailer() throws Exception {
        Path target = Path.of("target", "nodemailer");
        Path source =
                Path.of(getClass().getResource("/nodemailer/send.js").toURI()).getParent();
        String npm = program("npm");
        program("node");
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.write(target.resolve(file.getFileName().toString()), Files.readAllBytes(file));
            }
        }
        List<String> install = List.of(
                npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0");
        Process process = new ProcessBuilder(install)
                .directory(target.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(process.waitFor() == 0, "npm cannot install nodemailer; is there no registry? " + said);
        return target;
    }

    private static String program(String name) {
        List<Path> found = Stream.of(System.getenv("PATH").split(":", -1))
                .map(place -> Path.of(place, name))
                .filter(Files::isExecutable)
                .toList();
        assumeTrue(!found.isEmpty(), name + " is not installed; .ci/run installs it on Debian");
        return found.get(0).toString();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
