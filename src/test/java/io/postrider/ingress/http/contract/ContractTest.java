package io.postrider.ingress.http.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContractTest {

    private static final String ID = "019e3540-2b7a-7000-a1b2-c3d4e5f60718";
    private static final String SUBMITTED = "{\"id\":\"" + ID + "\",\"status\":\"queued\",\"recipients\":[{\"id\":\""
            + ID + ".0\",\"message_id\":\"" + ID + "\",\"email\":\"a@x.test\",\"status\":\"queued\"}],\"rejected\":[]}";
    private static final String REQUEST = "{\"from\":\"s@x.test\",\"to\":\"a@x.test\",\"text\":\"hello\"}";

    private final Contract contract = Contract.ofTheApi();

    @Test
    void agreesWithWhatIsDocumented() {
        assertThat(contract.complaints(posted(REQUEST, 202, SUBMITTED))).isEmpty();
        assertThat(contract.covered(posted(REQUEST, 202, SUBMITTED))).contains("sendMessage 202");
        assertThat(contract.toCover()).contains("sendMessage 202", "getEvents 410", "getPage 200");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "queued     | gone        | status",
                "\"status\" | \"status_\" | status_",
                "{\"id\"    | {\"x\":1,\"id\" | x",
                "019e3540   | 1           | id",
                "[]         | [{}]        | email",
            })
    void complainsAboutABodyThatIsNotAsDocumented(String part, String other, String named) {
        List<String> complaints = contract.complaints(posted(REQUEST, 202, SUBMITTED.replace(part, other)));

        assertThat(complaints).isNotEmpty();
        assertThat(complaints.toString()).contains(named);
    }

    @Test
    void complainsWhenTheSchemaIsBroken() {
        ObjectNode broken = Contract.document();
        ((ObjectNode) broken.at("/components/schemas/Submission/properties/status")).put("const", "accepted");

        assertThat(new Contract(broken).complaints(posted(REQUEST, 202, SUBMITTED)))
                .anyMatch(complaint -> complaint.contains("status"));
    }

    @Test
    void complainsAboutARequestThatWasTakenThoughItIsNotDocumented() {
        String unknownField = REQUEST.replace("\"text\"", "\"txt\"");

        assertThat(contract.complaints(posted(unknownField, 202, SUBMITTED))).isNotEmpty();
    }

    @Test
    void complainsAboutStatusesTypesHeadersAndCodes() {
        String problem =
                "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":409,\"code\":\"surprise\",\"detail\":\"d\"}";
        Exchange conflict = new Exchange(
                "POST",
                "/v1/message",
                Map.of("content-type", List.of("application/json")),
                REQUEST,
                409,
                Map.of("content-type", List.of("application/problem+json")),
                Optional.of(problem));

        assertThat(contract.complaints(conflict))
                .anyMatch(complaint -> complaint.contains("Retry-After"))
                .anyMatch(complaint -> complaint.contains("surprise"));
        assertThat(contract.complaints(posted(REQUEST, 299, SUBMITTED)))
                .anyMatch(complaint -> complaint.contains("299"));
        assertThat(contract.complaints(new Exchange("GET", "/v2", Map.of(), "", 200, Map.of(), Optional.of(""))))
                .anyMatch(complaint -> complaint.contains("unknown_path"));
    }

    @Test
    void complainsAboutACodeOfAnItem() {
        String result =
                "{\"index\":0,\"problem\":{\"type\":\"about:blank\",\"title\":\"t\",\"status\":422,\"code\":\"surprise\","
                        + "\"detail\":\"d\"}}";

        assertThat(contract.complaints(batch(result))).anyMatch(complaint -> complaint.contains("surprise"));
        assertThat(contract.complaints(batch(result.replace("surprise", "template_failed"))))
                .isEmpty();
    }

    @Test
    void findsTheExamplesOfTheDocumentRight() {
        ObjectNode document = Contract.document();
        List<JsonNode> contents = document.findValues("content");

        for (JsonNode content : contents) {
            content.properties().forEach(of -> of.getValue().path("examples").forEach(example -> {
                if (of.getKey().endsWith("json") && example.path("value").isObject()) {
                    assertThat(contract.complaints(of.getKey(), of.getValue().path("schema"), example.path("value")))
                            .isEmpty();
                }
            }));
        }
        document.path("components").path("schemas").forEach(schema -> schema.path("examples")
                .forEach(example -> assertThat(contract.complaints("example", schema, example))
                        .isEmpty()));
        assertThat(contents).hasSizeGreaterThan(10);
    }

    private static Exchange batch(String result) {
        return new Exchange(
                "POST",
                "/v1/message/batch",
                Map.of("Content-Type", List.of("application/x-ndjson")),
                REQUEST,
                200,
                Map.of("Content-Type", List.of("application/x-ndjson")),
                Optional.of(result + "\n"));
    }

    private static Exchange posted(String request, int status, String answer) {
        return new Exchange(
                "POST",
                "/v1/message",
                Map.of("Content-Type", List.of("application/json")),
                request,
                status,
                Map.of("Content-Type", List.of("application/json"), "Location", List.of("/v1/message/" + ID)),
                Optional.of(answer));
    }
}
