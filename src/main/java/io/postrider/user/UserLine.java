package io.postrider.user;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.mail.SenderDomains;
import io.postrider.retry.Rate;
import io.postrider.smtp.sasl.ScramKeys;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One line of the file: an object of JSON. A field that this version does not know makes it wrong, for it may be a limit,
 * and a user must never be worth more than the line says.
 */
sealed interface UserLine {

    record Valid(User user) implements UserLine {}

    /** The first line: which format it is, and a secret of which unknown users' salts are made. */
    record Head(byte[] secret) implements UserLine {}

    /** Empty, or a comment that starts with {@code #}. */
    record Blank() implements UserLine {}

    /** Not of use; {@code problem} shows nothing of what may be secret. */
    record Invalid(String problem) implements UserLine {}

    ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    String FORMAT = "postrider_users";
    int VERSION = 1;
    Set<String> FIELDS = Set.of(
            "name",
            "created_at",
            "argon2id",
            "scram_sha_256",
            "domains",
            "tenant",
            "rate",
            "recipients",
            "connections");

    /** @param maxMemoryKib what a hash may take at most */
    static UserLine read(String line, int maxMemoryKib) {
        if (line.isBlank() || line.startsWith("#")) {
            return new Blank();
        }
        try {
            if (JSON.readTree(line) instanceof ObjectNode object) {
                return object.has(FORMAT) ? head(object) : new Valid(user(object, maxMemoryKib));
            }
            return new Invalid("expected an object of JSON");
        } catch (JsonProcessingException notJson) {
            return new Invalid("expected an object of JSON");
        } catch (IllegalArgumentException wrong) {
            return new Invalid(String.valueOf(wrong.getMessage()));
        }
    }

    private static UserLine head(ObjectNode object) {
        if (object.path(FORMAT).asInt() != VERSION) {
            return new Invalid("this version reads users of format " + VERSION + " only");
        }
        try {
            return new Head(Base64.getDecoder().decode(object.path("secret").asText()));
        } catch (IllegalArgumentException notBase64) {
            return new Invalid("expected base64 in secret");
        }
    }

    private static User user(ObjectNode object, int maxMemoryKib) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            check(FIELDS.contains(name), "this version knows no field " + name);
        }
        String name = text(object, "name");
        check(User.isName(name), "expected a name of 1 to " + User.LONGEST_NAME + " printable characters");
        Optional<PasswordHash> hash = PasswordHash.parse(text(object, "argon2id"));
        check(hash.isPresent(), "expected $argon2id$v=19$m=,t=,p=$salt$hash in argon2id");
        check(
                hash.orElseThrow().memoryKib() <= maxMemoryKib,
                "expected argon2id with m of at most " + maxMemoryKib
                        + ", which is postrider.smtp.auth.max-hash-memory");
        Optional<ScramKeys> scram = ScramText.parse(text(object, "scram_sha_256"));
        check(scram.isPresent(), "expected SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey in scram_sha_256");
        String tenant = object.has("tenant") ? text(object, "tenant") : "";
        check(User.isTenant(tenant), "expected a tenant of at most " + User.LONGEST_TENANT + " printable characters");
        return new User(
                name,
                time(text(object, "created_at")),
                hash.orElseThrow(),
                scram.orElseThrow(),
                domains(object.path("domains")),
                tenant,
                new UserLimits(rate(object, "rate"), rate(object, "recipients"), connections(object)));
    }

    /** A file of a version that knew no such limit has none. */
    private static Rate rate(ObjectNode object, String field) {
        return object.has(field) ? UserLimits.rate(text(object, field)) : Rate.UNLIMITED;
    }

    private static int connections(ObjectNode object) {
        JsonNode number = object.path("connections");
        check(
                number.isMissingNode() || (number.canConvertToInt() && number.isIntegralNumber()),
                "expected a number in connections");
        return number.isMissingNode() ? UserLimits.NONE.connections() : number.intValue();
    }

    private static SenderDomains domains(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(domain -> texts.add(domain.asText()));
        check(list.isArray() && !texts.isEmpty(), "expected at least one domain in domains, or \"*\" for any");
        return SenderDomains.parse(texts);
    }

    static String head(byte[] secret) {
        return JSON.createObjectNode()
                .put(FORMAT, VERSION)
                .put("secret", Base64.getEncoder().encodeToString(secret))
                .toString();
    }

    static String write(User user) {
        ObjectNode object = JSON.createObjectNode();
        object.put("name", user.name());
        object.put("created_at", user.createdAt().toString());
        object.put("argon2id", user.hash().text());
        object.put("scram_sha_256", ScramText.text(user.scram()));
        ArrayNode domains = object.putArray("domains");
        user.domains().texts().forEach(domains::add);
        if (!user.tenant().isEmpty()) {
            object.put("tenant", user.tenant());
        }
        put(object, "rate", user.limits().messages());
        put(object, "recipients", user.limits().recipients());
        if (user.limits().boundsConnections()) {
            object.put("connections", user.limits().connections());
        }
        return object.toString();
    }

    private static void put(ObjectNode object, String field, Rate rate) {
        if (!rate.isUnlimited()) {
            object.put(field, rate.toString());
        }
    }

    private static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        check(value.isTextual(), "expected a text in " + field);
        return value.textValue();
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException notATime) {
            throw new IllegalArgumentException("expected a time such as 2026-02-03T04:05:06Z in created_at", notATime);
        }
    }

    private static void check(boolean right, String problem) {
        if (!right) {
            throw new IllegalArgumentException(problem);
        }
    }
}
