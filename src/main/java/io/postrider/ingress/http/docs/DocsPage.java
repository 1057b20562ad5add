package io.postrider.ingress.http.docs;

import static io.postrider.ingress.http.docs.Text.escaped;
import static io.postrider.ingress.http.docs.Text.line;
import static io.postrider.ingress.http.docs.Text.paragraphs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The page for people, made of an OpenAPI document. It has no scripts, so it is whole wherever HTML is shown. */
final class DocsPage {

    private static final List<String> METHODS = List.of("post", "get", "put", "delete");

    private static final DefaultPrettyPrinter LAYOUT = new DefaultPrettyPrinter(
            Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));

    private final JsonNode document;
    private final String style;
    private final StringBuilder html = new StringBuilder(128 * 1024);

    DocsPage(JsonNode document, String style) {
        this.document = document;
        this.style = style;
    }

    private record Operation(String method, String path, JsonNode shared, JsonNode of) {
        String id() {
            return of.path("operationId").asText();
        }
    }

    String html() {
        JsonNode info = document.path("info");
        String title = escaped(info.path("title").asText());
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
                .append(title);
        html.append("</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.append("<link rel=\"icon\" href=\"data:,\">\n<style>")
                .append(style)
                .append("</style>\n</head>\n<body>\n");
        html.append("<a class=\"skip\" href=\"#content\">Skip to the content</a>\n");
        navigation(title);
        html.append("<main id=\"content\">\n<header>\n<h1>").append(title).append("</h1>\n<p class=\"summary\">");
        html.append(line(info.path("summary").asText())).append("</p>\n");
        html.append(paragraphs(info.path("description").asText()));
        html.append("<p>For machines: <a href=\"/openapi.json\">openapi.json</a> (OpenAPI ");
        html.append(escaped(document.path("openapi").asText())).append(").</p>\n</header>\n");
        security();
        document.path("tags").forEach(this::tag);
        codes();
        schemas();
        return html.append("</main>\n</body>\n</html>\n").toString();
    }

    private void navigation(String title) {
        html.append("<nav aria-label=\"Contents\">\n<p class=\"name\"><a href=\"#content\">")
                .append(title);
        html.append("</a></p>\n<details open><summary>Contents</summary>\n<ul>\n<li><a href=\"#keys\">Keys</a></li>\n");
        for (JsonNode tag : document.path("tags")) {
            String name = tag.path("name").asText();
            html.append("<li><a href=\"#")
                    .append(escaped(name))
                    .append("\">")
                    .append(escaped(name))
                    .append("</a>\n<ul>\n");
            for (Operation one : operations(name)) {
                html.append("<li><a href=\"#").append(escaped(one.id())).append("\">");
                html.append(escaped(one.of.path("summary").asText())).append("</a></li>\n");
            }
            html.append("</ul></li>\n");
        }
        html.append("<li><a href=\"#codes\">Codes of errors</a></li>\n<li><a href=\"#schemas\">Schemas</a></li>\n");
        html.append("</ul>\n</details>\n</nav>\n");
    }

    private void security() {
        html.append("<section>\n<h2 id=\"keys\">Keys</h2>\n");
        document.path("components")
                .path("securitySchemes")
                .forEach(scheme ->
                        html.append(paragraphs(scheme.path("description").asText())));
        html.append("</section>\n");
    }

    private void tag(JsonNode tag) {
        String name = tag.path("name").asText();
        html.append("<section>\n<h2 id=\"")
                .append(escaped(name))
                .append("\">")
                .append(escaped(name))
                .append("</h2>\n");
        html.append(paragraphs(tag.path("description").asText()));
        operations(name).forEach(this::operation);
        html.append("</section>\n");
    }

    private List<Operation> operations(String tag) {
        List<Operation> operations = new ArrayList<>();
        document.path("paths").properties().forEach(path -> {
            for (String method : METHODS) {
                JsonNode of = path.getValue().path(method);
                if (of.path("tags").path(0).asText().equals(tag)) {
                    JsonNode shared = path.getValue().path("parameters");
                    operations.add(new Operation(method.toUpperCase(Locale.ROOT), path.getKey(), shared, of));
                }
            }
        });
        return operations;
    }

    private void operation(Operation one) {
        html.append("<article>\n<h3 id=\"").append(escaped(one.id())).append("\">");
        html.append(escaped(one.of.path("summary").asText())).append("</h3>\n<p class=\"line\"><span class=\"method ");
        html.append(one.method.toLowerCase(Locale.ROOT))
                .append("\">")
                .append(one.method)
                .append("</span> <code>");
        html.append(escaped(one.path)).append("</code></p>\n");
        html.append(paragraphs(one.of.path("description").asText()));
        one.of.path("x-codeSamples").forEach(sample -> {
            html.append("<h4>").append(escaped(sample.path("label").asText())).append("</h4>\n");
            code(sample.path("source").asText());
        });
        parameters(one);
        body(one.of.path("requestBody"));
        answers(one.of.path("responses"));
        html.append("</article>\n");
    }

    private void parameters(Operation one) {
        List<JsonNode> parameters = new ArrayList<>();
        one.shared.forEach(parameter -> parameters.add(resolved(parameter)));
        one.of.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
        if (parameters.isEmpty()) {
            return;
        }
        html.append("<h4>Parameters</h4>\n")
                .append(wide("Parameters of " + one.of.path("summary").asText()));
        html.append("<table>\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Type</th>");
        html.append("<th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n");
        for (JsonNode parameter : parameters) {
            JsonNode schema = parameter.path("schema");
            html.append("<tr><th scope=\"row\"><code>")
                    .append(escaped(parameter.path("name").asText()));
            html.append("</code> <span class=\"in\">")
                    .append(escaped(parameter.path("in").asText()));
            html.append("</span></th><td>").append(SchemaText.type(schema)).append("</td><td>");
            html.append(line(parameter.path("description").asText())).append(' ');
            html.append(schema.has("$ref") ? "" : SchemaText.meaning(schema)).append("</td></tr>\n");
        }
        html.append("</tbody>\n</table></div>\n");
    }

    private void body(JsonNode body) {
        body.path("content").properties().forEach(content -> {
            html.append("<h4>Body as <code>").append(escaped(content.getKey())).append("</code></h4>\n<p>");
            html.append(shape(content.getValue())).append("</p>\n");
            examples(content.getValue(), false);
        });
    }

    private void answers(JsonNode answers) {
        html.append("<h4>Answers</h4>\n<dl class=\"answers\">\n");
        answers.properties().forEach(answer -> {
            JsonNode of = resolved(answer.getValue());
            html.append("<dt><span class=\"status s")
                    .append(answer.getKey().charAt(0))
                    .append("\">");
            html.append(escaped(answer.getKey())).append("</span></dt>\n<dd>");
            html.append(line(of.path("description").asText()));
            of.path("x-codes").properties().forEach(code -> html.append(" <a href=\"#code-")
                    .append(escaped(code.getKey()))
                    .append("\"><code>")
                    .append(escaped(code.getKey()))
                    .append("</code></a>"));
            of.path("headers").properties().forEach(header -> html.append("<br><span class=\"in\">header</span> <code>")
                    .append(escaped(header.getKey()))
                    .append("</code> ")
                    .append(line(resolved(header.getValue()).path("description").asText())));
            if (answer.getKey().startsWith("2")) {
                of.path("content").properties().forEach(content -> {
                    html.append("<br><code>").append(escaped(content.getKey())).append("</code> ");
                    html.append(shape(content.getValue()));
                    examples(content.getValue(), true);
                });
            }
            html.append("</dd>\n");
        });
        html.append("</dl>\n");
    }

    /** What a body is; for a stream also what it consists of. */
    private static String shape(JsonNode content) {
        JsonNode schema = content.path("schema");
        String description = line(schema.path("description").asText());
        if (content.has("x-itemSchema")) {
            return description + " " + SchemaText.type(content.get("x-itemSchema"));
        }
        return SchemaText.type(schema) + (description.isEmpty() ? "" : ". " + description);
    }

    private void examples(JsonNode content, boolean folded) {
        content.path("examples").properties().forEach(example -> {
            String summary = example.getValue().path("summary").asText("Example");
            html.append(folded ? "<details><summary>" : "<p class=\"caption\">").append(escaped(summary));
            html.append(folded ? "</summary>\n" : "</p>\n");
            code(text(example.getValue().path("value")));
            html.append(folded ? "</details>\n" : "");
        });
    }

    private void codes() {
        Map<String, String> rows = new TreeMap<>();
        document.path("paths")
                .forEach(path ->
                        path.forEach(of -> of.path("responses").properties().forEach(answer -> {
                            resolved(answer.getValue())
                                    .path("x-codes")
                                    .properties()
                                    .forEach(code -> rows.put(
                                            code.getKey(),
                                            "<tr id=\"code-" + escaped(code.getKey()) + "\"><th scope=\"row\"><code>"
                                                    + escaped(code.getKey())
                                                    + "</code></th><td>" + escaped(answer.getKey()) + "</td><td>"
                                                    + line(code.getValue().asText()) + "</td></tr>\n"));
                        })));
        html.append("<section>\n<h2 id=\"codes\">Codes of errors</h2>\n").append(wide("Codes of errors"));
        html.append("<table>\n<thead><tr><th scope=\"col\">Code</th><th scope=\"col\">Status</th>");
        html.append("<th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n");
        rows.values().forEach(html::append);
        html.append("</tbody>\n</table></div>\n</section>\n");
    }

    private void schemas() {
        html.append("<section>\n<h2 id=\"schemas\">Schemas</h2>\n");
        document.path("components").path("schemas").properties().forEach(schema -> {
            String name = schema.getKey();
            html.append("<article>\n<h3 id=\"schema-")
                    .append(escaped(name))
                    .append("\">")
                    .append(escaped(name));
            html.append("</h3>\n");
            String table = SchemaText.table("Fields of " + name, schema.getValue());
            if (table.isEmpty()) {
                html.append("<p>").append(SchemaText.type(schema.getValue())).append("</p>\n<p>");
                html.append(SchemaText.meaning(schema.getValue())).append("</p>\n");
            } else {
                html.append(paragraphs(schema.getValue().path("description").asText()))
                        .append(table);
            }
            schema.getValue().path("examples").forEach(example -> code(text(example)));
            html.append("</article>\n");
        });
        html.append("</section>\n");
    }

    /** A table wider than the window scrolls within this, also by keyboard. */
    private static String wide(String label) {
        return "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" + escaped(label) + "\">";
    }

    private void code(String text) {
        html.append("<pre tabindex=\"0\"><code>").append(escaped(text)).append("</code></pre>\n");
    }

    private static String text(JsonNode value) {
        try {
            return value.isTextual()
                    ? value.asText()
                    : new JsonMapper().writer(LAYOUT).writeValueAsString(value);
        } catch (JsonProcessingException fromATree) {
            throw new IllegalStateException(fromATree);
        }
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }
}
