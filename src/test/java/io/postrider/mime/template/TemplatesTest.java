package io.postrider.mime.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mime.template.Rendering.Failed;
import io.postrider.mime.template.Rendering.Rendered;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplatesTest {

    private static final Map<String, Object> VALUES = Map.of(
            "name",
            "Jörg <b>",
            "count",
            3,
            "price",
            new BigDecimal("12.50"),
            "yes",
            true,
            "list",
            List.of("a", "b", "c"),
            "order",
            Map.of("id", 7, "items", List.of(Map.of("title", "Tea"), Map.of("title", "Cake & more"))));

    private final Templates templates = new Templates(
            new TemplateSettings(100_000, 1_000_000, 100_000, Duration.ofSeconds(10), 10_000), System::nanoTime);

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            value = {
                "Dear {{ name }}, {{count}}§Dear Jörg <b>, 3",
                "no template§no template",
                "{{ order.items[1].title }}§Cake & more",
                "{{ order['id'] + 1 }}§8",
                "{% for item in order.items %}{{ loop.index }}:{{ item.title }}{% if not loop.last %}, {% endif %}{% endfor %}§0:Tea, 1:Cake & more",
                "{% for e in {'k': 'v'} %}{{ e.key }}={{ e.value }}{% endfor %}§k=v",
                "{% for i in 1..3 %}{{ i }}{% endfor %}{% for i in range(1, 5, 2) %}{{ i }}{% endfor %}§123135",
                "{% if yes and count > 2 %}many{% else %}few{% endif %}§many",
                "{% if list contains 'b' %}b{% endif %}{% if order contains 'id' %}id{% endif %}§bid",
                "{{ list | join('+') }} {{ list | length }} {{ list | first }}§a+b+c 3 a",
                "{{ missing }}{{ missing.too }}{{ missing | default('none') }}§none",
                "{{ name | upper }} {{ 'a-b' | replace({'-': '+'}) }}§JÖRG <B> a+b",
                "{% set greeting = 'Hi ' ~ name %}{{ greeting }}§Hi Jörg <b>",
                "{{ price }} {{ price * 2 }}§12.5 25.0",
                "{{ list is empty ? 'none' : 'some' }}{# a comment #}§some",
                "{% for x in list | sort | reverse %}{{ x }}{% endfor %}§cba",
                "{% verbatim %}{{ name }}{% endverbatim %}§{{ name }}",
                "{{ name | escape }}§Jörg &lt;b&gt;",
            })
    void fillsInPebble(String template, String expected) {
        assertThat(fill(Dialect.PEBBLE, template, VALUES, false)).isEqualTo(new Rendered(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            value = {
                "Dear {{ name }}, {{count}}§Dear Jörg <b>, 3",
                "{{#each order.items}}{{@index}}:{{title}}{{#unless @last}}, {{/unless}}{{/each}}§0:Tea, 1:Cake & more",
                "{{#list}}{{this}}{{/list}}{{^missing}}none{{/missing}}§abcnone",
                "{{#each list as |x i|}}{{x}}{{i}}{{/each}}§a0b1c2",
                "{{#if yes}}y{{else}}n{{/if}}{{#with order}}{{id}}{{../count}}{{/with}}§y73",
                "{{#each order}}{{@key}};{{/each}}{{lookup list 1}}{{order.items.[0].title}}§id;items;bTea",
                "{{missing}}{{missing.too}}{{! comment }}{{{name}}}§Jörg <b>",
                "{{#each missing}}x{{else}}none{{/each}}§none",
            })
    void fillsInHandlebars(String template, String expected) {
        Object order = Map.of("id", 7, "items", List.of(Map.of("title", "Tea"), Map.of("title", "Cake & more")));
        Map<String, Object> values = new HashMap<>(VALUES);
        values.put("order", new java.util.TreeMap<>((Map<?, ?>) order));

        assertThat(fill(Dialect.HANDLEBARS, template, values, false)).isEqualTo(new Rendered(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEBBLE", "HANDLEBARS"})
    void printsNumbersAsPeopleWriteThem(Dialect dialect) {
        Map<String, Object> values = Map.of(
                "a", 12345678.9,
                "b", 0.00005,
                "c", 17,
                "d", new BigInteger("12345678901234567890123"),
                "e", 1e21);

        assertThat(fill(dialect, "{{ a }} {{ b }} {{ c }} {{ d }} {{ e }}", values, true))
                .isEqualTo(new Rendered("12345678.9 0.000050 17 12345678901234567890123 1000000000000000000000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEBBLE", "HANDLEBARS"})
    void escapesForHtmlOnly(Dialect dialect) {
        String template = "<p>{{ name }}</p>";

        assertThat(fill(dialect, template, VALUES, true)).isEqualTo(new Rendered("<p>Jörg &lt;b&gt;</p>"));
        assertThat(fill(dialect, template, VALUES, false)).isEqualTo(new Rendered("<p>Jörg <b></p>"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEBBLE", "HANDLEBARS"})
    void readsATemplateOnceForAThousandRecipients(Dialect dialect) {
        for (int i = 0; i < 1000; i++) {
            assertThat(fill(dialect, "No {{ i }}", Map.of("i", i), false)).isEqualTo(new Rendered("No " + i));
        }

        assertThat(templates.compilations()).isEqualTo(1);
    }

    @Test
    void forgetsTheTemplateThatWasUsedLongestAgo() {
        String filler = "x".repeat(4000);
        for (int i = 0; i < 3; i++) {
            fill(Dialect.PEBBLE, i + "{{ name }}" + filler, VALUES, false);
        }
        fill(Dialect.PEBBLE, "2{{ name }}" + filler, VALUES, false);
        assertThat(templates.compilations()).isEqualTo(3);

        fill(Dialect.PEBBLE, "0{{ name }}" + filler, VALUES, false);

        assertThat(templates.compilations()).isEqualTo(4);
    }

    @Test
    void saysInWhichLineATemplateIsWrong() {
        assertThat(failed(Dialect.PEBBLE, "one\n{% if %}").line()).isEqualTo(2);
        assertThat(failed(Dialect.HANDLEBARS, "one\n\n{{#if yes}}").line()).isEqualTo(3);
        assertThat(failed(Dialect.PEBBLE, "{% for x in list %}").detail()).contains("endfor");
    }

    private Rendering fill(Dialect dialect, String template, Map<String, ?> values, boolean escapeHtml) {
        return templates.run(dialect, values).fill(template, escapeHtml);
    }

    private Failed failed(Dialect dialect, String template) {
        Rendering rendering = fill(dialect, template, VALUES, false);
        assertThat(rendering).isInstanceOf(Failed.class);
        return (Failed) rendering;
    }
}
