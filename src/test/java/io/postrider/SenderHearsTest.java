package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.cli.inject.Injection;
import io.postrider.cli.inject.Injector;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a sender hears of its mail from a real node, which may die meanwhile. Python's smtplib is the client. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SenderHearsTest {

    private static final String SEND =
            """
            import smtplib, sys
            host, port, sender, mail, rcpt = sys.argv[1:6]
            s = smtplib.SMTP(host, int(port))
            s.ehlo('client.test')
            assert s.has_extn('dsn'), 'no DSN'
            text = b'From: a@example.test\\r\\nMessage-ID: <original@example.test>\\r\\nSubject: hello\\r\\n\\r\\nbody\\r\\n'
            s.sendmail(sender, sys.argv[6:], text, mail.split(), rcpt.split())
            s.quit()
            """;

    @TempDir
    Path directory;

    private Path heard;
    private Sink sender;
    private Sink there;

    @BeforeEach
    void open() throws IOException {
        heard = directory.resolve("heard");
        sender = Sink.start(SinkSettings.onLoopback().withStore(heard));
        there = Sink.start(SinkSettings.onLoopback()
                .withScript(SinkScript.parse("nobody*@ RCPT reject 5.1.1 no such user\nlate@ RCPT defer not now")));
    }

    @AfterEach
    void close() throws IOException {
        sender.close();
        there.close();
    }

    @Test
    void hearsOfAFailureOnceAsItAskedTo() throws Exception {
        try (ForkedNode node = node("retry { first = 1s }")) {
            send(node, "a@example.test", "RET=HDRS ENVID=E+2B1", "NOTIFY=FAILURE", "nobody@there.test", "u@there.test");

            String report = reports(1).get(0);

            assertThat(report)
                    .contains("Subject: Your message could not be delivered")
                    .contains("Original-Envelope-Id: E+1")
                    .contains("Final-Recipient: rfc822; nobody@there.test")
                    .contains("Status: 5.1.1")
                    .contains("text/rfc822-headers")
                    .contains("Message-ID: <original@example.test>")
                    .doesNotContain("u@there.test>\r\n    ")
                    .doesNotContain("\r\nbody");
            assertThat(Files.readString(heard.resolve("000001.env"))).startsWith("MAIL FROM:<>\n");
            awaitEmpty(node);
            assertThat(reports(1)).hasSize(1);
            assertThat(node.ask("/v1/totals"))
                    .contains("\"accepted\":3", "\"delivered\":2", "\"bounced\":1", "\"queued\":0");
        }
    }

    @Test
    void hearsNothingThatItDoesNotWantToHear() throws Exception {
        try (ForkedNode node = node("retry { first = 1s }")) {
            send(node, "a@example.test", "", "NOTIFY=NEVER", "nobody1@there.test");
            send(node, "", "", "NOTIFY=FAILURE", "nobody2@there.test");
            send(node, "a@example.test", "", "NOTIFY=SUCCESS", "nobody3@there.test", "u@there.test");

            String report = reports(1).get(0);

            assertThat(report)
                    .contains("Subject: Your message was passed on", "Final-Recipient: rfc822; u@there.test")
                    .contains("Action: relayed")
                    .doesNotContain("nobody");
            awaitEmpty(node);
            assertThat(reports(1)).hasSize(1);
        }
    }

    @Test
    void hearsOfWhatIsLateAndOfWhatExpired() throws Exception {
        try (ForkedNode node = node(
                """
                retry { first = 1s }, reports.delay-after = 1s
                egress.per-domain { "there.test" { retry { give-up-after = 5s } } }
                """)) {
            send(node, "a@example.test", "", "", "late@there.test");

            assertThat(reports(1).get(0)).contains("Action: delayed", "Will-Retry-Until: ", "not now");
            assertThat(reports(2).get(1))
                    .contains("Status: 5.4.7", "Action: failed", "not now", "message/rfc822", "\r\nbody");
        }
    }

    @Test
    void hearsOfEachFailureExactlyOnceThoughTheNodeIsKilled() throws Exception {
        int messages = 300;
        int kills = Integer.getInteger("postrider.kills", 3);
        long seed = Long.getLong("postrider.seed", System.nanoTime());
        Random random = new Random(seed);
        Path answered = directory.resolve("answered");
        sender.script(SinkScript.parse("* RCPT defer later"));
        try (ForkedNode node = node("retry { first = 1s }")) {
            List<String> nobody = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                nobody.add("nobody" + i + "@d" + i % 5 + ".test");
            }
            Injector injector = new Injector(
                    Injection.of(node.smtp(), messages).to(nobody).sessions(4).persisting(answered));
            CompletableFuture<?> injection = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return injector.run();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    Executors.newVirtualThreadPerTaskExecutor());
            int[] moments = random.ints(kills - 1, 1, messages).sorted().toArray();
            for (int moment : moments) {
                while (injector.accepted() < moment && !injection.isDone()) {
                    Thread.onSpinWait();
                }
                die(node);
            }
            injection.join();
            die(node);
            sender.script(SinkScript.friendly());
            awaitEmpty(node);

            Set<String> promised = new HashSet<>(Files.readAllLines(answered));
            Set<String> about = new TreeSet<>();
            String all = String.join("\n", reports(promised.size()));
            for (String line : all.split("\r\n", -1)) {
                if (line.startsWith("X-Postrider-Message-ID: ")) {
                    assertThat(about.add(line))
                            .as("a second report, seed " + seed + ": " + line)
                            .isTrue();
                }
            }
            assertThat(promised)
                    .as("seed " + seed)
                    .hasSizeGreaterThan(messages / 2)
                    .allMatch(id -> all.contains(id));
            assertThat(node.ask("/v1/totals"))
                    .as("seed " + seed)
                    .contains("\"bounced\":" + about.size(), "\"delivered\":" + about.size(), "\"queued\":0");
        }
    }

    /** Killed at once and started again. */
    private static void die(ForkedNode node) throws Exception {
        node.killHard();
        node.start();
    }

    private ForkedNode node(String own) throws IOException {
        return new ForkedNode(
                directory,
                "egress.routes { \"example.test\" = \"%s\", \"*\" = \"%s\" }\n%s"
                        .formatted(sender.address(), there.address(), own));
    }

    private void send(ForkedNode node, String from, String mail, String rcpt, String... to) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("python3", "-c", SEND, "127.0.0.1", "" + node.smtp().getPort(), from, mail, rcpt));
        command.addAll(List.of(to));
        Process python = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(said).isZero();
    }

    /** What came to the sender, once there are so many; the test's time limit ends a wait in vain. */
    private List<String> reports(int number) throws Exception {
        while (true) {
            try (Stream<Path> files = Files.list(heard)) {
                List<Path> messages = files.filter(file -> file.toString().endsWith(".eml"))
                        .sorted()
                        .toList();
                if (messages.size() >= number) {
                    List<String> texts = new ArrayList<>();
                    for (Path message : messages) {
                        texts.add(Files.readString(message, StandardCharsets.ISO_8859_1));
                    }
                    return texts;
                }
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Until two looks in a row, with time for a report between them, find nothing queued. */
    private static void awaitEmpty(ForkedNode node) throws Exception {
        int empty = 0;
        while (empty < 4) {
            empty = node.ask("/v1/totals").contains("\"queued\":0") ? empty + 1 : 0;
            TimeUnit.MILLISECONDS.sleep(250);
        }
    }
}
