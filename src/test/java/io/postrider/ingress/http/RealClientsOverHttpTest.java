package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.postrider.spool.Spool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that people use, as they come. */
class RealClientsOverHttpTest {

    private static final String URLLIB =
            """
            import json, sys, urllib.request
            body = json.dumps({"from": {"email": "a@x.example", "name": "Jürgen"}, "to": "b@y.example",
                               "subject": "Grüße ✉", "text": "ä"}).encode()
            request = urllib.request.Request(sys.argv[1], body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=20) as answer:
                print(answer.status)
            """;

    @TempDir
    Path directory;

    private final InjectionFixture api = new InjectionFixture("");

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void takesJsonFromCurl() throws Exception {
        String json = Files.writeString(directory.resolve("m.json"), InjectionFixture.MINIMAL)
                .toString();

        assertThat(curl("-H", "Content-Type: application/json", "-d", "@" + json))
                .isEqualTo("202");
        assertThat(api.message()).contains("\r\nSubject: s\r\n");
    }

    @Test
    void takesALargeFileFromCurlWhichWaitsForAWordBeforeItSends() throws Exception {
        String line = "x".repeat(70) + "\n";
        Path file = Files.writeString(directory.resolve("m.eml"), "Subject: s\n\n" + line.repeat(30_000));

        String status = curl(
                "-H", "Content-Type: message/rfc822",
                "-H", "X-Envelope-From: a@x.example",
                "-H", "X-Envelope-To: b@y.example",
                "-H", "Expect: 100-continue",
                "--data-binary", "@" + file);

        assertThat(status).isEqualTo("202");
        Spool.Message message = api.spool.taken();
        assertThat(new String(message.body(), StandardCharsets.US_ASCII)).endsWith(line.strip() + "\r\n");
        assertThat(message.body().length).isGreaterThan(30_000 * 72);
    }

    @Test
    void takesJsonFromPythonsUrllib() throws Exception {
        assumeProgram("python3");

        assertThat(run(List.of("python3", "-c", URLLIB, api.uri("/v1/message").toString())))
                .isEqualTo("202");
        assertThat(api.message()).contains("=?UTF-8?");
    }

    private String curl(String... arguments) throws Exception {
        assumeProgram("curl");
        List<String> command =
                new java.util.ArrayList<>(List.of("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"));
        command.addAll(List.of(arguments));
        command.add(api.uri("/v1/message").toString());
        return run(command);
    }

    private static void assumeProgram(String name) {
        boolean there = java.util.Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, name)));
        assumeTrue(there, name + " is not installed");
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output.strip();
    }
}
