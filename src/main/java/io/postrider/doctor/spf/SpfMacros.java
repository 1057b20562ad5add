package io.postrider.doctor.spf;

import io.postrider.route.ReverseName;

/** What the macros stand for while a domain's record is judged (RFC 7208 §7.2). */
record SpfMacros(SpfQuery query, String domain, ReverseNames reverse) implements MacroText.Values {

    @Override
    public String of(char letter) {
        return switch (letter) {
            case 's' -> query.localPart() + "@" + query.domain();
            case 'l' -> query.localPart();
            case 'o' -> query.domain();
            case 'd' -> domain;
            case 'i' -> ReverseName.forwards(query.address());
            case 'p' -> reverse.nameFor(domain).orElse("unknown");
            case 'h' -> query.ehlo();
            case 'v' -> query.address().getAddress().length == 4 ? "in-addr" : "ip6";
            default -> throw new IllegalArgumentException("expected a letter of RFC 7208, but got " + letter);
        };
    }
}
