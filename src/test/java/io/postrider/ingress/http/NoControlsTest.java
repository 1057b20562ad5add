package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.postrider.http.Json;
import io.postrider.ingress.http.InjectionFixture.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Line ends and other controls in front of, within and behind every text of a request and every name in it. */
class NoControlsTest {

    private static final String FULL =
            """
            {"from": {"email": "a@x.example", "name": "A"}, TO, "reply_to": [{"email": "r@x.example", "name": "R"}],
             "subject": "s", "text": "t", "html": "<img src='cid:c@x'>", "headers": {"X-My": "v", "Sender": "s@x.example",
             "List-Id": "<l.x.example>", "List-Help": "<mailto:h@x.example>", "References": "<1@x.example>"},
             "attachments": [{"filename": "f", "content_type": "a/b; c=d", "content_id": "c@x", "content": "AAAA"}],
             "envelope_from": "e@x.example", "tenant": "t", "campaign": "c", "class": "c", "pool": "bulk", "tags": ["t"],
             "metadata": {"m": "1"}, "send_at": "2026-02-04T00:00:00Z", "expires_at": "2026-02-05T00:00:00Z",
             "template_dialect": "pebble"}""";

    private static final String NAMED =
            """
            "to": [{"email": "b@y.example", "name": "B"}, "B <b2@y.example>"], "cc": [{"email": "c@y.example", "name": "C"}],
            "bcc": [{"email": "d@y.example", "name": "D"}]""";

    private static final String PERSONAL =
            """
            "recipients": [{"to": {"email": "b@y.example", "name": "B"}, "name": "N", "metadata": {"m": "1"}}]""";

    /** What has lines goes into no header. */
    private static final Set<String> OF_LINES = Set.of("/text", "/html", "/attachments/0/content");

    private static final List<String> CONTROLS = List.of("\r\n", "\n", "\r", "\u0000", "\u007f", "\u0085");

    private final InjectionFixture api = new InjectionFixture("");

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void areRefusedInAnyFieldOfAMessageForAll() throws Exception {
        assertEachIsRefused(FULL.replace("TO", NAMED), 30);
    }

    @Test
    void areRefusedInAnyFieldOfPersonalMessages() throws Exception {
        assertEachIsRefused(FULL.replace("TO", PERSONAL), 30);
    }

    private void assertEachIsRefused(String full, int atLeast) throws Exception {
        assertThat(api.post(full).status()).isEqualTo(202);
        api.spool.forget();
        List<String> tried = new ArrayList<>();
        for (String control : CONTROLS) {
            for (String pointer : places(read(full), "", new ArrayList<>())) {
                for (String bad : List.of(control + "V", "V" + control, "V" + control + "X-Bad: 1")) {
                    assertRefused(full, pointer, bad);
                    tried.add(pointer);
                }
            }
        }
        assertThat(tried.stream().distinct()).hasSizeGreaterThanOrEqualTo(atLeast);
        assertThat(api.spool.all()).isEmpty();
    }

    private void assertRefused(String full, String pointer, String bad) throws Exception {
        ObjectNode request = (ObjectNode) read(full);
        boolean isName = pointer.endsWith("#");
        String place = isName ? pointer.substring(0, pointer.length() - 1) : pointer;
        int slash = place.lastIndexOf('/');
        JsonNode holder = request.at(place.substring(0, slash));
        String key = place.substring(slash + 1);
        if (isName) {
            JsonNode value = ((ObjectNode) holder).remove(key);
            ((ObjectNode) holder).set(bad.replace("V", key), value);
        } else if (holder instanceof ArrayNode array) {
            int at = Integer.parseInt(key);
            array.set(at, new TextNode(bad.replace("V", array.get(at).asText())));
        } else {
            ((ObjectNode) holder).put(key, bad.replace("V", holder.path(key).asText()));
        }

        Answer answer = api.post(request.toString());

        assertThat(answer.status()).as(pointer).isEqualTo(422);
        assertThat(answer.json().path("errors")).as(pointer).isNotEmpty();
    }

    /** A pointer to every text, and with a {@code #} behind it to every name. */
    private static List<String> places(JsonNode node, String pointer, List<String> places) {
        if (node.isTextual() && !OF_LINES.contains(pointer)) {
            places.add(pointer);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            places(node.get(i), pointer + "/" + i, places);
        }
        node.fieldNames().forEachRemaining(name -> {
            places.add(pointer + "/" + name + "#");
            places(node.get(name), pointer + "/" + name, places);
        });
        return places;
    }

    private static JsonNode read(String json) {
        return Json.read(json.getBytes(StandardCharsets.UTF_8));
    }
}
