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
        if (isShort(json)) {
            return List.of(value(json));
        }
        if (json.isObject()) {
            return fields(json);
        }
        return isTable(json) ? table(json) : blocks(json);
    }

    private static List<String> fields(JsonNode object) {
        List<String> lines = new ArrayList<>();
        int width = 0;
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            width = Math.max(width, isShort(field.getValue()) ? field.getKey().length() : 0);
        }
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = field.getKey();
            if (isShort(field.getValue())) {
                lines.add(
                        (name + " ".repeat(width - name.length()) + INDENT + value(field.getValue())).stripTrailing());
            } else {
                lines.add(name);
                lines(field.getValue()).forEach(line -> lines.add(line.isEmpty() ? line : INDENT + line));
            }
        }
        return lines;
    }

    /** Objects that are too deep for a table, one below the other. */
    private static List<String> blocks(JsonNode array) {
        List<String> lines = new ArrayList<>();
        for (JsonNode element : array) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(lines(element));
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

    /** Whether each element is an object without lists of objects in it. */
    private static boolean isTable(JsonNode array) {
        for (JsonNode element : array) {
            if (!element.isObject()) {
                return false;
            }
            for (JsonNode field : element) {
                if (field.isArray() && !isShort(field)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isShort(JsonNode json) {
        return json.isValueNode()
                || json.isMissingNode()
                || json.isEmpty()
                || (json.isArray() && !json.get(0).isContainerNode());
    }

    /** In one line; an object by its values alone: {@code 451 4.7.1 Greylisted}. */
    private static String value(JsonNode json) {
        if (json.isMissingNode() || json.isNull() || (json.isContainerNode() && json.isEmpty())) {
            return "-";
        }
        if (json.isValueNode()) {
            return json.asText().isEmpty() ? "-" : json.asText();
        }
        List<String> values = new ArrayList<>();
        for (JsonNode element : json) {
            if (json.isArray() || !element.isNull()) {
                values.add(value(element));
            }
        }
        return String.join(json.isArray() ? ", " : " ", values);
    }
}
