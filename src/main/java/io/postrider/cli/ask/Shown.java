package io.postrider.cli.ask;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * JSON as text for a person, in the order of the API: objects as {@code name  value}, lists of objects as tables. So a key
 * that the API gains is shown without a change here.
 */
public final class Shown {

    private static final String INDENT = "  ";

    private Shown() {}

    /** The lines of an answer. */
    public static List<String> lines(JsonNode json) {
        if (isTable(json)) {
            return table(json);
        }
        if (!json.isObject()) {
            return List.of(value(json));
        }
        List<String> lines = new ArrayList<>();
        int width = 0;
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            width = Math.max(width, isShort(field.getValue()) ? field.getKey().length() : 0);
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            String name = field.getKey();
            if (isShort(field.getValue())) {
                lines.add(
                        (name + " ".repeat(width - name.length()) + INDENT + value(field.getValue())).stripTrailing());
            } else {
                lines.add(name);
                lines(field.getValue()).forEach(line -> lines.add(INDENT + line));
            }
        }
        return lines;
    }

    /** A list of objects: a column for each key that any of them has. */
    public static List<String> table(JsonNode array) {
        Set<String> columns = new LinkedHashSet<>();
        for (JsonNode row : array) {
            row.fieldNames().forEachRemaining(columns::add);
        }
        Table table = new Table(List.copyOf(columns));
        for (JsonNode row : array) {
            table.add(columns.stream().map(column -> value(row.path(column))).toList());
        }
        return table.lines();
    }

    private static boolean isTable(JsonNode json) {
        return json.isArray() && !json.isEmpty() && json.get(0).isObject();
    }

    private static boolean isShort(JsonNode json) {
        return json.isValueNode()
                || json.isEmpty()
                || (json.isArray() && !json.get(0).isContainerNode());
    }

    private static String value(JsonNode json) {
        if (json.isMissingNode() || json.isNull() || (json.isContainerNode() && json.isEmpty())) {
            return "-";
        }
        if (json.isArray() && !json.get(0).isContainerNode()) {
            List<String> values = new ArrayList<>();
            json.forEach(element -> values.add(element.asText()));
            return String.join(", ", values);
        }
        return json.isContainerNode() ? json.toString() : json.asText();
    }
}
