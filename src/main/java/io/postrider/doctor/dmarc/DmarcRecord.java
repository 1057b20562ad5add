package io.postrider.doctor.dmarc;

import io.postrider.dkim.TagList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A record of DMARC (RFC 9989 §4.7; pct is of RFC 7489 §6.3).
 *
 * @param policy p
 * @param subdomains sp; empty: as policy
 * @param strictDkim adkim=s
 * @param strictSpf aspf=s
 * @param percent pct, which RFC 9989 has taken out; empty: all
 * @param testing t=y
 * @param suffix psd: y, n or u
 * @param reports rua, as written
 * @param warnings tags that receivers pass over, each with what is wrong
 */
public record DmarcRecord(
        Policy policy,
        Optional<Policy> subdomains,
        boolean strictDkim,
        boolean strictSpf,
        OptionalInt percent,
        boolean testing,
        char suffix,
        List<String> reports,
        List<String> warnings) {

    private static final Pattern VERSION = Pattern.compile("[vV][ \\t]*=[ \\t]*DMARC1[ \\t]*(;.*)?", Pattern.DOTALL);

    /** What is to become of mail that fails. */
    public enum Policy {
        NONE,
        QUARANTINE,
        REJECT;

        static Optional<Policy> of(String word) {
            for (Policy policy : values()) {
                if (policy.name().equalsIgnoreCase(word)) {
                    return Optional.of(policy);
                }
            }
            return Optional.empty();
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a text turned out to be. */
    public sealed interface Reading {
        record WellFormed(DmarcRecord record) implements Reading {}

        /** Receivers pass it over, or take its policy for none. */
        record Malformed(String problem) implements Reading {}
    }

    public DmarcRecord {
        reports = List.copyOf(reports);
        warnings = List.copyOf(warnings);
    }

    /** Whether receivers take the text for a record at all: it begins with its version. */
    public static boolean isDmarc(String text) {
        return VERSION.matcher(text).matches();
    }

    /** @param text one that {@link #isDmarc} */
    public static Reading read(String text) {
        Optional<TagList> list = TagList.parse(text);
        if (list.isEmpty()) {
            return new Reading.Malformed("something between its semicolons is no tag=value, or a tag stands twice");
        }
        TagList tags = list.get();
        Optional<Policy> policy = tags.packed("p").flatMap(Policy::of);
        if (policy.isEmpty()) {
            return new Reading.Malformed(tags.packed("p")
                    .map(word -> "p=" + word + " is none of none, quarantine and reject")
                    .orElse("there is no p="));
        }
        List<String> warnings = new ArrayList<>();
        tags.packed("sp").filter(word -> Policy.of(word).isEmpty()).ifPresent(word -> warnings.add("sp=" + word));
        tags.packed("np").filter(word -> Policy.of(word).isEmpty()).ifPresent(word -> warnings.add("np=" + word));
        boolean strictDkim = flag(tags, "adkim", "s", "r", warnings);
        boolean strictSpf = flag(tags, "aspf", "s", "r", warnings);
        boolean testing = flag(tags, "t", "y", "n", warnings);
        return new Reading.WellFormed(new DmarcRecord(
                policy.get(),
                tags.packed("sp").flatMap(Policy::of),
                strictDkim,
                strictSpf,
                percent(tags, warnings),
                testing,
                suffix(tags, warnings),
                reports(tags, warnings),
                warnings));
    }

    /** The policy for names below the record's own. */
    public Policy policyBelow() {
        return subdomains.orElse(policy);
    }

    private static boolean flag(TagList tags, String tag, String set, String unset, List<String> warnings) {
        String word = tags.packed(tag).orElse(unset);
        if (!word.equalsIgnoreCase(set) && !word.equalsIgnoreCase(unset)) {
            warnings.add(tag + "=" + word);
        }
        return word.equalsIgnoreCase(set);
    }

    private static OptionalInt percent(TagList tags, List<String> warnings) {
        Optional<String> word = tags.packed("pct");
        if (word.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!word.get().matches("[0-9]{1,3}") || Integer.parseInt(word.get()) > 100) {
            warnings.add("pct=" + word.get());
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(word.get()));
    }

    private static char suffix(TagList tags, List<String> warnings) {
        String word = tags.packed("psd").orElse("u").toLowerCase(Locale.ROOT);
        if (!word.matches("[ynu]")) {
            warnings.add("psd=" + word);
            return 'u';
        }
        return word.charAt(0);
    }

    private static List<String> reports(TagList tags, List<String> warnings) {
        List<String> reports = new ArrayList<>();
        for (String uri : tags.packed("rua").orElse("").split(",", -1)) {
            if (uri.toLowerCase(Locale.ROOT).startsWith("mailto:") && uri.indexOf('@') > 0) {
                reports.add(uri);
            } else if (!uri.isEmpty()) {
                warnings.add("rua=" + uri + " (expected mailto:user@domain)");
            }
        }
        return reports;
    }
}
