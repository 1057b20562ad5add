package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.ingress.http.InjectionFixture.Answer;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that come slowly, stop, or are as large as they may be. */
class SlowAndHeavyTest {

    private final InjectionFixture api = new InjectionFixture(
            "http { idle-timeout = 300ms, receive-buffer = 2 MiB, max-body-size = 3 MiB, max-message-size = 2 MiB }");

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void answers408WhenABodyStops() throws Exception {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), api.listener.address().getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/message HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 1000\r\n\r\n{")
                    .getBytes(StandardCharsets.US_ASCII));

            assertThat(answer(socket)).startsWith("HTTP/1.1 408 ").contains("\"code\":\"body_too_slow\"");
        }
        assertThat(api.post(InjectionFixture.MINIMAL).status()).isEqualTo(202);
    }

    @Test
    void answers503WhenThereIsNoRoomForTheBody() throws Exception {
        Answer answer = api.post("{\"from\":\"" + "x".repeat(2_500_000) + "\"}");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isNotEmpty();
        assertThat(api.post(InjectionFixture.MINIMAL).status()).isEqualTo(202);
    }

    @Test
    void givesBackTheRoomOfEveryRequest() throws Exception {
        byte[] content = new byte[700_000];
        new Random(1).nextBytes(content);
        String json = InjectionFixture.MINIMAL.replace(
                "}",
                ",\"attachments\":[{\"filename\":\"f\",\"content\":\""
                        + Base64.getEncoder().encodeToString(content) + "\"}]}");

        for (int i = 0; i < 6; i++) {
            assertThat(api.post(json).status()).isEqualTo(202);
            api.spool.forget();
        }
    }

    @Test
    void givesBackTheRoomOfEveryRequestThatItRefuses() throws Exception {
        String malformed = "{\"text\":\"" + "x".repeat(50_000);
        String large = "{\"text\":\"" + "x".repeat(700_000);

        for (int i = 0; i < 50; i++) {
            assertThat(api.post(malformed).status()).isEqualTo(400);
            assertThat(api.post(i % 10 == 0 ? large : malformed).status()).isEqualTo(400);
        }
    }

    @Test
    void freesTheKeyOfALargeRequestThatItRefuses() throws Exception {
        String text = "x".repeat(200_000);
        String right = InjectionFixture.MINIMAL.replace("\"t\"", "\"" + text + "\"");
        String wrong = right.replace("a@x.example", "nobody");

        assertThat(api.post(wrong, "Idempotency-Key", "k").status()).isEqualTo(422);
        Answer corrected = api.post(right, "Idempotency-Key", "k");

        assertThat(corrected.status()).as(corrected.response().body()).isEqualTo(202);
    }

    private static String answer(Socket socket) throws Exception {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[4096];
        InputStream in = socket.getInputStream();
        while (!text.toString().endsWith("}")) {
            int read = in.read(buffer);
            if (read < 0) {
                break;
            }
            text.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
