package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.ingress.http.InjectionFixture.Answer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that goes down says so to those who ask it still. */
class StoppingNodeTest {

    private final InjectionFixture api = new InjectionFixture("http.drain-timeout = 200ms");

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void refusesWhatComesOnConnectionsThatAreOpen() throws Exception {
        assertThat(api.post(InjectionFixture.MINIMAL).status()).isEqualTo(202);

        api.listener.beforeDrain().run();

        Answer answer = api.post(InjectionFixture.MINIMAL);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("stopping");
        assertThat(answer.header("Retry-After")).isNotEmpty();
    }

    @Test
    void cutsWhatIsNotDoneInTime() throws Exception {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), api.listener.address().getPort())) {
            socket.setSoTimeout(30_000);
            String half = "POST /v1/message HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n";
            socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
            // "100 Continue" says that the handler reads.
            socket.getInputStream().readNBytes(25);
            CompletionStage<?> drained = api.listener.drain();

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).contains("HTTP/1.1 503", "Retry-After: ", "\"code\":\"stopping\"");
            drained.toCompletableFuture().join();
        }
    }
}
