package io.postrider.ingress.http.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.postrider.ingress.http.docs.Description;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether an exchange is as an OpenAPI document says: path, method, status, content type, headers, codes and bodies. Of
 * objects in answers it is stricter than the document: a field that is not documented is a complaint. Requests are held
 * against it when they were taken; others are wrong on purpose.
 */
public final class Contract {

    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode document;
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Map<JsonNode, Schema> schemas = new ConcurrentHashMap<>();

    /** @param document is closed against unknown fields, so it should be a copy */
    public Contract(ObjectNode document) {
        this.document = document;
        close(document.path("components"));
    }

    public static Contract ofTheApi() {
        return new Contract(document());
    }

    /** The document as it is served. */
    public static ObjectNode document() {
        try {
            return (ObjectNode) JSON.readTree(Description.load().openApi());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** What is wrong, in words; empty when nothing is. */
    public List<String> complaints(Exchange exchange) {
        List<String> complaints = new ArrayList<>();
        Optional<String> path = path(exchange.path());
        if (path.isEmpty()) {
            expectGeneral(exchange, 404, "unknown_path", complaints);
            return complaints;
        }
        JsonNode operation =
                document.path("paths").path(path.get()).path(exchange.method().toLowerCase(Locale.ROOT));
        if (operation.isMissingNode()) {
            expectGeneral(exchange, 405, "method_not_allowed", complaints);
            return complaints;
        }
        JsonNode answer = resolved(operation.path("responses").path(Integer.toString(exchange.status())));
        if (answer.isMissingNode()) {
            complaints.add(
                    "status " + exchange.status() + " is not documented for " + exchange.method() + " " + path.get());
            return complaints;
        }
        checkAnswer(exchange, answer, complaints);
        if (exchange.status() / 100 == 2) {
            checkRequest(exchange, document.path("paths").path(path.get()), operation, complaints);
        }
        return complaints;
    }

    /** Such as {@code sendMessage 202}; empty for what is not documented. */
    public Optional<String> covered(Exchange exchange) {
        return path(exchange.path())
                .map(path ->
                        document.path("paths").path(path).path(exchange.method().toLowerCase(Locale.ROOT)))
                .filter(operation -> operation.path("responses").has(Integer.toString(exchange.status())))
                .map(operation -> operation.path("operationId").asText() + " " + exchange.status());
    }

    /** Everything that {@link #covered} could say. */
    public Set<String> toCover() {
        Set<String> all = new HashSet<>();
        document.path("paths")
                .forEach(path -> path.forEach(operation -> operation
                        .path("responses")
                        .fieldNames()
                        .forEachRemaining(
                                status -> all.add(operation.path("operationId").asText() + " " + status))));
        return all;
    }

    /** What is wrong with {@code value} by the schema, which may be a reference into the document. */
    List<String> complaints(String where, JsonNode schema, JsonNode value) {
        Schema compiled = schemas.computeIfAbsent(schema, key -> {
            ObjectNode whole = JSON.createObjectNode();
            whole.setAll((ObjectNode) key);
            whole.set("components", document.path("components"));
            return registry.getSchema(whole);
        });
        List<Error> errors = compiled.validate(
                value, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
        return errors.stream()
                .map(error -> where + error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private void expectGeneral(Exchange exchange, int status, String code, List<String> complaints) {
        if (exchange.status() != status || !exchange.answerBody().orElse("").contains("\"code\":\"" + code + "\"")) {
            // Who may not ask is told so before anything else, also at paths that are not there.
            if (exchange.status() != 401 && exchange.status() != 403) {
                complaints.add("expected " + status + " " + code + " for what is not documented");
            }
        }
    }

    private void checkAnswer(Exchange exchange, JsonNode answer, List<String> complaints) {
        answer.path("headers").properties().forEach(header -> {
            JsonNode of = resolved(header.getValue());
            Optional<String> value = exchange.answerHeader(header.getKey());
            if (value.isEmpty() && of.path("required").asBoolean()) {
                complaints.add("expected the header field " + header.getKey());
            }
            value.ifPresent(
                    text -> complaints.addAll(complaints(header.getKey(), of.path("schema"), parsed(of, text))));
        });
        JsonNode content = answer.path("content").path(exchange.answerType());
        if (content.isMissingNode()) {
            complaints.add("content type '" + exchange.answerType() + "' is not documented for " + exchange.status());
            return;
        }
        if (exchange.answerBody().isEmpty()) {
            return;
        }
        String body = exchange.answerBody().get();
        complaints.addAll(complaintsOfBody("answer", exchange.answerType(), content, body));
        checkProblemsOfItems(exchange, body, complaints);
        if (exchange.answerType().equals("application/problem+json")) {
            JsonNode problem = json(body).orElse(JSON.missingNode());
            if (!answer.path("x-codes").has(problem.path("code").asText())) {
                complaints.add("code " + problem.path("code") + " is not documented for " + exchange.status());
            }
            if (problem.path("status").asInt() != exchange.status()) {
                complaints.add("the problem's status is not that of the answer");
            }
        }
    }

    /** An item of a batch fails as a message on its own would, with that status and code. */
    private void checkProblemsOfItems(Exchange exchange, String body, List<String> complaints) {
        if (!exchange.path().equals("/v1/message/batch") || exchange.status() != 200) {
            return;
        }
        JsonNode answers = document.at("/paths/~1v1~1message/post/responses");
        for (String text : body.split("\n", -1)) {
            for (JsonNode problem : json(text).orElse(JSON.missingNode()).findValues("problem")) {
                String code = problem.path("code").asText();
                JsonNode answer = resolved(answers.path(problem.path("status").asText()));
                if (!answer.path("x-codes").has(code)) {
                    complaints.add("code " + code + " of an item is not documented for " + problem.path("status"));
                }
            }
        }
    }

    private void checkRequest(Exchange exchange, JsonNode path, JsonNode operation, List<String> complaints) {
        Set<String> query = new HashSet<>();
        for (JsonNode list : List.of(path.path("parameters"), operation.path("parameters"))) {
            list.forEach(parameter -> {
                if (resolved(parameter).path("in").asText().equals("query")) {
                    query.add(resolved(parameter).path("name").asText());
                }
            });
        }
        for (String name : exchange.queryNames()) {
            if (!query.contains(name)) {
                complaints.add("the parameter " + name + " was taken but is not documented");
            }
        }
        JsonNode body = operation.path("requestBody");
        if (!body.isMissingNode()) {
            JsonNode content = body.path("content").path(exchange.requestType());
            if (content.isMissingNode()) {
                complaints.add("content type '" + exchange.requestType() + "' was taken but is not documented");
            } else {
                complaints.addAll(complaintsOfBody("request", exchange.requestType(), content, exchange.requestBody()));
            }
        }
    }

    /** A body of lines or of server-sent events is held against the schema of its items. */
    private List<String> complaintsOfBody(String where, String type, JsonNode content, String body) {
        JsonNode schema = content.path("schema");
        JsonNode items = content.path("x-itemSchema");
        List<String> complaints = new ArrayList<>();
        switch (type) {
            case "application/json", "application/problem+json" -> check(where, schema, body, complaints);
            case "application/x-ndjson" -> {
                int number = 0;
                for (String line : body.lines().filter(text -> !text.isBlank()).toList()) {
                    // A line that is wrong on purpose is answered by a problem, not by the status.
                    if (where.equals("answer")) {
                        check(where + " line " + number++, items, line, complaints);
                    }
                }
            }
            case "text/event-stream" ->
                body.lines()
                        .filter(line -> line.startsWith("data:"))
                        .forEach(line -> check(where, items, line.substring(5), complaints));
            default -> {}
        }
        return complaints;
    }

    private void check(String where, JsonNode schema, String text, List<String> complaints) {
        Optional<JsonNode> value = json(text);
        if (value.isEmpty()) {
            complaints.add(where + " is no JSON");
        } else {
            complaints.addAll(complaints(where, schema, value.get()));
        }
    }

    private Optional<String> path(String sent) {
        String[] segments = sent.split("/", -1);
        Optional<String> found = Optional.empty();
        for (String path : (Iterable<String>) () -> document.path("paths").fieldNames()) {
            String[] wanted = path.split("/", -1);
            boolean fits = wanted.length == segments.length;
            for (int i = 0; fits && i < wanted.length; i++) {
                fits = wanted[i].startsWith("{") ? !segments[i].isEmpty() : wanted[i].equals(segments[i]);
            }
            if (fits && (found.isEmpty() || !path.contains("{"))) {
                found = Optional.of(path);
            }
        }
        return found;
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** A header's value as the type that its schema has. */
    private static JsonNode parsed(JsonNode header, String value) {
        boolean integer = header.path("schema").path("type").asText().equals("integer");
        return integer
                ? json(value).orElse(JSON.getNodeFactory().textNode(value))
                : JSON.getNodeFactory().textNode(value);
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.of(JSON.readTree(text)).filter(node -> !node.isMissingNode());
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    private static void close(JsonNode node) {
        if (node instanceof ObjectNode object && object.has("properties") && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        node.forEach(Contract::close);
    }
}
