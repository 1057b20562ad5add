package io.postrider.doctor.spf;

import io.postrider.doctor.spf.Mechanism.A;
import io.postrider.doctor.spf.Mechanism.All;
import io.postrider.doctor.spf.Mechanism.Exists;
import io.postrider.doctor.spf.Mechanism.Include;
import io.postrider.doctor.spf.Mechanism.Ip;
import io.postrider.doctor.spf.Mechanism.Mx;
import io.postrider.doctor.spf.Mechanism.Ptr;
import io.postrider.mail.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the terms of a record by the grammar of RFC 7208 §12. */
final class SpfTerms {

    private static final Pattern MODIFIER = Pattern.compile("([A-Za-z][A-Za-z0-9._-]*)=(.*)", Pattern.DOTALL);
    private static final Pattern PREFIXES =
            Pattern.compile("(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?$", Pattern.DOTALL);

    private SpfTerms() {}

    /** @param text what follows the version */
    static SpfRecord read(String text) throws SpfSyntaxException {
        List<Directive> directives = new ArrayList<>();
        Optional<MacroText> redirect = Optional.empty();
        boolean explained = false;
        for (String term : text.split(" ", -1)) {
            if (term.isEmpty()) {
                continue;
            }
            Matcher modifier = MODIFIER.matcher(term);
            if (!modifier.matches()) {
                directives.add(directive(term));
                continue;
            }
            String value = modifier.group(2);
            switch (modifier.group(1).toLowerCase(Locale.ROOT)) {
                case "redirect" -> {
                    require(redirect.isEmpty(), "redirect= stands twice");
                    redirect = Optional.of(MacroText.domain(value));
                }
                case "exp" -> {
                    require(!explained, "exp= stands twice");
                    explained = true;
                    MacroText.domain(value);
                }
                default -> MacroText.anything(value);
            }
        }
        return new SpfRecord(directives, redirect);
    }

    private static Directive directive(String term) throws SpfSyntaxException {
        String plain = Qualifier.leads(term) ? term.substring(1) : term;
        int end = 0;
        while (end < plain.length() && plain.charAt(end) != ':' && plain.charAt(end) != '/') {
            end++;
        }
        String name = plain.substring(0, end).toLowerCase(Locale.ROOT);
        return new Directive(Qualifier.of(term), mechanism(name, plain.substring(end), term), term);
    }

    private static Mechanism mechanism(String name, String rest, String term) throws SpfSyntaxException {
        return switch (name) {
            case "all" -> {
                require(rest.isEmpty(), "all takes nothing behind it, but there is " + term);
                yield new All();
            }
            case "include" -> new Include(MacroText.domain(behindColon(rest, term)));
            case "exists" -> new Exists(MacroText.domain(behindColon(rest, term)));
            case "ptr" -> new Ptr(domain(rest, term));
            case "ip4" -> new Ip(network(behindColon(rest, term), false, term));
            case "ip6" -> new Ip(network(behindColon(rest, term), true, term));
            case "a", "mx" -> hosts(name, rest, term);
            default -> throw new SpfSyntaxException("there is no mechanism " + term);
        };
    }

    private static Mechanism hosts(String name, String rest, String term) throws SpfSyntaxException {
        Matcher prefixes = PREFIXES.matcher(rest);
        require(prefixes.find(), term + " has a prefix that is none");
        int v4 = bits(Optional.ofNullable(prefixes.group(1)), 32, term);
        int v6 = bits(Optional.ofNullable(prefixes.group(2)), 128, term);
        Optional<MacroText> domain = domain(rest.substring(0, prefixes.start()), term);
        return name.equals("a") ? new A(domain, v4, v6) : new Mx(domain, v4, v6);
    }

    private static Optional<MacroText> domain(String rest, String term) throws SpfSyntaxException {
        return rest.isEmpty() ? Optional.empty() : Optional.of(MacroText.domain(behindColon(rest, term)));
    }

    private static String behindColon(String rest, String term) throws SpfSyntaxException {
        require(rest.length() > 1 && rest.charAt(0) == ':', "something is missing behind " + term);
        return rest.substring(1);
    }

    private static Cidr network(String text, boolean v6, String term) throws SpfSyntaxException {
        try {
            Cidr network = Cidr.parse(text);
            require(v6 == text.indexOf(':') >= 0, term + " mixes up IPv4 and IPv6");
            return network;
        } catch (IllegalArgumentException malformed) {
            throw new SpfSyntaxException(term + " names no network");
        }
    }

    private static int bits(Optional<String> digits, int most, String term) throws SpfSyntaxException {
        int bits = digits.map(Integer::parseInt).orElse(most);
        require(bits <= most, term + " has a prefix longer than an address");
        return bits;
    }

    private static void require(boolean holds, String problem) throws SpfSyntaxException {
        if (!holds) {
            throw new SpfSyntaxException(problem);
        }
    }
}
