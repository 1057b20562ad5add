package io.postrider.sts;

import io.postrider.mail.Domain;
import io.postrider.sts.PublishedPolicy.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the text of a policy by the grammar of RFC 8461 §3.2. Unknown fields, and blank lines, are passed over. */
final class PolicyReader {

    /** A policy, or what is wrong with the text. */
    sealed interface Reading {
        record Read(PublishedPolicy policy) implements Reading {}

        record Malformed(String why) implements Reading {}
    }

    /** More than anybody has, so that nobody's policy fills the memory. */
    static final int MOST_MX = 1000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,10}");
    private static final int LONGEST_SHOWN = 60;

    private final Map<String, String> fields = new TreeMap<>();
    private final List<String> mx = new ArrayList<>();

    private PolicyReader() {}

    static Reading read(String text) {
        return new PolicyReader().readAll(text);
    }

    private Reading readAll(String text) {
        for (String line : text.split("\r?\n", -1)) {
            Optional<String> problem = line.isBlank() ? Optional.empty() : take(line);
            if (problem.isPresent()) {
                return new Reading.Malformed(problem.get());
            }
        }
        return policy();
    }

    /** Of all fields but mx the first one counts. */
    private Optional<String> take(String line) {
        int colon = line.indexOf(':');
        String name = colon < 0 ? "" : line.substring(0, colon).stripTrailing();
        if (!NAME.matcher(name).matches()) {
            return Optional.of("expected \"name: value\", but got " + shown(line));
        }
        String value = line.substring(colon + 1).strip();
        if (!name.equals("mx")) {
            fields.putIfAbsent(name, value);
            return Optional.empty();
        }
        boolean wildcard = value.startsWith("*.");
        Optional<Domain> domain =
                Domain.parse(wildcard ? value.substring(2) : value).filter(host -> !host.isLiteral());
        if (domain.isEmpty()) {
            return Optional.of("expected a host name after mx, but got " + shown(value));
        }
        if (mx.size() == MOST_MX) {
            return Optional.of("more than " + MOST_MX + " fields mx");
        }
        mx.add((wildcard ? "*." : "") + domain.get().name());
        return Optional.empty();
    }

    private Reading policy() {
        String version = fields.getOrDefault("version", "");
        if (!version.equals("STSv1")) {
            return new Reading.Malformed("expected version STSv1, but got " + shown(version));
        }
        Optional<Mode> mode = mode(fields.getOrDefault("mode", ""));
        if (mode.isEmpty()) {
            return new Reading.Malformed(
                    "expected mode enforce, testing or none, but got " + shown(fields.getOrDefault("mode", "")));
        }
        String seconds = fields.getOrDefault("max_age", "");
        if (!SECONDS.matcher(seconds).matches()) {
            return new Reading.Malformed("expected max_age in seconds, but got " + shown(seconds));
        }
        if (mx.isEmpty() && mode.get() != Mode.NONE) {
            return new Reading.Malformed("expected a field mx, but got none");
        }
        long maxAge = Math.min(Long.parseLong(seconds), PublishedPolicy.LONGEST.toSeconds());
        return new Reading.Read(new PublishedPolicy(mode.get(), Duration.ofSeconds(maxAge), mx));
    }

    private static Optional<Mode> mode(String text) {
        for (Mode mode : Mode.values()) {
            if (mode.label().equals(text)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }

    /** A stranger's words, for our log. */
    private static String shown(String text) {
        if (text.isEmpty()) {
            return "nothing";
        }
        String cut = text.substring(0, Math.min(text.length(), LONGEST_SHOWN));
        return '\'' + cut.replaceAll("[^ -~]", "?") + '\'';
    }
}
