package io.postrider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.http.Json;
import io.postrider.ingress.http.contract.ContractClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys are made and revoked on the command line while a node runs, and count without a restart. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class KeysOfARunningNodeTest {

    private static final String MESSAGE =
            "{\"from\": \"a@client.test\", \"to\": \"b@d.test\", \"subject\": \"s\", \"text\": \"t\"}";

    @TempDir
    Path directory;

    @Test
    void areGoodOnceMadeAndVoidOnceRevoked() throws Exception {
        Path file = directory.resolve("api-keys");
        String settings =
                """
                http { trusted-hosts = [], api-keys-file = "%s" }
                egress.routes { "*" = "127.0.0.1:1" }
                """
                        .formatted(file);
        try (ForkedNode node = new ForkedNode(directory, settings);
                HttpClient client = ContractClient.create()) {
            assertProblem(post(client, node, ""), 403, "untrusted_host");

            JsonNode made = key("create", "--name", "shop", "--domain", "*");
            String secret = made.path("key").textValue();
            JsonNode other = key("create", "--name", "billing", "--domain", "*");
            awaitStatus(client, node, other.path("key").textValue(), 202);

            assertThat(post(client, node, secret).statusCode()).isEqualTo(202);
            assertProblem(post(client, node, ""), 401, "unauthorized");
            assertProblem(post(client, node, secret.substring(0, secret.length() - 1)), 401, "unauthorized");
            assertProblem(post(client, node, made.path("id").textValue()), 401, "unauthorized");
            assertThat(Files.readString(file)).doesNotContain(secret).contains("\"shop\"");

            assertThat(key("revoke", made.path("id").textValue())
                            .path("revoked")
                            .booleanValue())
                    .isTrue();
            awaitStatus(client, node, secret, 401);
            HttpResponse<String> refused = post(client, node, secret);
            assertProblem(refused, 401, "unauthorized");
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"postrider\"");
            assertThat(post(client, node, other.path("key").textValue()).statusCode())
                    .isEqualTo(202);
            assertThat(Files.readString(directory.resolve("node.log"))).doesNotContain("prk_");
        }
    }

    /** The test's time limit ends a wait in vain. */
    private static void awaitStatus(HttpClient client, ForkedNode node, String key, int status) throws Exception {
        while (post(client, node, key).statusCode() != status) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(Json.read(answer.body().getBytes(UTF_8)).path("code").asText())
                .isEqualTo(code);
    }

    private static HttpResponse<String> post(HttpClient client, ForkedNode node, String key) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.http("/v1/message"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(MESSAGE));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** What {@code bin/postrider key} says, in a process of its own as always, with the node's configuration. */
    private JsonNode key(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.postrider.cli.Main",
                "key"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--json", "-c", directory.resolve("node.conf").toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve("key.err").toFile())
                .start();
        byte[] out = process.getInputStream().readAllBytes();
        assertThat(process.waitFor())
                .as(Files.readString(directory.resolve("key.err")))
                .isZero();
        return Json.read(out);
    }
}
