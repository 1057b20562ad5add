package io.postrider.ingress.key;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Iterator;
import java.util.Set;

/**
 * One line of the file: an object of JSON. A field that this version does not know makes the line invalid, for it may be
 * a limit, and a key must never be worth more than its line says.
 */
sealed interface KeyLine {

    /** A key that works. */
    record Valid(StoredKey key) implements KeyLine {}

    /** Empty, or a comment that starts with {@code #}. */
    record Blank() implements KeyLine {}

    /** No key; {@code problem} shows nothing of what may be secret. */
    record Invalid(String problem) implements KeyLine {}

    ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    Set<String> FIELDS = Set.of("id", "name", "created_at", "sha256");

    static KeyLine read(String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return new Blank();
        }
        try {
            return JSON.readTree(line) instanceof ObjectNode object
                    ? read(object)
                    : new Invalid("expected an object of JSON");
        } catch (JsonProcessingException wrong) {
            return new Invalid("expected an object of JSON");
        }
    }

    private static KeyLine read(ObjectNode object) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                return new Invalid("this version knows no field " + name + ", so the key is not valid");
            }
        }
        for (String field : FIELDS) {
            if (!object.path(field).isTextual()) {
                return new Invalid("expected a text in " + field);
            }
        }
        StoredKey key = new StoredKey(
                text(object, "id"), text(object, "name"), time(text(object, "created_at")), text(object, "sha256"));
        if (key.id().isEmpty() || key.id().length() > 64) {
            return new Invalid("expected an id of 1 to 64 characters");
        }
        if (key.createdAt().equals(Instant.MIN)) {
            return new Invalid("expected a time such as 2026-02-03T04:05:06Z in created_at");
        }
        return isHash(key.sha256())
                ? new Valid(key)
                : new Invalid("expected 64 hexadecimal digits in lower case in sha256");
    }

    static String write(StoredKey key) {
        ObjectNode object = JSON.createObjectNode();
        object.put("id", key.id());
        object.put("name", key.name());
        object.put("created_at", key.createdAt().toString());
        object.put("sha256", key.sha256());
        return object.toString();
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).textValue();
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException notATime) {
            return Instant.MIN;
        }
    }

    private static boolean isHash(String text) {
        return text.length() == 64 && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
