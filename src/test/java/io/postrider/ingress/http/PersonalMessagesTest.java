package io.postrider.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.http.Json;
import io.postrider.ingress.http.InjectionFixture.Answer;
import io.postrider.spool.Spool;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A message for each recipient, filled in with what the request says of this one. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PersonalMessagesTest {

    private final InjectionFixture api = new InjectionFixture("");

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void fillsInSubjectTextHtmlAndHeadersForEach() throws Exception {
        Answer answer = api.post(
                """
                {"from": "shop@x.example", "subject": "{{ name }}, your order {{ order.id }}",
                 "text": "Dear {{ name }} <{{ email }}>,\\n{% for item in order.items %}- {{ item }}\\n{% endfor %}",
                 "html": "<p>Dear {{ name }}</p>{% for item in order.items %}<li>{{ item }}</li>{% endfor %}",
                 "headers": {"X-Order": "no {{ order.id }}", "List-Unsubscribe": "<https://x.example/u?{{ email | urlencode }}>"},
                 "recipients": [
                  {"to": "ada@y.example", "name": "Ada & Co", "substitutions": {"order": {"id": 17, "items": ["Tea <b>", "Cake"]}}},
                  {"to": "jo@y.example", "substitutions": {"name": "J\u00f6", "order": {"id": 18, "items": []}}}]}""");

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(202);
        List<String> messages = messages();
        assertThat(messages).hasSize(2);
        assertThat(messages.get(0))
                .contains("\r\nTo: Ada & Co <ada@y.example>\r\n")
                .contains("\r\nSubject: Ada & Co, your order 17\r\n")
                .contains("\r\nX-Order: no 17\r\n")
                .contains("\r\nList-Unsubscribe: <https://x.example/u?ada%40y.example>\r\n")
                .contains("\r\nDear Ada & Co <ada@y.example>,\r\n- Tea <b>\r\n- Cake\r\n")
                .contains("<p>Dear Ada &amp; Co</p><li>Tea &lt;b&gt;</li><li>Cake</li>")
                .doesNotContain("jo@", "order 18");
        assertThat(messages.get(1))
                .contains("\r\nTo: jo@y.example\r\n")
                .contains("\r\nSubject: =?UTF-8?B?SsO2LA==?= your order 18\r\n")
                .contains("Dear J=C3=B6 <jo@y=2Eexample>,\r\n")
                .doesNotContain("ada@", "Tea");
    }

    @Test
    void fillsInHandlebarsWhereTheRequestSaysSo() throws Exception {
        Answer answer = api.post(
                """
                {"from": "shop@x.example", "template_dialect": "handlebars", "subject": "Hi {{name}}",
                 "text": "{{#if vip}}Dear{{else}}Hello{{/if}} {{name}}{{#each items}}, {{this}}{{/each}} {% for %}",
                 "html": "<b>{{name}}</b>",
                 "recipients": [
                  {"to": "a@y.example", "substitutions": {"name": "<A>", "vip": true, "items": ["x", "y"]}},
                  {"to": "b@y.example", "substitutions": {"name": "B", "vip": false}}]}""");

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(202);
        assertThat(messages().get(0)).contains("Subject: Hi <A>", "Dear <A>, x, y {% for %}", "<b>&lt;A&gt;</b>");
        assertThat(messages().get(1)).contains("Subject: Hi B", "Hello B {% for %}", "<b>B</b>");
    }

    @Test
    void leavesTheWordsOfOtherMessagesAlone() throws Exception {
        Answer answer = api.post("{\"from\":\"a@x.example\",\"to\":\"b@y.example\",\"subject\":\"{{ name }}\","
                + "\"text\":\"{% for %}\",\"html\":\"{{#each\"}");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(api.message()).contains("\r\nSubject: {{ name }}\r\n", "{% for %}", "{{#each");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pebble|html|a\\n{% if %}|/html|line 2: ",
                "pebble|html|{% for x in y %}|/html|",
                "pebble|text|{{ name.getClass() }}|/text|values have no methods",
                "pebble|text|{% include '/etc/passwd' %}|/text|",
                "pebble|subject|{{ nosuch(1) }}|/subject|",
                "pebble|subject|{{ lines }}|/subject|a line break",
                "pebble|subject|{{ long }}|/subject|at most 10000 characters",
                "handlebars|html|{{#if name}}|/html|",
                "handlebars|text|{{> x}}|/text|partials",
                "handlebars|subject|{{lines}}|/subject|a line break",
            })
    void saysWhichTemplateFailedAndForWhom(String dialect, String field, String template, String pointer, String detail)
            throws Exception {
        ObjectNode request = request(dialect);
        request.put(field, template.replace("\\n", "\n"));

        Answer answer = api.post(request.toString());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.code()).isEqualTo("template_failed");
        assertThat(answer.pointer()).isEqualTo(pointer);
        assertThat(answer.json().path("errors").path(0).path("detail").asText())
                .contains(detail == null ? "" : detail)
                .doesNotContain("Exception", "io.");
        assertThat(answer.json().path("errors").path(1).path("pointer").asText())
                .isEqualTo("/recipients/0");
        assertThat(api.spool.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\nBcc: x@y.example", "\n", "\r", "\u0000", "\u0085", "\u2028"})
    void letsNoValueMakeAHeaderOfItsOwn(String bad) throws Exception {
        for (String dialect : List.of("pebble", "handlebars")) {
            for (String field : List.of("subject", "X-My", "List-Unsubscribe", "Sender")) {
                ObjectNode request = request(dialect);
                if (field.equals("subject")) {
                    request.put(field, "{{ bad }}");
                } else {
                    request.putObject("headers").put(field, "<a@x.example{{ bad }}>");
                }
                request.withArray("recipients")
                        .addObject()
                        .put("to", "c@y.example")
                        .putObject("substitutions")
                        .put("bad", "a" + bad + "b");

                Answer answer = api.post(request.toString());

                assertThat(answer.status()).as(field).isEqualTo(422);
                assertThat(answer.pointer()).isEqualTo(field.equals("subject") ? "/subject" : "/headers/" + field);
            }
        }
        assertThat(api.spool.all()).isEmpty();
    }

    /** Half of the request would be sent otherwise, and nobody could repeat the rest. */
    @Test
    void sendsNothingWhenTheTemplateFailsForTheLastRecipientOnly() throws Exception {
        ObjectNode request = request("pebble");
        request.put("text", "{{ lines | join(', ') }}");
        var recipients = request.putArray("recipients");
        for (int i = 0; i < 4; i++) {
            ObjectNode values =
                    recipients.addObject().put("to", "r" + i + "@y.example").putObject("substitutions");
            values.set(
                    "lines",
                    i == 3 ? Json.object() : Json.object().putArray("x").add("y"));
        }

        Answer answer = api.post(request.toString());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("errors").findValuesAsText("pointer")).containsExactly("/text", "/recipients/3");
        assertThat(api.spool.all()).isEmpty();
    }

    @Test
    void checksTheTemplatesOfADryRunToo() throws Exception {
        ObjectNode request = request("pebble");
        request.put("dry_run", true);
        assertThat(api.post(request.toString()).status()).isEqualTo(200);

        request.put("html", "{{ name.getClass() }}");
        assertThat(api.post(request.toString()).code()).isEqualTo("template_failed");
    }

    @Test
    void failsOneItemOfABatchAndTakesTheOthers() throws Exception {
        ObjectNode bad = request("pebble").put("html", "{% if %}");
        String batch = "[" + request("pebble") + "," + bad + "," + request("handlebars") + "]";

        Answer answer = api.post("/v1/message/batch", "application/json", BodyPublishers.ofString(batch));

        assertThat(answer.json().path("accepted").asInt()).isEqualTo(2);
        assertThat(answer.json()
                        .path("results")
                        .path(1)
                        .path("problem")
                        .path("errors")
                        .path(0)
                        .path("pointer")
                        .asText())
                .isEqualTo("/html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in 1..9000000000000 %}{% endfor %}",
                "{% for a in 1..100000 %}{% for b in 1..100000 %}x{% endfor %}{% endfor %}",
                "{% for a in range(1, 100000, 1) %}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}{% endfor %}",
                "{% macro m(x) %}{{ m(x) }}{{ m(x) }}{% endmacro %}{{ m(1) }}",
                "{% block a %}{{ block('a') }}{% endblock %}",
                "{% set a = 'xxxxxxxxxx' %}DOUBLED{{ a }}",
                "{{ 'y' | replace({'y': long}) | replace({'z': long}) | replace({'z': long}) | replace({'z': long}) }}",
                "{{ list | join(long) }}",
                "NESTED",
                "PARENTHESES",
                "TAGS",
            })
    void endsBombsWithAnAnswerAndGoesOn(String template) throws Exception {
        ObjectNode request = request("pebble");
        request.put(
                "text",
                switch (template) {
                    case "NESTED" -> "{% if name %}".repeat(9_000);
                    case "PARENTHESES" ->
                        "{{ " + "(".repeat(4_900) + "1" + ")".repeat(4_900) + " ".repeat(9_900) + "}}";
                    case "TAGS" -> "{{name}}".repeat(100_000);
                    default -> template.replace("DOUBLED", "{% set a = a ~ a %}".repeat(60));
                });

        assertThat(api.post(request.toString()).code()).isEqualTo("template_failed");
        assertThat(api.post(request("pebble").toString()).status()).isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{#each list}}{{#each ../list}}{{#each ../../list}}{{/each}}{{/each}}{{/each}}",
                "{{#each list}}{{#each ../list}}{{../../long}}{{/each}}{{/each}}",
                "{{#list}}{{#list}}{{#list}}{{long}}{{/list}}{{/list}}{{/list}}",
                "{{#*inline \"x\"}}{{> x}}{{/inline}}{{> x}}",
                "NESTED",
            })
    void endsBombsInHandlebarsToo(String template) throws Exception {
        ObjectNode request = request("handlebars");
        request.put("html", template.replace("NESTED", "{{#if name}}".repeat(9_000)));

        assertThat(api.post(request.toString()).code()).isEqualTo("template_failed");
        assertThat(api.post(request("handlebars").toString()).status()).isEqualTo(202);
    }

    private static ObjectNode request(String dialect) {
        ObjectNode request = Json.object();
        request.put("from", "a@x.example").put("subject", "s").put("text", "t").put("template_dialect", dialect);
        ObjectNode recipient = request.putArray("recipients").addObject();
        recipient.put("to", "b@y.example").put("name", "n");
        ObjectNode values = recipient.putObject("substitutions");
        values.put("lines", "a\r\nBcc: x@y.example").put("long", "z".repeat(20_000));
        for (int i = 0; i < 300; i++) {
            values.withArray("list").add("x");
        }
        return request;
    }

    private List<String> messages() {
        List<String> texts = new ArrayList<>();
        for (Spool.Message message : api.spool.all()) {
            texts.add(new String(message.body(), StandardCharsets.US_ASCII));
        }
        return texts;
    }
}
