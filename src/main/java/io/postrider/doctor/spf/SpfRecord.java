package io.postrider.doctor.spf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A record of SPF.
 *
 * @param directives in their order
 * @param redirect whose record is asked when none of them matches
 */
public record SpfRecord(List<Directive> directives, Optional<MacroText> redirect) {

    private static final String VERSION = "v=spf1";

    /** What a text turned out to be. */
    public sealed interface Reading {
        record WellFormed(SpfRecord record) implements Reading {}

        /** Receivers answer permerror, whatever else the record says (RFC 7208 §4.6). */
        record Malformed(String problem) implements Reading {}
    }

    public SpfRecord {
        directives = List.copyOf(directives);
    }

    /** Whether a TXT record is one of SPF: its version, then a space or the end (RFC 7208 §4.5). */
    public static boolean isSpf(String text) {
        String lower =
                text.length() > 7 ? text.substring(0, 7).toLowerCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
        return lower.equals(VERSION) || lower.equals(VERSION + " ");
    }

    /** @param text one that {@link #isSpf} */
    public static Reading read(String text) {
        try {
            return new Reading.WellFormed(SpfTerms.read(text.substring(VERSION.length())));
        } catch (SpfSyntaxException wrong) {
            return new Reading.Malformed(wrong.problem());
        }
    }

    /** What is unwise though it can be evaluated, each with what to do. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        int all = -1;
        for (int i = 0; i < directives.size(); i++) {
            Directive directive = directives.get(i);
            if (all < 0 && directive.mechanism() instanceof Mechanism.All) {
                all = i;
            }
            if (directive.mechanism() instanceof Mechanism.Ptr) {
                warnings.add("ptr is slow and deprecated (RFC 7208 §5.5): name addresses or hosts instead");
            }
        }
        if (all >= 0 && directives.get(all).qualifier() == Qualifier.PASS) {
            warnings.add("it ends in +all, so anybody in the world may send as this domain: end it in ~all or -all");
        }
        if (all >= 0 && directives.get(all).qualifier() == Qualifier.NEUTRAL) {
            warnings.add("it ends in ?all, which says nothing about strangers: end it in ~all or -all");
        }
        if (all >= 0 && (all < directives.size() - 1 || redirect.isPresent())) {
            warnings.add("what stands behind all is never looked at, nor is redirect: move it to the front");
        }
        if (all < 0 && redirect.isEmpty()) {
            warnings.add("it has no all at its end, which says nothing about strangers: end it in ~all or -all");
        }
        return warnings;
    }
}
