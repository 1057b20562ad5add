package io.postrider.key;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.http.Scope;
import io.postrider.key.StoredKey.Rights;
import io.postrider.mail.SenderDomains;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One line of the file: an object of JSON. A field that this version does not know makes the line invalid, for it may be
 * a limit, and a key must never be worth more than its line says. Lines without {@code v} are of format 1, which knew no
 * rights.
 */
sealed interface KeyLine {

    /** A key that works. */
    record Valid(StoredKey key) implements KeyLine {}

    /** Empty, or a comment that starts with {@code #}. */
    record Blank() implements KeyLine {}

    /** No key; {@code problem} shows nothing of what may be secret. */
    record Invalid(String problem) implements KeyLine {}

    int VERSION = 2;
    ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    List<String> TEXTS = List.of("id", "name", "created_at", "sha256");
    Set<String> FORMAT_1 = Set.copyOf(TEXTS);
    Set<String> FORMAT_2 =
            Set.of("v", "id", "name", "created_at", "sha256", "scopes", "domains", "tenant", "expires_at");

    static KeyLine read(String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return new Blank();
        }
        try {
            return JSON.readTree(line) instanceof ObjectNode object
                    ? new Valid(key(object))
                    : new Invalid("expected an object of JSON");
        } catch (JsonProcessingException notJson) {
            return new Invalid("expected an object of JSON");
        } catch (IllegalArgumentException wrong) {
            return new Invalid(String.valueOf(wrong.getMessage()));
        }
    }

    private static StoredKey key(ObjectNode object) {
        boolean first = !object.has("v");
        check(first || object.path("v").asInt() == VERSION, "this version reads keys of format 1 and 2 only");
        Set<String> known = first ? FORMAT_1 : FORMAT_2;
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            check(known.contains(name), "this version knows no field " + name + ", so the key is not valid");
        }
        for (String field : TEXTS) {
            check(object.path(field).isTextual(), "expected a text in " + field);
        }
        String id = text(object, "id");
        check(!id.isEmpty() && id.length() <= 64, "expected an id of 1 to 64 characters");
        String hash = text(object, "sha256");
        check(isHash(hash), "expected 64 hexadecimal digits in lower case in sha256");
        return new StoredKey(
                id,
                text(object, "name"),
                time(object, "created_at"),
                hash,
                first ? Rights.OF_FORMAT_1 : rights(object));
    }

    private static Rights rights(ObjectNode object) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String word : texts(object, "scopes")) {
            Optional<Scope> scope = Scope.of(word);
            check(scope.isPresent(), "expected send, read or admin in scopes");
            scopes.add(scope.orElseThrow());
        }
        check(!scopes.isEmpty(), "expected at least one of send, read and admin in scopes");
        List<String> domains = texts(object, "domains");
        check(
                !domains.isEmpty() || !scopes.contains(Scope.SEND),
                "expected at least one domain in domains, or \"*\" for any");
        JsonNode tenant = object.path("tenant");
        check(tenant.isMissingNode() || tenant.isTextual(), "expected a text in tenant");
        return new Rights(
                scopes,
                SenderDomains.parse(domains),
                tenant.asText(),
                object.has("expires_at") ? Optional.of(time(object, "expires_at")) : Optional.empty());
    }

    static String write(StoredKey key) {
        ObjectNode object = JSON.createObjectNode();
        if (!key.rights().equals(Rights.OF_FORMAT_1)) {
            object.put("v", VERSION);
        }
        object.put("id", key.id());
        object.put("name", key.name());
        object.put("created_at", key.createdAt().toString());
        object.put("sha256", key.sha256());
        if (object.has("v")) {
            write(key.rights(), object);
        }
        return object.toString();
    }

    private static void write(Rights rights, ObjectNode object) {
        ArrayNode scopes = object.putArray("scopes");
        rights.scopes().stream().sorted().forEach(scope -> scopes.add(scope.word()));
        ArrayNode domains = object.putArray("domains");
        rights.domains().texts().forEach(domains::add);
        if (!rights.tenant().isEmpty()) {
            object.put("tenant", rights.tenant());
        }
        rights.expiresAt().ifPresent(end -> object.put("expires_at", end.toString()));
    }

    private static List<String> texts(JsonNode object, String field) {
        JsonNode list = object.path(field);
        check(list.isArray(), "expected a list in " + field);
        List<String> texts = new ArrayList<>();
        for (JsonNode one : list) {
            check(one.isTextual(), "expected texts in " + field);
            texts.add(one.textValue());
        }
        return texts;
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).textValue();
    }

    private static Instant time(JsonNode object, String field) {
        try {
            return Instant.parse(object.path(field).asText());
        } catch (DateTimeException notATime) {
            throw new IllegalArgumentException("expected a time such as 2026-02-03T04:05:06Z in " + field, notATime);
        }
    }

    private static boolean isHash(String text) {
        return text.length() == 64 && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    private static void check(boolean right, String problem) {
        if (!right) {
            throw new IllegalArgumentException(problem);
        }
    }
}
