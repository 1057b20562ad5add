package io.postrider.mime.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.postrider.mime.compose.Composition.Composed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Composer} writes says to another program (Python's email package) what the draft was to say. */
class ReadBackTest {

    private static final long SEED = 20260203;
    private static final String JAPANESE = "請求書　２０２６年２月分（最終版・確認済み）御社専用.pdf";

    @TempDir
    Path directory;

    private int count;

    @Test
    void saysWhatWasMeant() throws Exception {
        Object text = "text/plain";
        expect(text, Drafts.plain());
        expect(text, Drafts.plain().text(""));
        expect(text, Drafts.plain().noText());
        expect(text, Drafts.plain().subject(""));
        expect(text, Drafts.plain().text("trailing space \n\ttab \n.\n..\nFrom here\n\n\n"));
        expect(text, Drafts.plain().text("Grüße\r\nbare\rend\nüber \u00a0 \u2028 \u0085 \u0000 \u0007 Ende"));
        expect(text, Drafts.plain().text("日本語の文章です。\n".repeat(50)));
        expect(text, Drafts.plain().text("x".repeat(5000) + "\n" + "long ".repeat(900) + "\nend"));
        expect(text, Drafts.plain().text("--=_m_1\n=_\n=3D literal\n"));
        expect("text/html", Drafts.plain().noText().html("<p>Größe</p>"));
        expect(
                List.of("multipart/alternative", text, "text/html"),
                Drafts.plain().html("<p>Hi</p>"));
        headers();
        addresses();
        files();
        assertRead();
    }

    private void headers() throws IOException {
        Object text = "text/plain";
        expect(
                text,
                Drafts.plain().subject("Größe: 42 € für Ærø 😀 und noch viel mehr, damit die Zeile gefaltet wird"));
        expect(text, Drafts.plain().subject("😀".repeat(400)));
        expect(text, Drafts.plain().subject("x" + "é".repeat(1999)));
        expect(text, Drafts.plain().subject("a".repeat(2000)));
        expect(text, Drafts.plain().subject("word ".repeat(400) + "end"));
        expect(text, Drafts.plain().subject("=?utf-8?q?not_meant_as_encoded?= = ? =?"));
        expect(text, Drafts.plain().subject("  two  spaces  around  "));
        expect(text, Drafts.plain().subject("many" + " ".repeat(300) + "spaces"));
        expect(text, Drafts.plain().subject("ASCII before größer between kleiner ärger and behind"));
        expect(text, Drafts.plain().field("X-Empty", "").field("X-Two", "1").field("X-Two", "2"));
        expect(text, Drafts.plain().field("X-Long", "v".repeat(80) + " " + "value, ".repeat(280) + "end"));
        expect(text, Drafts.plain().field("X-Unbroken", "v".repeat(2000)));
        expect(text, Drafts.plain().field("X-Umlaut", "naïve " + "größe ".repeat(100) + "plain"));
        expect(
                text,
                Drafts.plain()
                        .field(
                                "List-Unsubscribe",
                                "<https://list.test/u?" + "k".repeat(700) + ">, <mailto:u@list.test>")
                        .field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        expect(
                text,
                Drafts.plain()
                        .field(
                                "References",
                                "<0123456789abcdef@mail.example.com> "
                                        .repeat(60)
                                        .strip()));
    }

    private void addresses() throws IOException {
        Object text = "text/plain";
        NamedAddress[] many = new NamedAddress[200];
        Arrays.setAll(many, i -> new NamedAddress("user" + i + "@example.com", i % 2 == 0 ? "User " + i : ""));
        expect(text, Drafts.plain().to(many));
        expect(
                text,
                Drafts.plain()
                        .from("a@client.test", "Müller, Jörg \"JM\" \\ (Chef) <x@y>")
                        .to(
                                new NamedAddress("b@example.com", "Doe, \"John\" \\ Jr."),
                                new NamedAddress("c@example.com", "山田太郎".repeat(20)),
                                new NamedAddress("d@example.com", "😀😀😀"),
                                new NamedAddress(
                                        "e@example.com", "a name of many plain words that goes on ".repeat(10) + "end"),
                                new NamedAddress("f@example.com", "=?utf-8?q?literal?="),
                                new NamedAddress("g@example.com", "Dr. med. dent.  two  spaces"))
                        .cc(NamedAddress.of("\"john doe\"@example.com"), NamedAddress.of("\"a\\\"b@c\"@example.com"))
                        .replyTo(new NamedAddress("reply+tag@example.com", "Rückfragen")));
        expect(text, Drafts.plain().from("用户@例え.jp", "Nutzer").to(NamedAddress.of("jörg@bücher.example")));
        expect(text, Drafts.plain().to(NamedAddress.of("user@bücher.example")));
        expect(text, Drafts.plain().to(NamedAddress.of("user@[192.0.2.1]")));
    }

    private void files() throws IOException {
        byte[] all = new byte[256 * 40];
        new Random(SEED).nextBytes(all);
        expect(
                List.of("multipart/mixed", "text/plain", "application/pdf"),
                Drafts.plain().file(JAPANESE, "application/pdf", all));
        for (int length : new int[] {0, 1, 2, 3, 56, 57, 58, 7295, 7296, 7297}) {
            expect(
                    List.of("multipart/mixed", "text/plain", "application/octet-stream"),
                    Drafts.plain().file("a.bin", "", Arrays.copyOf(all, length)));
        }
        expect(
                List.of(
                        "multipart/mixed",
                        List.of(
                                "multipart/alternative",
                                "text/plain",
                                List.of("multipart/related", "text/html", "image/png")),
                        "text/csv",
                        "image/png"),
                Drafts.plain()
                        .html("<img src=\"cid:logo@relay\">")
                        .picture("größe.png", "logo@relay", "not a picture")
                        .file("long " + "name ".repeat(40) + "\"quoted\\.csv", "text/csv; charset=utf-8", all)
                        .picture("unused.png", "unused", "x"));
        expect(
                List.of("multipart/mixed", "text/plain", "message/rfc822"),
                Drafts.plain().file("fwd.eml", "message/rfc822", bytes("Subject: inner\r\n\r\nHello\r\n")));
        expect(
                List.of("multipart/mixed", "text/plain", "application/octet-stream"),
                Drafts.plain().file("fwd.eml", "message/rfc822", bytes("Subject: inner\r\n\r\nGrüße\n")));
    }

    @Test
    void saysWhatWasMeantByAnyDraft() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 200; i++) {
            Drafts draft = Drafts.plain()
                    .from("from@client.test", any(random, 40).strip())
                    .to(new NamedAddress("to@example.com", any(random, 90).strip()))
                    .subject(any(random, 300))
                    .text(any(random, 3000) + "\n" + any(random, 50))
                    .field("X-Any", any(random, 500).strip());
            byte[] content = new byte[random.nextInt(5000)];
            random.nextBytes(content);
            String name = any(random, 80).strip() + "x";
            Object tree = List.of("multipart/mixed", "text/plain", "image/gif");
            expect(tree, draft.file(name, "image/gif", content));
        }
        assertRead();
    }

    private static String any(Random random, int longest) {
        int[][] ranges = {{' ', 16}, {'a', 26}, {'!', 94}, {0xc0, 60}, {0x400, 200}, {0x3041, 80}, {0x1f600, 60}};
        int[] range = ranges[random.nextInt(ranges.length)];
        int length = random.nextInt(longest);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            if (random.nextInt(6) == 0) {
                range = ranges[random.nextInt(ranges.length)];
            }
            text.appendCodePoint(range[0] == ' ' ? ' ' : range[0] + random.nextInt(range[1]));
        }
        return text.toString();
    }

    private void expect(Object tree, Drafts drafts) throws IOException {
        Draft draft = drafts.draft();
        Composition composition = Composer.compose(draft, Optional.empty());
        assertThat(composition).isInstanceOf(Composed.class);
        Composed composed = (Composed) composition;
        Map<String, Object> meant = new LinkedHashMap<>();
        meant.put("utf8", composed.needsSmtpUtf8());
        meant.put("from", people(List.of(draft.from())));
        meant.put("to", people(draft.to()));
        meant.put("cc", people(draft.cc()));
        meant.put("reply_to", people(draft.replyTo()));
        meant.put("subject", draft.subject());
        meant.put("id", "<" + draft.messageId() + ">");
        meant.put("date", "Tue, 03 Feb 2026 12:00:00 +0000");
        meant.put(
                "headers",
                draft.fields().stream().map(f -> List.of(f.name(), f.value())).toList());
        meant.put("text", draft.text().orElse(draft.html().isPresent() ? null : ""));
        meant.put("html", draft.html().orElse(null));
        meant.put("tree", tree);
        // What an HTML text shows comes before what is attached to it, as these drafts have it too.
        meant.put("files", draft.attachments().stream().map(ReadBackTest::file).toList());
        meant.put("bcc", false);
        String name = "%04d".formatted(count++);
        Files.write(directory.resolve(name + ".eml"), composed.bytes());
        Files.writeString(directory.resolve(name + ".json"), new ObjectMapper().writeValueAsString(meant));
    }

    private static List<List<String>> people(List<NamedAddress> addresses) {
        return addresses.stream()
                .map(a -> List.of(a.email().replace("bücher", "xn--bcher-kva").replace("例え", "xn--r8jz45g"), a.name()))
                .toList();
    }

    private static Map<String, Object> file(Attachment attachment) {
        byte[] bytes = new byte[attachment.content().remaining()];
        ByteBuffer content = attachment.content().duplicate();
        content.get(bytes);
        String type = attachment.contentType();
        String said =
                type.isEmpty() || (type.startsWith("message/") && text(bytes).contains("ü"))
                        ? "application/octet-stream"
                        : type.split(";", 2)[0];
        return Map.of(
                "filename",
                attachment.filename(),
                "name",
                attachment.filename(),
                "type",
                said,
                "disposition",
                attachment.inline() ? "inline" : "attachment",
                "cid",
                attachment.contentId().isEmpty() ? "" : "<" + attachment.contentId() + ">",
                "bytes",
                Base64.getEncoder().encodeToString(bytes));
    }

    private void assertRead() throws Exception {
        Optional<Path> python = Stream.of(System.getenv("PATH").split(":", -1))
                .map(entry -> Path.of(entry, "python3"))
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(python.isPresent(), "python3 is not installed; .ci/run installs it on Debian");
        Path script = Path.of(getClass().getResource("/mime/read_back.py").toURI());
        List<String> command = new ArrayList<>(
                List.of(python.get().toString(), "-X", "utf8", script.toString(), directory.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = text(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).as("seed %d", SEED).isEmpty();
        assertThat(count).isPositive();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
