package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.ingress.http.contract.Contract;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that mean harm, or were made by a broken program: each gets a clear 4xx, and the node goes on as before. */
class HostileBodiesTest {

    private static final String EVIL = "x\r\nX-Evil: yes\r\n\r\nevil";
    private static final long MEBIBYTE = 1024 * 1024;
    /** Text that stands below the header, or never leaves the node: line ends are welcome there. */
    private static final Set<String> FREE =
            Set.of("/text", "/html", "/recipients/0/substitutions", "/attachments/0/content");

    @TempDir
    static Path directory;

    private static HttpNode node;
    private static long heapBefore;

    @BeforeAll
    static void start() throws Exception {
        node = new HttpNode(directory, Map.of());
        assertThat(node.post("/v1/message", message().toString()).statusCode()).isEqualTo(202);
        heapBefore = heap();
    }

    @AfterAll
    static void stillWorksAndHoldsNothing() throws Exception {
        try (HttpNode closing = node) {
            assertThat(closing.post("/v1/message", message().toString()).statusCode())
                    .isEqualTo(202);
            assertThat(heap() - heapBefore).isLessThan(48 * MEBIBYTE);
        }
    }

    static Stream<Arguments> brokenJson() {
        return Stream.of(
                json("nothing", ""),
                json("half", "{\"from\":"),
                json("more than one", message() + "{}"),
                json("a field twice", "{\"from\":\"s@x.test\",\"from\":\"t@x.test\",\"to\":\"a@x.test\"}"),
                json("a comment", "/* */" + message()),
                json("NaN", with("text", "NaN")),
                json("100,000 arrays", with("text", "[".repeat(100_000) + "]".repeat(100_000))),
                json("100,000 objects", with("text", "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000))),
                json(
                        "100,000 arrays within substitutions",
                        personal("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}")),
                json("100,000 open arrays", "[".repeat(100_000)),
                json("a number of a million digits", personal("{\"a\":" + "9".repeat(1_000_000) + "}")),
                json("a control in a text", with("subject", "\"a\nb\"")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenJson")
    void answers400ToWhatIsNoJson(String name, byte[] body) throws Exception {
        HttpResponse<String> response = node.post("/v1/message", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(HttpNode.code(response)).isEqualTo("malformed_json");
        assertThat(response.body()).hasSizeLessThan(2000);
    }

    @Test
    void answers400ToWhatIsNotUtf8() throws Exception {
        byte[] latin = with("subject", "\"Gr\u00fc\u00dfe\"").getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = message().toString().getBytes(StandardCharsets.UTF_16LE);

        for (byte[] body : List.of(latin, utf16)) {
            HttpResponse<String> response = node.post("/v1/message", body);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(HttpNode.code(response)).isEqualTo("malformed_json");
        }
    }

    @Test
    void namesTheLimitToWhoHasTooManyRecipients() throws Exception {
        HttpResponse<String> many = node.post("/v1/message", with("to", addresses(10_000)));
        HttpResponse<String> messages = node.post("/v1/message", everybody(10_000));

        assertThat(many.body()).contains("\"pointer\":\"/to\"", "at most 1000 elements, but got 10000");
        assertThat(messages.body()).contains("\"pointer\":\"/recipients\"", "at most 1000 elements");
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                json("null", "null"),
                json("an array", "[]"),
                json("a text", "\"text\""),
                json("no field", "{}"),
                json("an unknown field", with("txt", "\"hello\"")),
                json("a huge number for a text", with("subject", "1e999999")),
                json("a number beyond all numbers", personal("{\"a\":[1e999999]}")),
                json("a number for a truth", with("dry_run", "1")),
                json("a time that is none", with("send_at", "\"tomorrow\"")),
                json("a time far beyond", with("send_at", "\"+999999999-12-31T23:59:59Z\"")),
                json("no address", with("to", "\"nobody\"")),
                json("10,000 recipients", with("to", addresses(10_000))),
                json("10,000 copies", with("bcc", addresses(10_000))),
                json("10,000 messages", everybody(10_000)),
                json("10,000 tags", with("tags", addresses(10_000))),
                json("10,000 pieces of metadata", with("metadata", entries(10_000))),
                json("10,000 header fields", with("headers", entries(10_000))),
                json("to and recipients", with("recipients", "[{\"to\":\"a@x.test\"}]")),
                json("no base64", with("attachments", "[{\"content\":\"*\"}]")),
                json("half a base64", with("attachments", "[{\"content\":\"QUJDR\"}]")),
                json("an address in the name", with("headers", "{\"Bcc\":\"evil@x.test\"}")),
                json("a colon in a field's name", with("headers", "{\"X-A: b\\r\\nBcc\":\"evil@x.test\"}")),
                json("an endless loop", template("{% for i in range(0, 2000000000) %}x{% endfor %}")),
                json(
                        "loops in loops",
                        template(
                                "{% for i in range(0,9999) %}{% for j in range(0,9999) %}{% for k in range(0,9999) %}x{% endfor %}{% endfor %}{% endfor %}")),
                json("a macro that calls itself", template("{% macro a() %}x{{ a() }}{% endmacro %}{{ a() }}")),
                json("a template that includes a file", template("{% include \"/etc/passwd\" %}")),
                json("a half template", template("{{ first")),
                json(
                        "much out of little",
                        template("{% for i in range(0,1000000) %}" + "x".repeat(1000) + "{% endfor %}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongValues")
    void answers422ToWhatItCannotDo(String name, byte[] body) throws Exception {
        HttpResponse<String> response = node.post("/v1/message", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        assertThat(response.body()).hasSizeLessThan(100_000).doesNotContain("root:", "java.", "Exception");
    }

    static Stream<Arguments> wrongTypes() {
        return Stream.of(
                Arguments.of("text", new String[] {"Content-Type", "text/plain"}),
                Arguments.of("a form", new String[] {"Content-Type", "application/x-www-form-urlencoded"}),
                Arguments.of("a picture", new String[] {"Content-Type", "image/png"}),
                Arguments.of("lines where one is expected", new String[] {"Content-Type", "application/x-ndjson"}),
                Arguments.of("gzip", new String[] {"Content-Type", "application/json", "Content-Encoding", "gzip"}),
                Arguments.of("br", new String[] {"Content-Type", "message/rfc822", "Content-Encoding", "br"}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongTypes")
    void answers415ToOtherTypes(String name, String[] headers) throws Exception {
        HttpResponse<String> response = node.post("/v1/message", message().toString(), headers);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(415);
    }

    @Test
    void answers413ToABatchOfTooMany() throws Exception {
        String items = String.join(",", Collections.nCopies(1001, message().toString()));

        HttpResponse<String> response = node.post("/v1/message/batch", "{\"messages\":[" + items + "]}");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(413);
        assertThat(HttpNode.code(response)).isEqualTo("too_many_messages");
        assertThat(response.body()).contains("at most 1000", "1001");
    }

    @Test
    void namesTheHeaderThatIsTooLarge() throws Exception {
        for (String path : List.of("/v1/message", "/v1/message/batch")) {
            HttpResponse<String> response =
                    node.post(path, "{}", "Content-Type", "application/json", "X-Large", "x".repeat(9_000));
            assertThat(response.statusCode()).isEqualTo(431);
        }
    }

    /** Every text that the schema knows, found by walking it. */
    static Stream<Arguments> texts() {
        JsonNode document = Contract.document();
        List<Arguments> found = new ArrayList<>();
        walk(document, document.at("/components/schemas/Message"), "", found);
        return found.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void refusesLineEndsInEveryText(String pointer, JsonNode schema) throws Exception {
        ObjectNode body = whole(pointer.startsWith("/recipients"));
        put(body, pointer, EVIL);

        HttpResponse<String> response = node.post("/v1/message", body.toString());

        if (FREE.stream().anyMatch(pointer::startsWith)) {
            assertThat(response.statusCode()).as(response.body()).isIn(202, 422);
        } else {
            assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
            assertThat(response.body()).contains("\"pointer\":\"" + pointer);
        }
    }

    /** Texts with a length of their own, that are nothing but texts. */
    static Stream<Arguments> bounds() {
        return texts().filter(text -> {
            JsonNode schema = (JsonNode) text.get()[1];
            String pointer = (String) text.get()[0];
            return schema.has("maxLength")
                    && !pointer.matches("/(from|to|cc|bcc|reply_to)(/0)?(/email)?|/recipients/0/to(/email)?")
                    && !pointer.matches("/envelope_from|/pool|/idempotency_key|/attachments/0/content_type");
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bounds")
    void takesTextsAsLongAsDocumentedAndNoLonger(String pointer, JsonNode schema) throws Exception {
        int longest = schema.path("maxLength").asInt();
        ObjectNode body = whole(pointer.startsWith("/recipients"));

        put(body, pointer, "x".repeat(longest));
        HttpResponse<String> right = node.post("/v1/message", body.toString());
        put(body, pointer, "x".repeat(longest + 1));
        HttpResponse<String> wrong = node.post("/v1/message", body.toString());

        assertThat(right.statusCode()).as(right.body()).isEqualTo(202);
        assertThat(wrong.statusCode()).as(wrong.body()).isEqualTo(422);
        assertThat(wrong.body()).contains("\"pointer\":\"" + pointer, String.valueOf(longest));
    }

    @Test
    void neverLetsALineEndIntoAHeader() throws Exception {
        ObjectNode body = whole(true);
        body.put("subject", "{{ evil }}");
        put(body, "/recipients/0/substitutions/evil", EVIL);
        node.post("/v1/message", body.toString());
        HttpResponse<String> last = node.post("/v1/message", with("subject", "\"the last one\""));
        assertThat(last.statusCode()).isEqualTo(202);

        while (node.received().stream().noneMatch(message -> message.contains("the last one"))) {
            Thread.onSpinWait();
        }
        assertThat(node.received()).allSatisfy(message -> assertThat(message.substring(0, message.indexOf("\r\n\r\n")))
                .doesNotContain("\r\nX-Evil"));
    }

    private static void walk(JsonNode document, JsonNode schema, String pointer, List<Arguments> found) {
        if (schema.has("$ref")) {
            walk(document, document.at(schema.get("$ref").asText().substring(1)), pointer, found);
        } else if (schema.has("oneOf")) {
            schema.get("oneOf").forEach(choice -> walk(document, choice, pointer, found));
        } else if (schema.path("type").asText().equals("string")) {
            found.add(Arguments.of(pointer, schema));
        } else if (schema.path("type").asText().equals("array")) {
            walk(document, schema.path("items"), pointer + "/0", found);
        } else if (schema.path("type").asText().equals("object")) {
            schema.path("properties")
                    .properties()
                    .forEach(field -> walk(document, field.getValue(), pointer + "/" + field.getKey(), found));
            if (schema.path("additionalProperties").has("type")) {
                walk(document, schema.get("additionalProperties"), pointer + "/X-Name", found);
            } else if (!schema.has("properties")) {
                found.add(Arguments.of(pointer + "/any", schema));
            }
        }
    }

    /** Puts a text where the pointer says, with what is needed on the way, and right in all else. */
    private static void put(ObjectNode body, String pointer, String text) {
        String[] names = pointer.substring(1).split("/", -1);
        ObjectNode at = body;
        for (int i = 0; i < names.length - 1; i++) {
            boolean array = names[i + 1].equals("0");
            if (array && i + 1 == names.length - 1) {
                at.putArray(names[i]).add(text);
                return;
            }
            JsonNode next = array ? at.path(names[i]).path(0) : at.path(names[i]);
            if (!next.isObject()) {
                next = array ? at.putArray(names[i]).addObject() : at.putObject(names[i]);
            }
            at = (ObjectNode) next;
            i += array ? 1 : 0;
        }
        String field = names[names.length - 1];
        if (field.equals("name") && !at.has("to")) {
            at.put("email", "a@x.test");
        }
        at.put(field, text);
    }

    /** A message that is right but for what the test puts in. */
    private static ObjectNode whole(boolean personal) {
        ObjectNode message = message();
        if (personal) {
            message.remove("to");
            message.putArray("recipients").addObject().put("to", "a@x.test");
        }
        message.putArray("attachments").addObject().put("content", "QUJD").put("filename", "a.txt");
        return message;
    }

    private static ObjectNode message() {
        return HttpNode.JSON
                .createObjectNode()
                .put("from", "s@x.test")
                .put("to", "a@x.test")
                .put("text", "hello");
    }

    private static String with(String field, String json) {
        ObjectNode message = message();
        message.remove(field);
        String rest = message.toString();
        return "{\"" + field + "\":" + json + "," + rest.substring(1);
    }

    private static String personal(String substitutions) {
        return "{\"from\":\"s@x.test\",\"text\":\"hello\",\"recipients\":[{\"to\":\"a@x.test\",\"substitutions\":"
                + substitutions + "}]}";
    }

    private static String template(String text) {
        ObjectNode message = message();
        message.remove("to");
        message.put("text", text);
        message.putArray("recipients")
                .addObject()
                .put("to", "a@x.test")
                .putObject("substitutions")
                .put("first", "A");
        return message.toString();
    }

    private static String everybody(int count) {
        ObjectNode message = message();
        message.remove("to");
        ArrayNode recipients = message.putArray("recipients");
        IntStream.range(0, count).forEach(i -> recipients.addObject().put("to", "u" + i + "@x.test"));
        return message.toString();
    }

    private static String addresses(int count) {
        ArrayNode list = HttpNode.JSON.createArrayNode();
        IntStream.range(0, count).forEach(i -> list.add("u" + i + "@x.test"));
        return list.toString();
    }

    private static String entries(int count) {
        ObjectNode object = HttpNode.JSON.createObjectNode();
        IntStream.range(0, count).forEach(i -> object.put("X-" + i, "value"));
        return object.toString();
    }

    private static Arguments json(String name, String body) {
        return Arguments.of(name, body.getBytes(StandardCharsets.UTF_8));
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
