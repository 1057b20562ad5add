package io.postrider.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.http.Problem;
import io.postrider.http.Problem.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The body of a command to a queue: {@code {reason, for?, tenant?, campaign?, sender?, dry_run?}}.
 *
 * @param duration of a suspension; empty: until it is resumed
 */
record SteerRequest(String reason, Optional<Duration> duration, Selector selector, boolean dryRun) {

    private static final int LONGEST_REASON = 500;
    private static final int LONGEST_NAME = 320;
    private static final Duration LONGEST = Duration.ofDays(3650);
    private static final Set<String> FIELDS = Set.of("reason", "for", "tenant", "campaign", "sender", "dry_run");

    /** @throws Problem with every field that is wrong */
    static SteerRequest of(JsonNode body, boolean mayLast) {
        if (!body.isObject()) {
            throw Problem.invalid("", "expected an object such as {\"reason\": \"why\"}");
        }
        List<Fault> faults = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            String name = field.getKey();
            if (!FIELDS.contains(name) || (name.equals("for") && !mayLast)) {
                faults.add(new Fault("/" + escaped(name), "unknown field"));
            }
        }
        Optional<String> reason = text(body, "reason", LONGEST_REASON, faults);
        if (reason.isEmpty() && !body.has("reason")) {
            faults.add(new Fault("/reason", "expected a text that says why, but it is missing"));
        }
        Optional<Duration> duration = mayLast ? duration(body, faults) : Optional.empty();
        Selector selector = new Selector(
                text(body, "tenant", LONGEST_NAME, faults),
                text(body, "campaign", LONGEST_NAME, faults),
                text(body, "sender", LONGEST_NAME, faults).map(sender -> sender.toLowerCase(Locale.ROOT)));
        JsonNode dryRun = body.path("dry_run");
        if (!dryRun.isMissingNode() && !dryRun.isBoolean()) {
            faults.add(new Fault("/dry_run", "expected true or false"));
        }
        if (!faults.isEmpty()) {
            throw Problem.invalid(faults);
        }
        return new SteerRequest(reason.orElse(""), duration, selector, dryRun.asBoolean());
    }

    private static Optional<String> text(JsonNode body, String name, int longest, List<Fault> faults) {
        JsonNode value = body.path(name);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        String text = value.asText();
        if (!value.isTextual() || text.isBlank() || text.length() > longest) {
            faults.add(new Fault("/" + name, "expected a text of 1 to " + longest + " characters"));
            return Optional.empty();
        }
        return Optional.of(text);
    }

    /** As in the configuration: {@code 30m}, {@code 2 hours}. */
    private static Optional<Duration> duration(JsonNode body, List<Fault> faults) {
        JsonNode value = body.path("for");
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        try {
            Duration duration = ConfigValueFactory.fromAnyRef(value.isTextual() ? value.asText() : "")
                    .atKey("for")
                    .getDuration("for");
            if (!duration.isNegative() && !duration.isZero() && duration.compareTo(LONGEST) <= 0) {
                return Optional.of(duration);
            }
        } catch (ConfigException notADuration) {
            // told below
        }
        faults.add(new Fault("/for", "expected a duration such as 30m or 2h, at most 3650 days"));
        return Optional.empty();
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
