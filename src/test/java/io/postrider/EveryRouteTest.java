package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.http.Scope;
import io.postrider.ingress.http.contract.Contract;
import io.postrider.key.KeyFile;
import io.postrider.key.StoredKey;
import io.postrider.mail.SenderDomains;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every operation of the API: openapi.json is walked, so that none is forgotten. */
class EveryRouteTest {

    /** @param open for everybody */
    private record Operation(String method, String path, boolean open) {}

    @TempDir
    Path directory;

    private HttpNode node;

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void wantsAKeyOfWhoIsNotTrusted() throws Exception {
        Path keys = directory.resolve("keys");
        StoredKey.Rights rights = new StoredKey.Rights(Set.of(Scope.values()), SenderDomains.ANY, "", Optional.empty());
        new KeyFile(keys).create("shop", rights, Instant.EPOCH, new SecureRandom());
        node = new HttpNode(
                directory,
                Map.of("postrider.http.trusted-hosts", "[]", "postrider.http.api-keys-file", "\"" + keys + "\""));

        assertThatAllBut(200, 401, "unauthorized");
    }

    @Test
    void isClosedToStrangersWhereThereAreNoKeys() throws Exception {
        node = new HttpNode(directory, Map.of("postrider.http.trusted-hosts", "[]"));

        assertThatAllBut(200, 403, "untrusted_host");
    }

    /** With the right key too: who is outside cannot even try one. */
    @Test
    void isShutForWhoIsNotAllowed() throws Exception {
        Path keys = directory.resolve("keys");
        StoredKey.Rights rights = new StoredKey.Rights(Set.of(Scope.values()), SenderDomains.ANY, "", Optional.empty());
        String key = new KeyFile(keys)
                .create("shop", rights, Instant.EPOCH, new SecureRandom())
                .secret();
        node = new HttpNode(
                directory,
                Map.of(
                        "postrider.http.allow-hosts",
                        "[\"192.0.2.0/24\"]",
                        "postrider.http.api-keys-file",
                        "\"" + keys + "\""));

        for (Operation operation : operations()) {
            assertThat(HttpNode.code(node.ask(operation.method(), operation.path(), "{}")))
                    .as(operation.toString())
                    .isEqualTo("client_not_allowed");
        }
        HttpResponse<String> response =
                node.post("/v1/message", "{}", "Content-Type", "application/json", "Authorization", "Bearer " + key);
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(HttpNode.code(response)).isEqualTo("client_not_allowed");
    }

    @Test
    void knowsNoOtherMethodsAndNoOtherParameters() throws Exception {
        node = new HttpNode(directory, Map.of());

        for (Operation operation : operations()) {
            HttpResponse<String> response = node.ask("PATCH", operation.path(), "");
            assertThat(HttpNode.code(response)).as(operation.toString()).isEqualTo("method_not_allowed");
            assertThat(response.headers().firstValue("Allow").orElse("")).contains(operation.method());
            if (!operation.open()) {
                response = node.ask(operation.method(), operation.path() + "?colour=red", "{}");
                assertThat(HttpNode.code(response)).as(operation.toString()).isEqualTo("invalid_request");
            }
        }
    }

    private void assertThatAllBut(int open, int status, String code) throws Exception {
        for (Operation operation : operations()) {
            HttpResponse<String> response = node.ask(operation.method(), operation.path(), "{}");

            assertThat(response.statusCode()).as(operation.toString()).isEqualTo(operation.open() ? open : status);
            assertThat(HttpNode.code(response)).isEqualTo(operation.open() ? "" : code);
        }
    }

    private static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path :
                Contract.document().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (!operation.getKey().equals("parameters")) {
                    operations.add(new Operation(
                            operation.getKey().toUpperCase(Locale.ROOT),
                            path.getKey().replace("{id}", "019e3540-2b7a-7000-a1b2-c3d4e5f60718"),
                            operation.getValue().has("security")));
                }
            }
        }
        assertThat(operations).hasSizeGreaterThan(7);
        return operations;
    }
}
