package io.postrider.doctor.spf;

import io.postrider.doctor.spf.SpfRecord.Reading;
import io.postrider.mail.Cidr;
import io.postrider.mail.IpLiteral;
import io.postrider.route.DnsRecords;
import io.postrider.route.DnsRecords.Found;
import io.postrider.route.DnsRecords.Kind;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * check_host() of RFC 7208 §4 for one query. Ends always: ten terms may ask the DNS, two of them in vain, and a term asks
 * for at most ten hosts (§4.6.4).
 */
public final class SpfEvaluation {

    private static final int MOST_LOOK_UPS = 10;
    private static final int MOST_VOID = 2;
    private static final int MOST_HOSTS = 10;

    /** Why an evaluation ends at once. */
    private static final class Ended extends Exception {

        private static final long serialVersionUID = 1L;

        private final Judged judged;

        Ended(SpfResult result, String reason) {
            super(reason, null, false, false);
            this.judged = new Judged(result, reason, false);
        }
    }

    private record Judged(SpfResult result, String reason, boolean byAll) {}

    private final DnsRecords dns;
    private final SpfQuery query;
    private final ReverseNames reverse;
    private Optional<String> text = Optional.empty();
    private boolean asksForSender;
    private int lookUps;
    private int voids;

    private SpfEvaluation(DnsRecords dns, SpfQuery query) {
        this.dns = dns;
        this.query = query;
        this.reverse = new ReverseNames(dns, query.address());
    }

    public static SpfOutcome evaluate(DnsRecords dns, SpfQuery query) {
        SpfEvaluation evaluation = new SpfEvaluation(dns, query);
        Judged judged = evaluation.whole();
        return new SpfOutcome(
                judged.result(),
                judged.reason(),
                evaluation.text,
                evaluation.lookUps,
                judged.byAll(),
                evaluation.asksForSender);
    }

    private Judged whole() {
        try {
            return check(query.domain(), true);
        } catch (Ended ended) {
            return ended.judged;
        }
    }

    private Judged check(String domain, boolean first) throws Ended {
        List<String> texts =
                switch (dns.find(domain, Kind.TXT)) {
                    case Found.Records found ->
                        found.values().stream().filter(SpfRecord::isSpf).toList();
                    case Found.None none -> List.of();
                    case Found.Unknown unknown -> throw new Ended(SpfResult.TEMPERROR, unknown.reason());
                };
        if (texts.isEmpty()) {
            return new Judged(SpfResult.NONE, domain + " has no record", false);
        }
        if (texts.size() > 1) {
            throw new Ended(
                    SpfResult.PERMERROR,
                    domain + " has " + texts.size()
                            + " records, which counts as none: leave one, with the terms of all");
        }
        if (first) {
            text = Optional.of(texts.get(0));
        }
        return switch (SpfRecord.read(texts.get(0))) {
            case Reading.Malformed malformed ->
                throw new Ended(SpfResult.PERMERROR, "in the record of " + domain + ": " + malformed.problem());
            case Reading.WellFormed wellFormed -> judge(domain, wellFormed.record());
        };
    }

    private Judged judge(String domain, SpfRecord record) throws Ended {
        for (Directive directive : record.directives()) {
            Optional<Judged> match = match(domain, directive);
            if (match.isPresent()) {
                return match.get();
            }
        }
        if (record.redirect().isEmpty()) {
            return new Judged(SpfResult.NEUTRAL, "no term of " + domain + " matches", false);
        }
        MacroText redirect = record.redirect().get();
        count("redirect=" + redirect.text());
        Judged judged = check(expand(redirect, domain), false);
        return judged.result() == SpfResult.NONE
                ? new Judged(SpfResult.PERMERROR, "redirect=" + redirect.text() + " leads to no record", false)
                : new Judged(
                        judged.result(), "redirect=" + redirect.text() + ", then " + judged.reason(), judged.byAll());
    }

    /** Empty when it does not match. */
    private Optional<Judged> match(String domain, Directive directive) throws Ended {
        if (directive.mechanism().looksUp()) {
            count(directive.text());
        }
        return switch (directive.mechanism()) {
            case Mechanism.All all -> when(true, directive);
            case Mechanism.Ip ip -> when(ip.network().contains(query.address()), directive);
            case Mechanism.A a -> when(anyAt(target(a.domain(), domain), a.v4(), a.v6(), directive), directive);
            case Mechanism.Mx mx -> when(anyMx(target(mx.domain(), domain), mx, directive), directive);
            case Mechanism.Ptr ptr -> when(reverse.isBelow(target(ptr.domain(), domain)), directive);
            case Mechanism.Exists exists -> {
                List<String> found = ask(expand(exists.domain(), domain), Kind.A, true, directive);
                yield when(!found.isEmpty(), directive);
            }
            case Mechanism.Include include -> included(check(expand(include.domain(), domain), false), directive);
        };
    }

    private static Optional<Judged> when(boolean matches, Directive directive) {
        SpfResult result = directive.qualifier().result();
        boolean byAll = directive.mechanism() instanceof Mechanism.All && result == SpfResult.PASS;
        return matches ? Optional.of(new Judged(result, directive.text(), byAll)) : Optional.empty();
    }

    /** RFC 7208 §5.2: an include without a record is an error. */
    private static Optional<Judged> included(Judged inner, Directive directive) throws Ended {
        return switch (inner.result()) {
            case PASS -> {
                SpfResult result = directive.qualifier().result();
                yield Optional.of(new Judged(
                        result,
                        directive.text() + ", there " + inner.reason(),
                        inner.byAll() && result == SpfResult.PASS));
            }
            case FAIL, SOFTFAIL, NEUTRAL -> Optional.empty();
            case NONE, PERMERROR ->
                throw new Ended(SpfResult.PERMERROR, directive.text() + " is of no use: " + inner.reason());
            case TEMPERROR -> throw new Ended(SpfResult.TEMPERROR, inner.reason());
        };
    }

    private boolean anyAt(String host, int v4, int v6, Directive directive) throws Ended {
        return anyIn(ask(host, family(), true, directive), v4, v6);
    }

    private boolean anyMx(String domain, Mechanism.Mx mx, Directive directive) throws Ended {
        List<String> hosts = ask(domain, Kind.MX, true, directive);
        if (hosts.size() > MOST_HOSTS) {
            throw new Ended(
                    SpfResult.PERMERROR, directive.text() + " leads to more than " + MOST_HOSTS + " hosts (§4.6.4)");
        }
        for (String host : hosts) {
            String name = host.substring(host.indexOf(' ') + 1);
            if (!name.equals(".") && anyIn(ask(name, family(), false, directive), mx.v4(), mx.v6())) {
                return true;
            }
        }
        return false;
    }

    private boolean anyIn(List<String> addresses, int v4, int v6) {
        int bits = family() == Kind.A ? v4 : v6;
        for (String address : addresses) {
            Optional<InetAddress> parsed = IpLiteral.parse(address);
            boolean sameFamily = parsed.isPresent()
                    && parsed.get().getAddress().length == query.address().getAddress().length;
            if (sameFamily && Cidr.parse(address + "/" + bits).contains(query.address())) {
                return true;
            }
        }
        return false;
    }

    /** @param counts whether an empty answer is one of the two that may be */
    private List<String> ask(String name, Kind kind, boolean counts, Directive directive) throws Ended {
        return switch (dns.find(name, kind)) {
            case Found.Records found -> found.values();
            case Found.Unknown unknown ->
                throw new Ended(SpfResult.TEMPERROR, directive.text() + ": " + unknown.reason());
            case Found.None none -> {
                voids += counts ? 1 : 0;
                if (voids > MOST_VOID) {
                    throw new Ended(
                            SpfResult.PERMERROR,
                            "more than " + MOST_VOID + " terms lead to nothing, the last one " + directive.text()
                                    + " (§4.6.4): take out what does not exist any more");
                }
                yield List.of();
            }
        };
    }

    private void count(String term) throws Ended {
        lookUps++;
        if (lookUps > MOST_LOOK_UPS) {
            throw new Ended(
                    SpfResult.PERMERROR,
                    "it takes more than " + MOST_LOOK_UPS + " look-ups, the last one " + term
                            + " (§4.6.4): replace includes by addresses, or take out what is not used");
        }
    }

    private Kind family() {
        return query.address().getAddress().length == 4 ? Kind.A : Kind.AAAA;
    }

    private String target(Optional<MacroText> domain, String current) {
        return domain.map(named -> expand(named, current)).orElse(current);
    }

    private String expand(MacroText macro, String current) {
        asksForSender |= macro.asksForSender();
        return macro.expand(new SpfMacros(query, current, reverse));
    }
}
