package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.egress.ScriptedMx;
import io.postrider.route.SignedDns;
import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole node with DANE: what its delivery log says of mail to a signed, an unusable and a forged zone. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DaneNodeTest {

    @TempDir
    Path directory;

    @Test
    void theDeliveryLogSaysByWhichPolicyTheServerWasJudged() throws Exception {
        TestCertificates.Made own = TestCertificates.selfSigned("whoever.test");
        String key = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(own.certificate().getPublicKey().getEncoded()));
        try (ScriptedMx mx = ScriptedMx.serving().encrypting(new TestCertificates().server(own));
                SignedDns dns = new SignedDns(Files.createDirectory(directory.resolve("dns")))) {
            String tlsa = "_" + mx.address().getPort() + "._tcp.mx IN TLSA ";
            dns.signed("good", "@ IN MX 10 mx\nmx IN A 127.0.0.1\n" + tlsa + "3 1 1 " + key + "\n")
                    .signed("unusable", "@ IN MX 10 mx\nmx IN A 127.0.0.1\n" + tlsa + "1 1 1 " + key + "\n")
                    .signed("forged", "@ IN MX 10 mx\nmx IN A 127.0.0.1\n" + tlsa + "3 1 1 " + "ab".repeat(32) + "\n")
                    .forged("ab".repeat(32), key)
                    .serve();

            try (HttpNode node = new HttpNode(
                    directory,
                    Map.of(
                            "postrider.egress.routes",
                            "{}",
                            "postrider.egress.port",
                            Integer.toString(mx.address().getPort()),
                            "postrider.egress.prohibited-addresses",
                            "[]",
                            "postrider.egress.dane.dnssec",
                            "validate",
                            "postrider.egress.dane.trust-anchors",
                            '"' + dns.anchors().toString() + '"',
                            "postrider.dns.servers",
                            "[\"" + dns.server() + "\"]"))) {
                for (String domain : List.of("good", "unusable", "forged")) {
                    node.post(
                            "/v1/message",
                            "{\"from\": \"ann@example.org\", \"to\": \"bob@" + domain
                                    + "\", \"subject\": \"hello\", \"text\": \"hello\"}");
                }

                JsonNode good = line("good", "delivered");
                assertThat(good.path("tls").path("policy").asText()).isEqualTo("dane");
                assertThat(good.path("tls").path("peer").asText()).isEqualTo("whoever.test");
                assertThat(line("unusable", "delivered")
                                .path("tls")
                                .path("policy")
                                .asText())
                        .isEqualTo("dane-unusable");
                String waits = node.queue("forged");
                while (!waits.contains("DNSSEC")) {
                    LockSupport.parkNanos(50_000_000);
                    waits = node.queue("forged");
                }
                assertThat(waits).contains("4.7.5 no mail server of forged can be used until its DNSSEC is in order");
                assertThat(lines())
                        .noneMatch(line -> line.path("domain").asText().equals("forged")
                                && line.path("type").asText().equals("bounced"));
            }
        }
    }

    /** Waits for it. */
    private JsonNode line(String domain, String type) throws IOException {
        while (true) {
            Optional<JsonNode> found = lines().stream()
                    .filter(line -> line.path("domain").asText().equals(domain)
                            && line.path("type").asText().equals(type))
                    .findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    private List<JsonNode> lines() throws IOException {
        Path logs = directory.resolve("data").resolve("log");
        if (!Files.isDirectory(logs)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(logs)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .flatMap(DaneNodeTest::read)
                    .toList();
        }
    }

    private static Stream<JsonNode> read(Path file) {
        try {
            return Files.readAllLines(file).stream().map(line -> {
                try {
                    return HttpNode.JSON.readTree(line);
                } catch (IOException half) {
                    return HttpNode.JSON.createObjectNode();
                }
            });
        } catch (IOException gone) {
            return Stream.empty();
        }
    }
}
