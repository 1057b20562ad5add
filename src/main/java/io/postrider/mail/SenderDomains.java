package io.postrider.mail;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The domains that somebody may send mail in the name of, compared as A-labels in lower case.
 *
 * @param texts as {@link #parse} took them, in their one form
 * @param any whether it is every domain
 * @param names very domains
 * @param suffixes such as {@code .example.com}: all domains below it, and not itself
 */
public record SenderDomains(List<String> texts, boolean any, Set<String> names, List<String> suffixes) {

    /** Every domain. */
    public static final SenderDomains ANY = parse(List.of("*"));

    /** No domain: only mail without an author's domain could pass, and that is refused as well. */
    public static final SenderDomains NONE = parse(List.of());

    public SenderDomains {
        texts = List.copyOf(texts);
        names = Set.copyOf(names);
        suffixes = List.copyOf(suffixes);
    }

    /**
     * Reads {@code example.com}, {@code *.example.com} and {@code *}.
     *
     * @throws IllegalArgumentException that names what is no domain
     */
    public static SenderDomains parse(List<String> texts) {
        List<String> clean = new ArrayList<>();
        boolean any = false;
        Set<String> names = new LinkedHashSet<>();
        List<String> suffixes = new ArrayList<>();
        for (String text : texts) {
            if (text.equals("*")) {
                any = true;
                clean.add(text);
            } else if (text.startsWith("*.")) {
                String below = domain(text.substring(2), text);
                suffixes.add("." + below);
                clean.add("*." + below);
            } else {
                String name = domain(text, text);
                names.add(name);
                clean.add(name);
            }
        }
        return new SenderDomains(clean, any, names, suffixes);
    }

    private static String domain(String name, String text) {
        return Domain.parse(name)
                .map(Domain::name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected a domain such as example.com, *.example.com for all below it, or *, but got '" + text
                                + "'"));
    }

    /** Whether mail may speak in the name of this domain. */
    public boolean allows(Domain domain) {
        if (any || names.contains(domain.name())) {
            return true;
        }
        for (String suffix : suffixes) {
            if (domain.name().length() > suffix.length() && domain.name().endsWith(suffix)) {
                return true;
            }
        }
        return false;
    }

    /** The null sender belongs to nobody, so everybody may use it: reports and receipts need it. */
    public boolean allows(Mailbox sender) {
        return sender.domain().map(this::allows).orElse(true);
    }

    @Override
    public String toString() {
        return String.join(", ", texts);
    }
}
