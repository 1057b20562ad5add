package io.postrider.mime.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mime.template.Rendering.Failed;
import io.postrider.mime.template.Rendering.Rendered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that want more than they may have. The clock goes on by a microsecond whenever it is looked at. */
class HostileTemplatesTest {

    private static final int LONGEST = 1_000_000;
    private static final Map<String, Object> VALUES = values();

    private final AtomicLong nanos = new AtomicLong();
    private final Templates templates = new Templates(
            new TemplateSettings(LONGEST, 1_000_000, 1_000_000, Duration.ofMillis(200), 1_000_000),
            () -> nanos.addAndGet(1_000));

    private static Map<String, Object> values() {
        Map<String, Object> values = new HashMap<>();
        values.put("list", Collections.nCopies(10_000, "x"));
        values.put("long", "y".repeat(500_000));
        values.put("name", "n");
        List<Object> deep = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            deep = new ArrayList<>(List.of(deep));
        }
        values.put("deep", deep);
        return values;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in list %}{% for b in list %}{% for c in list %}{% endfor %}{% endfor %}{% endfor %}",
                "{% for a in 1..100000 %}{% for b in 1..100000 %}{% endfor %}{% endfor %}",
                "{% for a in 1..9000000000000 %}{% endfor %}",
                "{% for a in range(1, 9000000000000, 1) %}{% endfor %}",
                "{% for a in range(1, 5, 0) %}{% endfor %}",
                "{% for a in list %}{{ long }}{% endfor %}",
                "{{ long ~ long ~ long }}",
                "{{ long + long + long }}",
                "{{ long | replace({'y': 'yyyyyyyy'}) }}",
                "{% set a = [list, list] %}{{ a }}",
                "{{ [long, long, long] }}",
                "{{ {'a': long} }}",
                "{{ list }}",
                "{{ deep | join(',') }}",
                "{{ [list, list] | join(long) }}",
                "{{ list | join(long) }}",
                "{{ name | format(1) }}",
                "{{ '%999999999d' | format(1) }}",
                "{{ list | merge(list) }}",
                "{% if list == list %}{% endif %}",
                "{% if [list] contains [list] %}{% endif %}",
                "{{ ''.getClass() }}",
                "{{ name.getClass().forName('java.lang.Runtime') }}",
                "{{ name.toString() }}",
                "{{ list.size() }}",
                "{{ list.stream() }}",
                "{{ template }}",
                "{{ template.getEngine() }}",
                "{{ _context }}",
                "{{ locale.getClass() }}",
                "{% for x in list %}{{ loop }}{% endfor %}",
                "{% for x in list %}{{ loop.getClass() }}{% endfor %}",
                "{% include '/etc/passwd' %}",
                "{% import '/etc/passwd' %}",
                "{% from '/etc/passwd' import x %}",
                "{% extends '/etc/passwd' %}",
                "{% embed '/etc/passwd' %}{% endembed %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% block b %}{{ block('b') }}{% endblock %}",
                "{{ parent() }}",
                "{% parallel %}{% endparallel %}",
                "{% cache 'x' %}{% endcache %}",
                "{% autoescape false %}{% endautoescape %}",
                "{% flush %}",
                "{% filter upper %}x{% endfilter %}",
                "{{ i18n('a', 'b') }}",
            })
    void endsInPebble(String template) {
        ends(Dialect.PEBBLE, template);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{#each list}}{{#each ../list}}{{#each ../../list}}{{/each}}{{/each}}{{/each}}",
                "{{#each list}}{{../long}}{{/each}}",
                "{{#list}}{{#list}}{{#list}}{{/list}}{{/list}}{{/list}}",
                "{{#each list}}{{#if ../long}}{{../long}}{{/if}}{{/each}}",
                "{{list}}",
                "{{deep}}",
                "{{> x}}",
                "{{> /etc/passwd}}",
                "{{#> x}}{{/x}}",
                "{{#*inline \"x\"}}{{> x}}{{/inline}}{{> x}}",
                "{{#*other}}{{/other}}",
                "{{#each list}}{{#with ..}}{{#each list}}{{#with ..}}{{#each list}}{{/each}}{{/with}}{{/each}}{{/with}}{{/each}}",
            })
    void endsInHandlebars(String template) {
        ends(Dialect.HANDLEBARS, template);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{name.class}}",
                "{{name.class.name}}",
                "{{name.bytes}}",
                "{{class}}",
                "{{getClass}}",
                "{{list.class}}",
                "{{this.class.classLoader}}",
                "{{lookup list 'class'}}",
            })
    void showsNothingOfAClassInHandlebars(String template) {
        assertThat(fill(Dialect.HANDLEBARS, template, VALUES, false)).isEqualTo(new Rendered(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ name.class }}",
                "{{ name.bytes }}",
                "{{ name.CASE_INSENSITIVE_ORDER }}",
                "{{ list.class }}",
                "{{ template.name }}",
                "{{ locale.language }}",
                "{{ _context.list.class }}",
                "{{ block('b') }}"
            })
    void showsNothingOfAClassInPebble(String template) {
        assertThat(fill(Dialect.PEBBLE, template, VALUES, false)).isEqualTo(new Rendered(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"log", "include", "partial", "block", "embedded", "precompile", "i18n", "method", "helperMissing"
            })
    void knowsNoOtherHelper(String helper) {
        Rendering plain = fill(Dialect.HANDLEBARS, "{{" + helper + " name}}", VALUES, false);
        Rendering block = fill(Dialect.HANDLEBARS, "{{#" + helper + " name}}x{{/" + helper + "}}", VALUES, false);

        assertThat(List.of(plain, block))
                .allSatisfy(rendering -> assertThat(rendering).isInstanceOf(Failed.class));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void survivesTemplatesWithoutEnd(Dialect dialect) {
        for (String piece : List.of(
                "{{", "{%", "{#", "{{{", "(", "[", "{{#if name}}", "{% if name %}", "{{ (", "}}", "{{ name }}")) {
            String template = "{{ " + piece.repeat(100_000 / piece.length());

            assertThat(fill(dialect, template, VALUES, true)).as(piece).isNotNull();
        }
        ends(dialect, "{{ " + "(".repeat(50_000) + "name" + ")".repeat(50_000) + " }}");
    }

    @Test
    void doesNotDoubleATextForEver() {
        String template = "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}".repeat(60) + "{{ a }}";

        ends(Dialect.PEBBLE, template);
    }

    @Test
    void doesNotDoubleAListForEver() {
        String doubled = "{% set a = ['x'] %}" + "{% set a = [a, a] %}".repeat(60);

        ends(Dialect.PEBBLE, doubled + "{{ a }}");
        ends(Dialect.PEBBLE, doubled + "{{ a | join('') }}");
        ends(Dialect.PEBBLE, doubled + "{% if a == a %}{% endif %}");
        assertThat(fill(Dialect.PEBBLE, doubled + "{% set b = {a: 1} %}{{ a | length }}", VALUES, false))
                .isEqualTo(new Rendered("2"));
    }

    @Test
    void refusesValuesNestedWithoutEnd() {
        Object value = "x";
        for (int i = 0; i < 1000; i++) {
            value = List.of(value);
        }

        Rendering rendering = fill(Dialect.PEBBLE, "{{ v }}", Map.of("v", value), false);

        assertThat(((Failed) rendering).detail()).contains("nested more than 100");
    }

    @Test
    void saysWhichBoundWasPassed() {
        String loop = "\n{% for a in 1..99999 %}{% for b in 1..99999 %}{% endfor %}{% endfor %}";

        assertThat(failed(Dialect.PEBBLE, loop).detail()).isEqualTo("the templates take too long");
        assertThat(failed(Dialect.PEBBLE, "{{ long }}{{ long }}{{ long }}").detail())
                .isEqualTo("the template makes a text of more than 1000000 characters");
        assertThat(failed(Dialect.PEBBLE, "{{ name }}" + "x".repeat(LONGEST)).detail())
                .isEqualTo("a template can have at most 1000000 characters");
        assertThat(failed(Dialect.PEBBLE, "\n\n{{ name.length() }}"))
                .isEqualTo(new Failed(3, "values have no methods"));
    }

    @Test
    void countsTheStepsOfAllTemplatesForOneRecipientTogether() {
        TemplateSettings settings = new TemplateSettings(LONGEST, LONGEST, 15_000, Duration.ofMinutes(1), 10);
        Templates bounded = new Templates(settings, () -> 0);
        String loop = "{% for x in list %}{% endfor %}";
        Templates.Run run = bounded.run(Dialect.PEBBLE, VALUES);

        assertThat(run.fill(loop, false)).isEqualTo(new Rendered(""));
        assertThat(run.fill(loop, true))
                .isEqualTo(new Failed(0, "the templates take more than 15000 steps for one recipient"));
        assertThat(bounded.run(Dialect.PEBBLE, VALUES).fill(loop, true)).isEqualTo(new Rendered(""));
    }

    @Test
    void countsTheTimeOfAllTemplatesForOneRecipientTogether() {
        Templates.Run run = templates.run(Dialect.HANDLEBARS, VALUES);
        String loop = "{{#each list}}{{this}}{{/each}}";
        int filled = 0;
        while (run.fill(loop, false) instanceof Rendered) {
            assertThat(++filled).isLessThan(20);
        }

        assertThat(filled).isPositive();
    }

    @Test
    void doesNotReadTemplatesOfEndlesslyManyTags() {
        for (Dialect dialect : Dialect.values()) {
            assertThat(failed(dialect, "\n" + "{{ name }}".repeat(10_001)))
                    .isEqualTo(new Failed(2, "a template can have at most 10000 tags"));
            assertThat(fill(dialect, "{{ name }}".repeat(10_000), VALUES, false))
                    .isEqualTo(new Rendered("n".repeat(10_000)));
        }
    }

    @Test
    void doesNotReadTagsWithoutEnd() {
        String tooLong = "a tag can have at most 10000 characters";
        String quoted = "{{ name + '}}' + \"%}\\\"}}\"" + " ".repeat(10_000);

        for (Dialect dialect : Dialect.values()) {
            assertThat(failed(dialect, "{{ '}}\n' }}\n" + quoted + "}}")).isEqualTo(new Failed(3, tooLong));
            assertThat(failed(dialect, "{{" + "\n".repeat(10_000)).detail()).isEqualTo(tooLong);
        }
        assertThat(failed(Dialect.PEBBLE, "{#" + "x".repeat(10_000) + "#}").detail())
                .isEqualTo(tooLong);
        assertThat(failed(Dialect.HANDLEBARS, "{{!-- }}" + "x".repeat(10_000) + "--}}")
                        .detail())
                .isEqualTo(tooLong);
        assertThat(fill(Dialect.HANDLEBARS, "{{! it's fine }}" + "{% {# x".repeat(10_000) + "{{name}}", VALUES, false))
                .isEqualTo(new Rendered("{% {# x".repeat(10_000) + "n"));
        assertThat(fill(Dialect.PEBBLE, "{# it's fine #}" + "x".repeat(10_000) + "{{name}}", VALUES, false))
                .isEqualTo(new Rendered("x".repeat(10_000) + "n"));
    }

    private Rendering fill(Dialect dialect, String template, Map<String, ?> values, boolean escapeHtml) {
        return templates.run(dialect, values).fill(template, escapeHtml);
    }

    private void ends(Dialect dialect, String template) {
        assertThat(failed(dialect, template).detail()).isNotEmpty();
    }

    private Failed failed(Dialect dialect, String template) {
        Rendering rendering = fill(dialect, template, VALUES, true);
        assertThat(rendering).isInstanceOf(Failed.class);
        return (Failed) rendering;
    }
}
