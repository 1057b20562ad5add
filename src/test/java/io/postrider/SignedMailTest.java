package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import io.postrider.dkim.Dkimpy;
import io.postrider.dkim.Messages;
import io.postrider.dkim.SigningKey;
import io.postrider.dkim.TestKeys;
import io.postrider.dkim.Verification;
import io.postrider.dkim.Verifier;
import io.postrider.ingress.http.contract.ContractClient;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real node sends is signed so that others find it right: by SMTP, by HTTP, and its own reports. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SignedMailTest {

    @TempDir
    Path directory;

    private final PrivateKey rsa = TestKeys.pair("RSA", 2048);
    private final PrivateKey ed = TestKeys.pair("Ed25519", 0);
    private final Map<String, List<String>> dns = Map.of(
            "r._domainkey.example.com", List.of(SigningKey.of(rsa).record()),
            "e._domainkey.example.com", List.of(SigningKey.of(ed).record()));

    private Sink sink;
    private Path received;

    @BeforeEach
    void open() throws IOException {
        received = directory.resolve("received");
        sink = Sink.start(SinkSettings.onLoopback()
                .withStore(received)
                .withScript(SinkScript.parse("nobody@ RCPT reject 5.1.1 no such user")));
        write("r.pem", rsa);
        write("e.pem", ed);
    }

    @AfterEach
    void close() throws IOException {
        sink.close();
    }

    private void write(String name, PrivateKey key) throws IOException {
        Files.writeString(
                directory.resolve(name),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private ForkedNode node() throws IOException {
        return new ForkedNode(
                directory,
                """
                node.hostname = relay.example.com
                egress.routes { "*" = "%s" }
                dkim.signers = [
                  { domain = "example.com", selector = r, key-file = "%s" }
                  { domain = "example.com", selector = e, key-file = "%s", canonicalization = "simple/simple" }
                  { domain = "*.example.com", selector = e, key-file = "%s" }
                ]
                """
                        .formatted(
                                sink.address(),
                                directory.resolve("r.pem"),
                                directory.resolve("e.pem"),
                                directory.resolve("e.pem")));
    }

    @Test
    void signaturesHoldAtTheNextServer() throws Exception {
        try (ForkedNode node = node()) {
            for (byte[] message : Messages.nasty().values()) {
                send(node, message, "bob@there.test");
            }
            int signedTwice = Messages.nasty().size() + 1;
            post(
                    node,
                    "{\"from\": \"ann@example.com\", \"to\": \"bob@there.test\", \"subject\": \"Grüße\","
                            + " \"text\": \"Hallo Köln\", \"html\": \"<p>Hallo  Köln</p>\"}");
            send(node, Messages.nasty().get("plain"), "nobody@there.test");

            List<Path> files = received(signedTwice + 1);

            int own = 0;
            for (Path file : files) {
                byte[] bytes = Files.readAllBytes(file);
                List<Verification> found =
                        Verifier.verify(bytes, bytes.length, name -> dns.getOrDefault(name, List.of()), Instant.now());
                boolean isReport =
                        new String(bytes, StandardCharsets.ISO_8859_1).contains("MAILER-DAEMON@relay.example.com");
                own += isReport ? 1 : 0;
                assertThat(found)
                        .as(file + " " + new String(bytes, 0, 200, StandardCharsets.ISO_8859_1))
                        .hasSize(isReport ? 1 : 2)
                        .allMatch(Verification.Passed.class::isInstance);
            }
            assertThat(own).isEqualTo(1);
            if (Dkimpy.isThere()) {
                List<Path> readable = files.stream()
                        .filter(file -> !text(file).contains("\r\nSender :"))
                        .toList();
                assertThat(Dkimpy.verify(keys(), readable))
                        .hasSameSizeAs(readable)
                        .allMatch(line -> line.endsWith(" 2 2") || line.endsWith(" 1 1"));
            }
        }
    }

    private Path keys() throws IOException {
        StringBuilder lines = new StringBuilder();
        dns.forEach((name, texts) ->
                lines.append(name).append(' ').append(texts.get(0)).append('\n'));
        return Files.writeString(directory.resolve("keys"), lines.toString());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void post(ForkedNode node, String json) throws Exception {
        try (HttpClient client = ContractClient.create()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(node.http("/v1/message"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(json))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        }
    }

    /** Byte by byte as it is: no library mends anything on the way. */
    private static void send(ForkedNode node, byte[] message, String to) throws IOException {
        try (Socket socket = new Socket(node.smtp().getAddress(), node.smtp().getPort())) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = socket.getOutputStream();
            expect(in, "220");
            for (String line :
                    List.of("EHLO client.test", "MAIL FROM:<ann@example.com> SMTPUTF8", "RCPT TO:<" + to + ">")) {
                out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
                expect(in, "250");
            }
            out.write("DATA\r\n".getBytes(StandardCharsets.US_ASCII));
            expect(in, "354");
            out.write(stuffed(message));
            expect(in, "250");
        }
    }

    private static void expect(BufferedReader in, String code) throws IOException {
        String line;
        do {
            line = String.valueOf(in.readLine());
            assertThat(line).startsWith(code);
        } while (line.charAt(3) == '-');
    }

    private static byte[] stuffed(byte[] message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(message.length + 100);
        boolean atStart = true;
        for (byte b : message) {
            if (atStart && b == '.') {
                out.write('.');
            }
            out.write(b);
            atStart = b == '\n';
        }
        out.writeBytes((atStart ? ".\r\n" : "\r\n.\r\n").getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private List<Path> received(int number) throws Exception {
        while (true) {
            try (Stream<Path> files = Files.exists(received) ? Files.list(received) : Stream.empty()) {
                List<Path> messages = files.filter(file -> file.toString().endsWith(".eml"))
                        .sorted()
                        .toList();
                if (messages.size() >= number) {
                    return messages;
                }
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
