package io.postrider.ingress.http.docs;

import static io.postrider.ingress.http.docs.Text.escaped;
import static io.postrider.ingress.http.docs.Text.line;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** JSON schemas as tables: a row for each field, those of objects within below them. */
final class SchemaText {

    private static final String SCHEMAS = "#/components/schemas/";
    private static final List<String[]> LIMITS = List.of(
            new String[] {"minLength", "at least ", " characters"},
            new String[] {"maxLength", "at most ", " characters"},
            new String[] {"minItems", "at least ", ""},
            new String[] {"maxItems", "at most ", ""},
            new String[] {"maxProperties", "at most ", " entries"},
            new String[] {"minimum", "from ", ""},
            new String[] {"maximum", "up to ", ""},
            new String[] {"default", "default ", ""});

    private SchemaText() {}

    /** The fields of an object as a table; empty when it has none. */
    static String table(String caption, JsonNode schema) {
        StringBuilder rows = new StringBuilder();
        rows(rows, "", schema);
        return rows.isEmpty()
                ? ""
                : "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" + escaped(caption)
                        + "\"><table>\n<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Type</th>"
                        + "<th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n"
                        + rows + "</tbody>\n</table></div>\n";
    }

    private static void rows(StringBuilder html, String prefix, JsonNode schema) {
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        schema.path("properties").properties().forEach(field -> {
            JsonNode of = field.getValue();
            String name = prefix + field.getKey();
            html.append("<tr><th scope=\"row\"><code>").append(escaped(name)).append("</code>");
            if (required.contains(field.getKey())) {
                html.append(" <span class=\"must\">required</span>");
            }
            html.append("</th><td>").append(type(of)).append("</td><td>").append(meaning(of));
            html.append("</td></tr>\n");
            rows(html, name + ".", of);
            rows(html, name + "[].", of.path("items"));
        });
    }

    /** Description and limits of one value. */
    static String meaning(JsonNode schema) {
        StringBuilder html = new StringBuilder(line(schema.path("description").asText()));
        StringBuilder limits = new StringBuilder();
        for (String[] limit : LIMITS) {
            boolean obvious =
                    limit[0].startsWith("min") && schema.path(limit[0]).asInt() == 1;
            if (schema.has(limit[0]) && !obvious) {
                limits.append(limits.isEmpty() ? "" : ", ").append(limit[1]);
                limits.append(number(schema.get(limit[0]))).append(limit[2]);
            }
        }
        if (!limits.isEmpty()) {
            html.append(html.isEmpty() ? "" : " ")
                    .append("<span class=\"limit\">")
                    .append(escaped(limits.toString()));
            html.append("</span>");
        }
        return html.toString();
    }

    /** Such as {@code array of <a href="#schema-Attachment">Attachment</a>}. */
    static String type(JsonNode schema) {
        if (schema.has("$ref")) {
            String name = schema.get("$ref").asText().substring(SCHEMAS.length());
            return "<a href=\"#schema-" + escaped(name) + "\">" + escaped(name) + "</a>";
        }
        if (schema.has("const")) {
            return "<code>" + escaped(schema.get("const").asText()) + "</code>";
        }
        if (schema.has("enum")) {
            return joined(schema.get("enum"), " | ");
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            if (schema.has(choice) && !schema.has("type")) {
                return alternatives(schema.get(choice));
            }
        }
        if (schema.path("type").isArray()) {
            return joined(schema.get("type"), " or ").replace("<code>", "").replace("</code>", "");
        }
        String type = schema.path("type").asText("any");
        if (type.equals("array")) {
            return "array of " + type(schema.path("items"));
        }
        String form = schema.path("format")
                .asText(schema.path("contentEncoding")
                        .asText(schema.path("contentMediaType").asText()));
        return escaped(form.isEmpty() ? type : type + ", " + form);
    }

    private static String alternatives(JsonNode choices) {
        StringBuilder html = new StringBuilder();
        for (JsonNode choice : choices) {
            html.append(html.isEmpty() ? "" : " or ").append(type(choice));
        }
        return html.toString();
    }

    private static String joined(JsonNode values, String between) {
        StringBuilder html = new StringBuilder();
        for (JsonNode value : values) {
            html.append(html.isEmpty() ? "" : between);
            html.append("<code>").append(escaped(value.asText())).append("</code>");
        }
        return html.toString();
    }

    private static String number(JsonNode value) {
        return value.isIntegralNumber() ? String.format(Locale.ROOT, "%,d", value.longValue()) : value.asText();
    }
}
